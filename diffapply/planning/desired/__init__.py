"""The desired state: loaded from SQLAlchemy metadata or from SQL, and built in scratch."""

from pathlib import Path

from diffapply.errors import DesiredStateError
from diffapply.planning.desired.model import Desired
from diffapply.planning.desired.sql import from_sql

__all__ = ["Desired", "load"]


def load(label: str, token: str | None = None) -> Desired:
    """Load ``path.py:attribute``, ``package.module:attribute``, ``file.sql`` or a folder.

    Args:
        token: a schema name in it that stands for the tenant.

    Raises:
        DesiredStateError: it does not exist, does not import, or holds nothing.
    """
    path = Path(label)
    if path.suffix == ".sql" or path.is_dir():
        return from_sql(label, path, token)
    source, _, attribute = label.rpartition(":")
    if not source or not attribute:
        raise DesiredStateError(
            f"The desired state {label!r} names no attribute.",
            "Nothing was done. Write it as path.py:attribute, package.module:attribute, file.sql "
            "or a folder of .sql files.",
        )
    from diffapply.planning.desired.metadata import (  # noqa: PLC0415 - takes 0.1 s
        from_attribute,
    )

    return from_attribute(label, source, attribute, token)
