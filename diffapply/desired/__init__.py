"""The desired state: loaded from SQLAlchemy metadata or from SQL, and built in scratch."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from diffapply.config import Schemaless
from diffapply.desired.model import Declarable, Desired, merged
from diffapply.errors import DesiredStateError

__all__ = ["Declarable", "Desired", "load", "with_files"]


def load(
    labels: str | Sequence[str], token: str | None = None, schemaless: Schemaless = "tenant"
) -> Desired:
    """Load ``path.py:attribute``, ``package.module:attribute``, ``file.sql`` or a folder.

    Args:
        labels: one of these, or several, which are built in this order. All modules are imported
            first; a MetaData that several of them name counts once.
        token: a schema name in it that stands for the tenant.
        schemaless: what names without a schema in metadata belong to.

    Raises:
        DesiredStateError: it does not exist, cannot be imported, or is empty; or two of them have
            the same table.
    """
    several = (labels,) if isinstance(labels, str) else labels
    attributes = {label: _attribute(label) for label in several if not _is_sql(label)}
    models = _from_attributes(attributes, token, schemaless) if attributes else {}
    parts = []
    for label in several:
        if _is_sql(label):
            parts.append(_from_sql(label, Path(label), token))
        elif label in models:
            parts.append(models.pop(label))
    return parts[0] if len(several) == 1 else merged(", ".join(several), parts)


def with_files(desired: Desired, paths: Sequence[str]) -> Desired:
    """A desired state with what files of SQL, or folders of these, add to it.

    Raises:
        DesiredStateError: one of them cannot be read, is empty, or is not valid SQL.
    """
    more = [_from_sql(path, Path(path), desired.token) for path in paths]
    return merged(f"{desired.label}, {', '.join(paths)}", [desired, *more])


def _is_sql(label: str) -> bool:
    path = Path(label)
    return path.suffix == ".sql" or path.is_dir()


def _attribute(label: str) -> tuple[str, str]:
    """The file or module, and the attribute of it, that a label names."""
    source, _, attribute = label.rpartition(":")
    if source.endswith(".sql"):
        raise DesiredStateError(
            f"The desired state {label!r} names an attribute of SQL, which has none.",
            f"Write {source}.",
        )
    if not source or not attribute:
        raise DesiredStateError(
            f"The desired state {label!r} does not name an attribute.",
            f"Write {label}:metadata, or the name of its MetaData."
            if Path(label).suffix == ".py"
            else "Write path.py:attribute, package.module:attribute, "
            "file.sql or a folder of .sql files.",
        )
    return source, attribute


def _from_attributes(
    attributes: Mapping[str, tuple[str, str]], token: str | None, schemaless: Schemaless
) -> dict[str, Desired]:
    # Importing these takes 0.1 s.
    from diffapply.desired.metadata.creation import TenantNames  # noqa: PLC0415
    from diffapply.desired.metadata.from_attribute import from_attributes  # noqa: PLC0415

    return from_attributes(attributes, TenantNames(token, schemaless))


def _from_sql(label: str, path: Path, token: str | None) -> Desired:
    # Importing the parser takes 0.03 s, and metadata needs none.
    from diffapply.desired.sql.from_files import from_sql  # noqa: PLC0415

    return from_sql(label, path, token)
