"""The UI's side of a session: asyncio only, no Textual, no torch. Facts come up as events, verbs go down."""
