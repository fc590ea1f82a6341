"""The command line's parts: options, commands, and what is written to the terminal."""
