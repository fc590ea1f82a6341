"""Fixtures for the command line."""

from tests.unit.cli.library import library, run

__all__ = ["library", "run"]
