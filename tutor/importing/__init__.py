"""An existing tutorial (Markdown, notebook, Python file) as a lesson: read, tried in a worker, written."""
