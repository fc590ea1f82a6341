"""`python -m diffapply` is the command line."""

from diffapply.main import run

run()
