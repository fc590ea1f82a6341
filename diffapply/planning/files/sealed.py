"""Files that are written now and used later, elsewhere: with a format version and a digest.

The digest covers the canonical JSON of what the file says; a file that was changed does not match
it. That protects against accidents and quick edits, not against somebody who computes a new digest.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from diffapply import files
from diffapply.errors import DiffapplyError
from diffapply.typed import MisfitError, typed

_Value = TypeVar("_Value")

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no text in PostgreSQL can hold: NUL, and surrogates that stand alone."""

_MAY_BE_NO_TEXT = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""How JSON writes it, and more than that."""


@dataclass(frozen=True, slots=True)
class SealedKind:
    """A kind of such files.

    Attributes:
        word: what is in it, such as ``plan``; also the name of the key that has it.
        version: of the format; a file of another one is refused.
        error: what is raised if a file cannot be used.
        remedy: how to get one that can.
    """

    word: str
    version: int
    error: type[DiffapplyError]
    remedy: str

    @property
    def key(self) -> str:
        """The key that tells the version."""
        return f"diffapply_{self.word}"


def digest(body: Any) -> str:  # noqa: ANN401 - any JSON
    """SHA-256, in hex, of the canonical JSON."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def require_writable(kind: SealedKind, path: Path) -> None:
    """Check, before the work, that a file can be written; leaves nothing there.

    Raises:
        DiffapplyError: it cannot.
    """
    with _writing(kind, path):
        files.require_writable(path)


def save(kind: SealedKind, body: Any, path: Path) -> None:  # noqa: ANN401 - any JSON
    """Write a file, completely or not at all. Raises `DiffapplyError` if that fails."""
    document = {kind.key: kind.version, "digest": digest(body), kind.word: body}
    with _writing(kind, path):
        files.write_whole(path, json.dumps(document, indent=1, ensure_ascii=True) + "\n")


@contextmanager
def _writing(kind: SealedKind, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise kind.error(
            f"The {kind.word} cannot be written to {path}: {error.strerror}."
        ) from error


def load(
    kind: SealedKind,
    path: Path,
    its_type: type[_Value],
    why_older: Callable[[Any], str] = lambda _: "",
) -> _Value:
    """Read a file back, as a value of this type.

    Args:
        why_older: what a file of an older diffapply lacks, as a clause; empty if it lacks nothing.

    Raises:
        DiffapplyError: it cannot be read, is truncated, altered or older, or has another format.
    """
    try:
        text = path.read_text("utf-8")
        document = json.loads(text, object_pairs_hook=_said_once)
        _require_ours(kind, document, path, why_older)
        if _MAY_BE_NO_TEXT.search(text):
            _require_text(document)
        return typed(document, its_type)
    except OSError as error:
        raise kind.error(
            f"The {kind.word} file {path} cannot be read: {error.strerror}."
        ) from error
    except MisfitError as error:
        raise misfit(kind, path, error) from error
    except (ValueError, RecursionError) as error:
        raise kind.error(
            f"The {kind.word} file {path} is truncated, or is not a {kind.word} file.", kind.remedy
        ) from error


def misfit(kind: SealedKind, path: Path, error: MisfitError) -> DiffapplyError:
    """The error that a file says something that none of its kind would say."""
    return kind.error(f"The {kind.word} file {path} has invalid content: {error}.", kind.remedy)


def _require_ours(
    kind: SealedKind,
    document: Any,  # noqa: ANN401 - any JSON
    path: Path,
    why_older: Callable[[Any], str],
) -> None:
    """Refuse what is not a file of this kind and format, or was changed after it was written."""
    if not isinstance(document, dict) or kind.key not in document:
        raise kind.error(f"{path} is not a {kind.word} file.", kind.remedy)
    if document[kind.key] != kind.version:
        raise kind.error(
            f"The {kind.word} file {path} has format version {document[kind.key]!r}; this "
            f"diffapply reads version {kind.version}.",
            kind.remedy,
        )
    body = document.get(kind.word)
    if document.get("digest") != digest(body):
        raise kind.error(
            f"The {kind.word} file {path} was changed after it was written: its digest does not "
            "match.",
            kind.remedy,
        )
    if lack := why_older(body):
        raise kind.error(
            f"The {kind.word} file {path} is from an older diffapply, {lack}.", kind.remedy
        )


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Whoever reviewed it may have seen only one of what is said twice."""
    said = dict(pairs)
    if len(said) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise MisfitError(f"Something says {twice!r} twice")
    return said


def _require_text(value: object, place: str = "$") -> None:
    """Refuse text that PostgreSQL cannot hold, wherever it stands."""
    if isinstance(value, str) and _NO_TEXT.search(value):
        raise MisfitError(f"No text of PostgreSQL holds NUL or half a character - at `{place}`")
    if isinstance(value, list):
        for number, item in enumerate(value):
            _require_text(item, f"{place}[{number}]")
    if isinstance(value, dict):
        for key, item in value.items():
            _require_text(key, place)
            _require_text(item, f"{place}.{key}")
