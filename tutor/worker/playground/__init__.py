"""Runs the playground's programs in namespaces of their own, a moment at a time, when a screen asks."""
