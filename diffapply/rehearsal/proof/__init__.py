"""Runs what was found once more, and looks at what it does."""
