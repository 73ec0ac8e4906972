"""The Textual program: screens mediate, widgets show, nothing here decides what is true."""
