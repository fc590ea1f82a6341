"""The version of diffapply, as pyproject.toml has it too."""

VERSION = "0.1.0"
