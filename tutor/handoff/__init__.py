"""A lesson's finished work as one file that needs no tutor: Python, a notebook, or Markdown."""
