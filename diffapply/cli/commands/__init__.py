"""Commands of the command line, each in a module of its own; `main` gives them their names.

What a command works with is imported when it runs, so that help and usage errors are instant.
"""
