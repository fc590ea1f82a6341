"""What diffapply leaves alone: patterns on the kinds and names of facts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

USUAL = ("table:alembic_version", "table:django_migrations")
"""The patterns that always hold, unless the desired state declares such a table."""

_TAKES_BACK = "!"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern such as ``trigger:*.audit_*``.

    Attributes:
        kind: a kind of fact; ``*`` and ``?`` stand for others.
        name: the name of a fact, without quotes; likewise. All else stands for itself.
        takes_back: what matches is not ignored, although an earlier pattern says so.
    """

    kind: str
    name: str
    takes_back: bool = False

    @classmethod
    def read(cls, text: str) -> "Pattern | None":
        """The pattern that is written like this; None if it is none."""
        takes_back = text.startswith(_TAKES_BACK)
        kind, colon, name = text.removeprefix(_TAKES_BACK).partition(":")
        kind, name = kind.strip(), name.strip().replace('"', "")
        if not (kind and colon and name) or "\0" in name:
            return None
        return cls(kind, name, takes_back)

    @property
    def like(self) -> str:
        """The name as LIKE has it."""
        escaped = re.sub(r"([\\%_])", r"\\\1", self.name)
        return escaped.replace("*", "%").replace("?", "_")

    def is_about(self, kind: str) -> bool:
        """Whether facts of this kind can match."""
        return fnmatchcase(kind, self.kind.replace("[", "[[]"))

    def fits(self, name: str) -> bool:
        """Whether a fact of this name matches, if it is of the kind."""
        return _compiled(self.name).fullmatch(name.replace('"', "")) is not None


@cache
def _compiled(glob: str) -> re.Pattern[str]:
    written = {"*": ".*", "?": "."}
    return re.compile("".join(written.get(its, re.escape(its)) for its in glob), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ignoring:
    """What is left alone: a fact that any of some lists of patterns ignores.

    In a list, the last pattern that matches decides.

    Attributes:
        lists: of patterns as they are written, each of which can be read.
    """

    lists: tuple[tuple[str, ...], ...] = ()

    def of_kind(self, kind: str) -> tuple[tuple[Pattern, ...], ...]:
        """The patterns of each list that are about this kind; lists without any are left out."""
        return _of_kind(self.lists, kind)

    def names(self, kind: str, name: str) -> bool:
        """Whether a fact of this kind and name is ignored by its own name."""
        return self.pattern_for(kind, name) is not None

    def pattern_for(self, kind: str, name: str) -> str | None:
        """The pattern by which a fact of this kind and name is ignored, if it is."""
        for patterns in self.of_kind(kind):
            if pattern := _deciding(patterns, name):
                return f"{pattern.kind}:{pattern.name}"
        return None

    def either(self, others: Iterable["Ignoring"]) -> "Ignoring":
        """What this or one of the others leaves alone."""
        lists = (*self.lists, *(texts for other in others for texts in other.lists))
        return Ignoring(tuple(dict.fromkeys(filter(None, lists))))

    @property
    def explicit(self) -> tuple[str, ...]:
        """The patterns that somebody gave, in order; see `USUAL`."""
        return tuple(text for texts in self.lists for text in texts if text not in USUAL)


@cache
def _of_kind(lists: tuple[tuple[str, ...], ...], kind: str) -> tuple[tuple[Pattern, ...], ...]:
    found = (
        tuple(its for its in map(Pattern.read, texts) if its and its.is_about(kind))
        for texts in lists
    )
    return tuple(filter(None, found))


def _deciding(patterns: Sequence[Pattern], name: str) -> Pattern | None:
    """The last pattern that matches, if it ignores."""
    last = next((its for its in reversed(patterns) if its.fits(name)), None)
    return None if last is None or last.takes_back else last


NOTHING = Ignoring()
"""Nothing is left alone."""
