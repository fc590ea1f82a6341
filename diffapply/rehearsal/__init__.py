"""Proves one transition: proposes statements, tries them, and runs what is left once more."""
