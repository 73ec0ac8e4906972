"""Proves lessons by running them: right code is accepted, wrong code refused. asyncio, no Textual, no torch."""
