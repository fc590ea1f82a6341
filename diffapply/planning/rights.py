"""Finds what a role may not change in the tenants of its plan.

A table of a tenant may belong to another role than all the others, or than in the other tenants.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from psycopg2.extensions import connection as Connection

from diffapply.database.quoting import json_text
from diffapply.database.reading import rows
from diffapply.ddl.ownership import Needed, needed
from diffapply.model.plan import Transition
from diffapply.queries import query
from diffapply.values.grammar import bare

_QUERY = query("planning", "rights")

_GRANTED = {"refer": ("refer to", "REFERENCES"), "trigger": ("make triggers on", "TRIGGER")}
"""A right that can be granted → what may not be done without it, and how GRANT calls it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A right that a role lacks in a tenant.

    Attributes:
        needed: on what.
        owner: whose that is, as SQL writes it.
        role: who lacks it, likewise.
        grant: what gives the role the owner's rights; None if the owner is a superuser.
    """

    needed: Needed
    owner: str
    role: str
    grant: str | None

    @property
    def told(self) -> str:
        """What is lacked, and what mends it; the same in each such tenant."""
        access, name = self.needed, self.needed.name
        if access.right in _GRANTED:
            may, right = _GRANTED[access.right]
            return (
                f"{self.role} may not {may} {name}: let {self.owner} run "
                f"GRANT {right} ON TABLE {name} TO {self.role}"
            )
        return (
            f"{access.kind.lower()} {name} belongs to {self.owner}, not to {self.role}: "
            f"ALTER {access.kind} {name} OWNER TO {self.role}"
            + (f", or {self.grant}" if self.grant else "")
        )


def lacks(connection: Connection, transitions: Sequence[Transition]) -> list[dict[str, list[Lack]]]:
    """For each transition, tenant → the rights that the role lacks in it."""
    wants = [needed(one.sql for one in its.statements) for its in transitions]
    tenants = [its.tenants if wants[at] else () for at, its in enumerate(transitions)]
    found: list[dict[str, list[Lack]]] = [defaultdict(list) for _ in transitions]
    names = [name for those in tenants for name in those]
    if not names:
        return found
    named = {
        "tenants": names,
        "transitions": [at for at, those in enumerate(tenants) for _ in those],
        "needed": json_text(
            [
                asdict(its) | {"transition": at, "number": number, "name": bare(its.name)}
                for at, those in enumerate(wants)
                for number, its in enumerate(those)
            ]
        ),
    }
    for at, tenant, number, *roles in rows(connection, _QUERY, named, names):
        found[at][tenant].append(Lack(wants[at][number], *roles))
    return found
