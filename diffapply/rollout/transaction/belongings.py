"""Owners, grants and the like of objects that a transition drops: read before, given back after.

An object that is dropped and created again gets a new owner and default grants; PostgreSQL forgets
the old ones: owner, grants and revokes, also on columns, security labels, publications. They are
read and written in the tenant's own transaction, as that tenant has them. For objects that stay
dropped, they are recorded in the journal, with the positions of sequences, for a run that creates
the objects again on the way back.

What is new gets the owner of its tenant, by the same statements.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from diffapply import journal
from diffapply.catalog.owned import OWNED, class_of
from diffapply.database.advice import reason
from diffapply.database.foreign import written
from diffapply.database.quoting import json_text
from diffapply.database.transaction import NEUTRAL
from diffapply.errors import PermissionDeniedError
from diffapply.model.affected import Owned, Renewed
from diffapply.model.plan import Transition
from diffapply.queries import query
from diffapply.rollout.transaction.gate import Gate

_READ, _GIVE_BACK = (
    query("rollout/transaction", name).replace("{owned}", OWNED)
    for name in ("belongings", "give_back")
)
_Known = Mapping[str, Any]
"""What `give_back.sql` takes of an object, as JSON."""

_POSITION = sql.SQL("select {}, {}, last_value, is_called from {}.{}")
_NO_POSITIONS = sql.Composed([sql.SQL("select '', '', 0, false where false")])


@dataclass(frozen=True, slots=True)
class Belongings:
    """What tenants' objects have, or had before a run dropped them.

    Attributes:
        text: all of it, as JSON.
        to_give_back: whether some of it has to be given back at the end.
        to_remember: whether some of it has to be recorded in the journal.
    """

    text: str = "[]"
    to_give_back: bool = False
    to_remember: bool = False

    def remembering(self, cursor: Cursor, run: int) -> list[bytes]:
        """The statements that record what dropped objects had; empty if nothing is dropped."""
        return [journal.remember_dropped(cursor, run, self.text)] if self.to_remember else []


@dataclass(frozen=True, slots=True)
class Return:
    """A statement that gives something back, or gives what is new to its owner.

    Attributes:
        called: the object, such as ``view totals``.
        tenant: whose object it is.
        cure: the statement that lets the role do it, if it may not.
    """

    sql: str
    called: str
    tenant: str
    cure: str

    def run(self, work: Gate) -> None:
        """Run it now.

        Raises:
            PermissionDeniedError: the role may not.
        """
        try:
            work.run(self.sql)
            work.send()
        except psycopg2.errors.InsufficientPrivilege as error:
            cure = f" Allow it: {self.cure}" if self.cure else ""
            raise PermissionDeniedError(
                f"The role may not give the {self.called} of {self.tenant!r} the owner and the "
                f"rights that it is to have: {reason(error)}.{cure}"
            ) from error


def read_belongings(
    work: Gate,
    transition: Transition,
    undoes: Mapping[str, Sequence[int]],
    owners: Mapping[str, int],
    *,
    privileges: bool,
) -> Belongings:
    """What has to be given or recorded. Sends a query only if something was there before.

    Args:
        work: its tenants are at the transition's source.
        transition: what to do.
        undoes: tenant → the runs that are undone, which have recorded what they dropped.
        owners: tenant → who gets what is new in it.
        privileges: whether owners and grants are compared.
    """
    tenants = work.tenants
    back = any(undoes.get(tenant) for tenant in tenants)
    dropped = () if back else transition.dropped
    found: list[_Known] = []
    recalled: list[_Known] = []
    if transition.anew or dropped:
        found = _read(work, transition.anew, dropped)
    if back and transition.created:
        classes = [(class_of(its.kind), its.name) for its in transition.created]
        # After one run, dropped objects had the rights of its source; after several, maybe others.
        rights = not privileges or all(len(undoes[tenant]) == 1 for tenant in tenants)
        with work.looking():
            recalled = journal.recall_dropped(work.cursor, tenants, undoes, classes, rights=rights)
    new = [*_new(transition.created, owners, tenants, recalled)]
    return Belongings(
        json_text([*found, *recalled, *new]),
        to_give_back=bool(transition.anew or recalled or new),
        to_remember=bool(dropped),
    )


def _new(
    created: Iterable[Owned],
    owners: Mapping[str, int],
    tenants: Sequence[str],
    recalled: Iterable[_Known],
) -> Iterator[_Known]:
    """What is new in tenants, and gets their owner; not what had one before a run dropped it."""
    things = [(class_of(its.kind), its.name) for its in created if its.kind != "column"]
    had = {(its["schema"], its["class"], its["new"]) for its in recalled}
    for tenant in owners.keys() & tenants:
        for thing, name in things:
            if (tenant, thing, name) not in had:
                yield {
                    "schema": tenant,
                    "class": thing,
                    "new": name,
                    "gone": False,
                    "owner": owners[tenant],
                    "keeps_owner": True,
                    "keeps_grants": False,
                }


def _read(work: Gate, anew: Sequence[Renewed], dropped: Sequence[Owned]) -> list[_Known]:
    wanted = [
        {
            "class": class_of(its.kind),
            "old": its.old,
            "new": its.new,
            "gone": False,
            "keeps_owner": "owner" not in its.stated,
            "keeps_grants": "grants" not in its.stated,
        }
        for its in anew
    ]
    wanted += [
        {"class": class_of(its.kind), "old": its.name, "new": its.name, "gone": True}
        for its in dropped
    ]
    sequences = [its.name for its in dropped if its.kind == "sequence"]
    places = [*_positions(work.tenants, sequences)] or [_NO_POSITIONS]
    positions = written(sql.SQL(" union all ").join(places), work.connection)
    query = NEUTRAL + _READ.replace("{positions}", positions.replace("%", "%%"))
    with work.looking():
        values = {"anew": json_text(wanted), "tenants": list(work.tenants)}
        [(found,)] = work.ask(query, values)
    return list(json.loads(found))


def _positions(tenants: Sequence[str], sequences: Sequence[str]) -> Iterator[sql.Composed]:
    """Queries for the positions of sequences; names are quoted already."""
    for tenant in tenants:
        for name in sequences:
            yield _POSITION.format(
                sql.Literal(tenant), sql.Literal(name), sql.Identifier(tenant), sql.SQL(name)
            )


def to_give_back(work: Gate, belongings: Belongings) -> list[Return]:
    """The statements that give them back, in order.

    Args:
        work: after the transition's statements; its search path changes.
        belongings: from `read_belongings`.
    """
    rows = work.ask(NEUTRAL + _GIVE_BACK, {"kept": belongings.text})
    return [Return(*row) for row in rows]
