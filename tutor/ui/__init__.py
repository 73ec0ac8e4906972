"""The Textual program: screens mediate, widgets show, nothing here decides what is true."""

import os

# Textual waits for the next of its frames before it paints. A result comes some milliseconds after the frame
# that emptied the prompt: at 60 frames a second it would stand ready for up to 16 ms.
os.environ.setdefault("TEXTUAL_FPS", "120")
