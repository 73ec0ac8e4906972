"""Snapshots drawn as text: pure functions from plain data to :class:`rich.text.Text`.

Nothing here knows Textual, torch or the session. Names and texts in snapshots are data: they are shown
character by character, never read as markup.
"""
