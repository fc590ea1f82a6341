"""Commands of the command line, each in a module of its own; `main` gives them their names."""
