"""Reads the bench's `.sql` files."""

from pathlib import Path


def query(name: str) -> str:
    """The text of ``bench/<name>.sql``."""
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
