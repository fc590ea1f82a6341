"""Reads our `.sql` files, which stand beside the modules that run them."""

from importlib.resources import files


def query(folder: str, name: str) -> str:
    """The text of ``diffapply/<folder>/<name>.sql``.

    Args:
        folder: below the package, such as ``journal/sql``.
    """
    return (files("diffapply") / folder / f"{name}.sql").read_text(encoding="utf-8")
