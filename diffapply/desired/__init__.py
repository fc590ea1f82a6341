"""The desired state: loaded from SQLAlchemy metadata or from SQL, and built in scratch."""

from collections.abc import Sequence
from pathlib import Path

from diffapply.config import Schemaless
from diffapply.desired.model import Desired, merged
from diffapply.desired.sql import from_sql
from diffapply.errors import DesiredStateError

__all__ = ["Desired", "load"]


def load(
    labels: str | Sequence[str], token: str | None = None, schemaless: Schemaless = "tenant"
) -> Desired:
    """Load ``path.py:attribute``, ``package.module:attribute``, ``file.sql`` or a folder.

    Args:
        labels: one of these, or several that are built one after the other.
        token: a schema name in it that stands for the tenant.
        schemaless: whose the names without a schema are, in metadata.

    Raises:
        DesiredStateError: it does not exist, does not import, or holds nothing; or two have the
            same table.
    """
    several = (labels,) if isinstance(labels, str) else labels
    parts = [_load(label, token, schemaless) for label in several]
    return parts[0] if len(parts) == 1 else merged(", ".join(several), parts)


def _load(label: str, token: str | None, schemaless: Schemaless) -> Desired:
    path = Path(label)
    if path.suffix == ".sql" or path.is_dir():
        return from_sql(label, path, token)
    source, _, attribute = label.rpartition(":")
    if not source or not attribute:
        raise DesiredStateError(
            f"The desired state {label!r} names no attribute.",
            f"Write it as {label}:metadata, or whatever its MetaData is called."
            if path.suffix == ".py"
            else "Write it as path.py:attribute, package.module:attribute, "
            "file.sql or a folder of .sql files.",
        )
    # It takes 0.1 s to import.
    from diffapply.desired.creation import Tenancy  # noqa: PLC0415
    from diffapply.desired.metadata import from_attribute  # noqa: PLC0415

    return from_attribute(label, source, attribute, Tenancy(token, schemaless))
