"""What tenants' objects have that are made anew: read before the statements, given back after.

PostgreSQL gives what is created an owner and grants of its own, and forgets what the object had
that it replaces: owner, grants and revokes, those on columns, security labels, publications. All
is read and written in the tenant's own transaction, and as that tenant has it. The gate afterwards
proves the rest, as ever.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import psycopg2
from psycopg2.extensions import cursor as Cursor

from diffapply.catalog.owned import OWNED, class_of
from diffapply.database.transaction import NEUTRAL_PATH
from diffapply.errors import PermissionDeniedError
from diffapply.planning.model import Renewed

_SQL = files("diffapply.rollout")
_READ, _GIVE_BACK = (
    (_SQL / name).read_text(encoding="utf-8").replace("{owned}", OWNED)
    for name in ("belongings.sql", "give_back.sql")
)


@dataclass(frozen=True, slots=True)
class Return:
    """A statement that gives something back.

    Attributes:
        called: what it is given to, such as ``view totals``.
        tenant: whose that is.
        cure: what lets the role do it, if it may not.
    """

    sql: str
    called: str
    tenant: str
    cure: str

    def run(self, cursor: Cursor) -> None:
        """Run it.

        Raises:
            PermissionDeniedError: the role may not.
        """
        try:
            cursor.execute(self.sql)
        except psycopg2.errors.InsufficientPrivilege as error:
            words = (error.diag.message_primary or str(error)).strip()
            cure = f" Allow it: {self.cure}" if self.cure else ""
            raise PermissionDeniedError(
                f"The {self.called} of {self.tenant!r} is made anew, and the role may not give "
                f"back what it had: {words}.{cure}"
            ) from error


def read_belongings(cursor: Cursor, tenants: Sequence[str], anew: Sequence[Renewed]) -> str:
    """What the tenants' objects have; `to_give_back` takes it.

    Args:
        cursor: inside a transaction; its search path is another one afterwards.
        tenants: names of schemas.
        anew: what is to be made anew in them.
    """
    wanted = [
        {
            "class": class_of(its.kind),
            "old": its.old,
            "new": its.new,
            "keeps_owner": "owner" not in its.stated,
            "keeps_grants": "grants" not in its.stated,
        }
        for its in anew
    ]
    cursor.execute(NEUTRAL_PATH + _READ, {"anew": json.dumps(wanted), "tenants": list(tenants)})
    [(found,)] = cursor.fetchall()
    return str(found)


def to_give_back(cursor: Cursor, belongings: str, before: str = "") -> list[Return]:
    """What gives them back, in the order in which it is to run.

    Args:
        cursor: inside the same transaction, after the statements; its search path is another one
            afterwards.
        belongings: what `read_belongings` found.
        before: statements, each ended, that run first.
    """
    asking = cursor.mogrify(NEUTRAL_PATH + _GIVE_BACK, {"kept": belongings})
    cursor.execute(before.encode() + asking)
    return [Return(*row) for row in cursor.fetchall()]
