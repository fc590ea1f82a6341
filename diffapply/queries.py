"""Reads the SQL that is ours: one statement or more a file, beside the module that runs it."""

from importlib.resources import files


def query(folder: str, name: str) -> str:
    """The text of ``diffapply/<folder>/<name>.sql``.

    Args:
        folder: from the package on, its parts separated by slashes, such as ``journal/sql``.
    """
    return (files("diffapply") / folder / f"{name}.sql").read_text(encoding="utf-8")
