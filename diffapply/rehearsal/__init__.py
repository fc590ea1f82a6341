"""Proves transitions: proposes statements, tries them, and runs the result once more."""
