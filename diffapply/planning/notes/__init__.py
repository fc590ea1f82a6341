"""What a plan tells beside its statements: each module has the notes on one subject."""
