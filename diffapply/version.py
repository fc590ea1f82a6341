"""The version of diffapply; pyproject.toml reads it here."""

VERSION = "0.1.0"
