"""What a run leaves for the next command: tenants that it has read need not be read again."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.errors import DiffapplyError
from diffapply.model.memory import Look, Memory
from diffapply.model.plan import Plan


def remember(connection: Connection, plan: Plan, moved: Mapping[str, str]) -> None:
    """Have the journal remember which tenants are at their goals, and what was proved.

    These are caches: if that fails, tenants are read, and transitions proved, again.

    Args:
        connection: in no transaction.
        moved: tenant → change token, read after its change and before the facts of the gate after.
    """
    if looks := _looks(plan, moved):
        with suppress(psycopg2.Error, DiffapplyError):
            journal.remember_looks(connection, looks)
    if plan.proofs:
        with suppress(psycopg2.Error, DiffapplyError):
            journal.remember_proofs(connection, plan.proofs)


def _looks(plan: Plan, moved: Mapping[str, str]) -> Mapping[str, Look]:
    """What tenants are now, where that is known."""
    by_goal: dict[str, list[str]] = defaultdict(list)
    for transition in plan.transitions:
        by_goal[transition.goal] += transition.tenants
    others = {*plan.in_sync, *(its.name for its in plan.unreadable)}
    every = others.union(*by_goal.values())
    memory = Memory()
    for goal, tenants in by_goal.items():
        memory.learn(moved, tenants, plan.shapes[goal].catalog, every)
    return memory.learned
