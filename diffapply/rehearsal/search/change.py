"""One change that a search tries: the ways to make it, why it failed, and what is in its way."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import psycopg2

from diffapply.database.advice import advice, reason
from diffapply.database.of_values import is_of_values
from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import Ways
from diffapply.model.catalog import FactKey
from diffapply.queries import query
from diffapply.scratch.lacking import UNFOUND
from diffapply.scratch.sandbox import Sandbox

_DEPENDENTS = query("rehearsal/search", "dependents")

_IN_THE_WAY = (psycopg2.errors.DependentObjectsStillExist, psycopg2.errors.FeatureNotSupported)
"""Errors if other objects keep a statement from running."""

_UNCONVERTED = (psycopg2.errors.DatatypeMismatch, psycopg2.errors.CannotCoerce)
"""Errors if no value can get to another type; what else is done does not change that."""


@dataclass
class Change:
    """A change to make, and why it failed so far.

    Attributes:
        ways: ways to make it, best first.
        resorts: further ways, tried if nothing else works.
        key: the fact that it is about; None for a statement from migra.
        errors: PostgreSQL's error for each way, from the last try.
    """

    ways: Ways
    resorts: Ways = ()
    key: FactKey | None = None
    errors: list[psycopg2.Error] = field(default_factory=list)

    @property
    def in_the_way(self) -> bool:
        """Whether other objects block it."""
        return self._failed_with(*_IN_THE_WAY)

    @property
    def unconverted(self) -> bool:
        """Whether it is a column whose values nothing converts."""
        is_column = self.key is not None and self.key[0] == "column"
        return (
            is_column
            and bool(self.errors)
            and all(
                isinstance(error, _UNCONVERTED) or is_of_values(error, of_values_alone=True)
                for error in self.errors
            )
        )

    @property
    def denied(self) -> bool:
        """Whether the role lacks a right."""
        return self._failed_with(psycopg2.errors.InsufficientPrivilege)

    @property
    def unfound(self) -> bool:
        """Whether something was not there that a statement names."""
        return self._failed_with(*UNFOUND)

    @property
    def keeps(self) -> bool:
        """Whether its last resorts may lose data."""
        return self.key is not None and KINDS[self.key[0]].holds_data

    def _failed_with(self, *kinds: type[psycopg2.Error]) -> bool:
        return any(isinstance(error, kinds) for error in self.errors)


def dependents(
    sandbox: Sandbox,
    keys: Iterable[FactKey],
    only: Collection[str] = (),
    *,
    automatic: bool = False,
) -> list[FactKey]:
    """What hangs on these facts in a sandbox, last first.

    Args:
        only: the kinds that count; none named: all.
        automatic: also objects that follow a column by themselves.
    """
    kinds, names = [], []
    for kind, name in keys:
        kinds.append(kind)
        names.append(name)
    if not kinds:
        return []
    asked = {"schema": sandbox.scope.schema, "kinds": kinds, "names": names}
    found = sandbox.rows(_DEPENDENTS, {**asked, "automatic": automatic}, inside=True)
    hanging: dict[FactKey, int] = {
        (kind, name): oid for kind, name, oid in found if kind in only or not only
    }
    # Usually, later objects depend on earlier ones.
    return sorted(hanging, key=lambda key: (-hanging[key], key))


def sentence(error: psycopg2.Error) -> str:
    """PostgreSQL's error for a statement, and what to do about it."""
    words = reason(error)
    return f"{words}. {more}" if (more := advice(error)) else words
