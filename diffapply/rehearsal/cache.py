"""What was proved before: transitions that need not be rehearsed again.

A proof holds for what it was made of: the two structures, where they stand, what else is in
scratch, the version of the server, and the rules by which it was made. All of that is in its key;
whatever differs, it is not found.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from diffapply.model.catalog import FactKey
from diffapply.model.plan import Direction, Owned, Rename, Renewed, Shape, Statement, Touched
from diffapply.model.scope import Scope


@dataclass(frozen=True)
class Proof:
    """A transition that was proved, and the DDL that rebuilds its two ends.

    Attributes:
        statements: in the order in which they run.
        source_ddl: None where the structure could not be rebuilt; so is `goal_ddl`.
        no_way_back: why it could not be taken back; empty when that was proved, too.
        anew: what the statements make anew; what they drop and create, see `Transition`.
        touched: what they take from those outside of a tenant who may hang on it.
        alone: whether they were proved with nothing behind the tenant on the search path.
    """

    statements: tuple[Statement, ...]
    source_ddl: tuple[str, ...] | None
    goal_ddl: tuple[str, ...] | None
    no_way_back: tuple[str, ...] = ()
    anew: tuple[Renewed, ...] = ()
    dropped: tuple[Owned, ...] = ()
    created: tuple[Owned, ...] = ()
    touched: tuple[Touched, ...] = ()
    alone: bool = False


_RULES = ("values", "ddl", "catalog", "hazards", "renewal", "rehearsal")
"""The folders that say what facts are, how transitions are made, and what proofs say of them."""


def nothing_known(_key: str) -> str | None:
    """Where nothing was remembered."""
    return None


@dataclass(frozen=True)
class ProofCache:
    """Those that were made before, and those that are made now.

    Attributes:
        find: key → text of the proof, if there is one.
        made: key → text of each proof that is made now.
    """

    find: Callable[[str], str | None] = nothing_known
    made: dict[str, str] = field(default_factory=dict)

    def recall(self, key: str) -> Proof | None:
        """The proof of that key, if it was made before."""
        document = self._document(key)
        return None if document is None else _proof(document)

    def keep(self, key: str, proof: Proof) -> None:
        """Remember a proof."""
        document = asdict(proof) | {"statements": [its.document for its in proof.statements]}
        self.made[key] = json.dumps(document, ensure_ascii=False)

    def recall_alike(self, key: str) -> frozenset[FactKey] | None:
        """What was found to mean the same, if it was looked for before."""
        document = self._document(key)
        return None if document is None else frozenset((kind, name) for kind, name in document)

    def keep_alike(self, key: str, alike: Iterable[FactKey]) -> None:
        """Remember which facts mean the same."""
        self.made[key] = json.dumps(sorted(alike), ensure_ascii=False)

    def _document(self, key: str) -> Any | None:  # noqa: ANN401 - JSON
        text = self.made.get(key) or self.find(key)
        return None if text is None else json.loads(text)


def proof_key(
    direction: Direction,
    ends: tuple[Shape, Shape],
    scope: Scope,
    renames: Sequence[Rename],
    conditions: Sequence[str],
) -> str:
    """What a proof holds for.

    Args:
        conditions: what it was made under: the server's version, what else is in scratch, the
            application's path and settings.
    """
    return _key(direction, ends, scope, conditions, [astuple(rename) for rename in renames])


def meaning_key(ends: tuple[Shape, Shape], scope: Scope, conditions: Sequence[str]) -> str:
    """What it holds for that facts of two structures mean the same; see `proof_key`."""
    return _key("meaning", ends, scope, conditions)


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
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _rules() -> str:
    """A digest of the code and the SQL in those folders."""
    texts = [text for folder in _RULES for text in _texts(files("diffapply") / folder)]
    return hashlib.sha256(b"".join(sorted(texts))).hexdigest()


def _texts(folder: Traversable) -> Iterator[bytes]:
    """Digests of the files in a folder and those within."""
    for its in folder.iterdir():
        if its.name.endswith((".py", ".sql")):
            yield hashlib.sha256(its.read_bytes()).digest()
        elif "." not in its.name and its.name != "__pycache__":
            yield from _texts(its)


def _proof(document: dict[str, Any]) -> Proof:
    return Proof(
        tuple(map(Statement.of, document["statements"])),
        _ddl(document["source_ddl"]),
        _ddl(document["goal_ddl"]),
        tuple(document["no_way_back"]),
        tuple(
            Renewed(its["kind"], its["old"], its["new"], tuple(its["stated"]))
            for its in document["anew"]
        ),
        dropped=tuple(Owned(**its) for its in document["dropped"]),
        created=tuple(Owned(**its) for its in document["created"]),
        touched=tuple(Touched(**its) for its in document["touched"]),
        alone=document["alone"],
    )


def _ddl(statements: list[str] | None) -> tuple[str, ...] | None:
    return None if statements is None else tuple(statements)
