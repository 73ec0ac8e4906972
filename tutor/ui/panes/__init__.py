"""The panes of the inspector: each draws one side of what the session holds."""
