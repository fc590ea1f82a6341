"""The cache of proofs: transitions in it need not be rehearsed again.

A proof depends on the two structures, their scope, the surroundings, the version of the server, and
the code that made it. All of that is in its key; if anything differs, the proof is not found.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import starmap
from typing import TypedDict, TypeVar

from diffapply.database.quoting import json_text
from diffapply.errors import JournalError
from diffapply.model.affected import NO_EFFECT, Effect
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.model.own_name import Naming
from diffapply.model.plan import Direction, Shape
from diffapply.model.rename import Rename
from diffapply.model.scope import Scope
from diffapply.model.statement import Statement, StatementDocument
from diffapply.typed import MisfitError, parsed, plain

_Remembered = TypeVar("_Remembered")
_FactRow = tuple[str, str, str, str, int]
"""The fields of a fact."""


Words = tuple[str, str, str]
"""Kind and name of a fact, and its definition in other words."""


@dataclass(frozen=True)
class Proof:
    """A transition that was proved, and the DDL that rebuilds its two ends.

    Attributes:
        statements: in order.
        source_ddl: builds the source; None if it could not be rebuilt. Likewise `goal_ddl`.
        no_way_back: why it could not be undone; empty if the way back was proved, too.
        effect: what they do to objects.
        alone: whether they were proved with the tenant alone on the search path.
    """

    statements: tuple[Statement, ...]
    source_ddl: tuple[str, ...] | None
    goal_ddl: tuple[str, ...] | None
    no_way_back: tuple[str, ...] = ()
    effect: Effect = NO_EFFECT
    alone: bool = False


class _ProofDocument(TypedDict):
    """A proof as JSON has it."""

    statements: list[StatementDocument]
    source_ddl: tuple[str, ...] | None
    goal_ddl: tuple[str, ...] | None
    no_way_back: tuple[str, ...]
    effect: Effect
    alone: bool


def _proof(document: _ProofDocument) -> Proof:
    return Proof(
        tuple(map(Statement.of, document["statements"])),
        document["source_ddl"],
        document["goal_ddl"],
        document["no_way_back"],
        document["effect"],
        alone=document["alone"],
    )


_RULES = (
    *("config", "model", "values", "database", "desired", "ddl", "proposal", "catalog"),
    *("scratch", "hazards", "renewal", "rehearsal"),
)
"""The folders whose code decides about goals, facts, transitions and proofs."""


def nothing_known(_key: str) -> None:
    """Finds nothing: for a cache without a journal."""


def none_known(_beginning: str) -> Mapping[str, str]:
    """Finds none: likewise."""
    return {}


@dataclass(frozen=True)
class ProofCache:
    """Proofs made earlier, and proofs made now.

    Attributes:
        find: key → the text of a proof made earlier, if there is one.
        beginning: the beginning of keys → those that begin so, with their texts.
        made: key → the text of each proof made now.
        stored: whether those are stored at the end of planning.
        built: key → what a desired state was built to, as far as that was read.
    """

    find: Callable[[str], str | None] = nothing_known
    beginning: Callable[[str], Mapping[str, str]] = none_known
    made: dict[str, str] = field(default_factory=dict)
    stored: bool = False
    built: dict[str, Catalog] = field(default_factory=dict)

    @property
    def to_store(self) -> Mapping[str, str]:
        """What is made now and still has to be stored."""
        return {} if self.stored else self.made

    def recall(self, key: str) -> Proof | None:
        """The proof with this key, if there is one. Raises `JournalError` if it was changed."""
        document = self._remembered(key, _ProofDocument)
        return None if document is None else _proof(document)

    def keep(self, key: str, proof: Proof) -> None:
        """Store a proof."""
        document = asdict(proof) | {"statements": [its.document for its in proof.statements]}
        self.made[key] = json_text(plain(document))

    def recall_alike(self, key: str) -> frozenset[FactKey] | None:
        """The facts that mean the same, if that was found out earlier. Raises as `recall`."""
        return self._remembered(key, frozenset[FactKey])

    def keep_alike(self, key: str, alike: Iterable[FactKey]) -> None:
        """Store which facts mean the same."""
        self.made[key] = json_text(sorted(alike))

    def recall_words(self, key: str) -> list[Words] | None:
        """What gets other words by a restore, if that was found out earlier. Raises as `recall`."""
        return self._remembered(key, list[Words])

    def keep_words(self, key: str, words: list[Words]) -> None:
        """Store what gets which words."""
        self.made[key] = json_text(words)

    def recall_built(self, key: str) -> Catalog | None:
        """What a desired state was built to earlier. Raises as `recall`."""
        if key not in self.built and (text := self._text(key)) is not None:
            self.built[key] = _catalog(key, text)
        return self.built.get(key)

    def all_built(self, digest: str) -> list[Catalog]:
        """What a desired state with this digest was built to, whatever the conditions were."""
        found = self.beginning(f"{_desired_key(digest)}:")
        for key, text in found.items():
            with suppress(JournalError):  # told when that one is wanted
                self.built[key] = _catalog(key, text)
        return [self.built[key] for key in found if key in self.built]

    def keep_built(self, key: str, catalog: Catalog) -> None:
        """Store what a desired state was built to."""
        facts = [astuple(fact) for fact in catalog.facts.values()]
        self.made[key] = json_text([catalog.fingerprint, facts])

    def _remembered(self, key: str, kind: type[_Remembered]) -> _Remembered | None:
        text = self._text(key)
        return None if text is None else _read(key, text, kind)

    def _text(self, key: str) -> str | None:
        return self.made.get(key) or self.find(key)


def _read(key: str, text: str, kind: type[_Remembered]) -> _Remembered:
    try:
        return parsed(text, kind)
    except MisfitError as error:
        raise _changed(key, str(error)) from error


def _catalog(key: str, text: str) -> Catalog:
    fingerprint, facts = _read(key, text, tuple[str, list[_FactRow]])
    catalog = Catalog.of(starmap(Fact, facts))
    if catalog.fingerprint != fingerprint:
        raise _changed(key, "its facts are those of another structure")
    return catalog


def _changed(key: str, how: str) -> JournalError:
    return JournalError(
        f"The journal's proof {key[:12]} was changed after it was written: {how}.",
        "Empty the table diffapply.proof: what it has is then proved and built again.",
    )


def proof_key(
    direction: Direction,
    ends: tuple[Shape, Shape],
    scope: Scope,
    renames: Sequence[Rename],
    conditions: Sequence[str],
) -> str:
    """The key of a proof.

    Args:
        conditions: what else it depends on: the server's version, the surroundings, the
            application's path and settings.
    """
    return _key(direction, ends, scope, conditions, [astuple(rename) for rename in renames])


def meaning_key(ends: tuple[Shape, Shape], scope: Scope, conditions: Sequence[str]) -> str:
    """The key for which facts of two structures mean the same; see `proof_key`."""
    return _key("meaning", ends, scope, conditions)


def reworded_key(shape: Shape, scope: Scope, conditions: Sequence[str]) -> str:
    """The key for what of a structure gets other words by a restore; see `proof_key`."""
    return _key("reworded", (shape, shape), scope, conditions)


def _key(
    what: str, ends: tuple[Shape, Shape], scope: Scope, conditions: Sequence[str], *more: object
) -> str:
    source, goal = ends
    parts = [
        _rules(),
        scope.privileges,
        *conditions,
        what,
        source.fingerprint,
        goal.fingerprint,
        scope.schema,
        None if scope.managed is None else sorted(scope.managed),
        *more,
    ]
    return _digest(parts)


def _digest(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def built_key(digest: str, naming: Naming, scope: Scope, conditions: Sequence[str]) -> str:
    """The key for what a desired state is built to.

    It begins with the digest, so that one can ask for all that is known of a desired state.

    Args:
        digest: of the desired state; see `Desired`.
        naming: how the name of the schema where it is built is treated.
        scope: which part of it counts.
        conditions: as for `proof_key`.
    """
    managed = None if scope.managed is None else sorted(scope.managed)
    its = (scope.schema, naming.value, managed, scope.privileges, scope.role)
    return f"{_desired_key(digest)}:{_digest((*its, *conditions))}"


def _desired_key(digest: str) -> str:
    return _digest([_rules(), digest])


@cache
def _rules() -> str:
    """A digest of the Python and SQL files in these folders."""
    texts = [text for folder in _RULES for text in _texts(files("diffapply") / folder)]
    return hashlib.sha256(b"".join(sorted(texts))).hexdigest()


def _texts(folder: Traversable) -> Iterator[bytes]:
    """Digests of the files in a folder and its subfolders."""
    for its in folder.iterdir():
        if its.name.endswith((".py", ".sql")):
            yield hashlib.sha256(its.read_bytes()).digest()
        elif "." not in its.name and its.name != "__pycache__":
            yield from _texts(its)
