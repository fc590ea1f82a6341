"""Histories in the journal, told in lines; runs are numbered from 1.

forward    user_1:a>b user_2:a>b    the tenants that the run changed, from which shape to which
forward    user_1:a>b user_2!       one that failed is marked
provision  user_3                   new tenants, at shape d, made from nothing (e)
backward 2 user_1:b>a               takes run 2 back in this tenant

Letters are shapes.
"""

from collections.abc import Iterator

from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.journal import Step
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.plan import Shape
from diffapply.model.run import NewRun, Purpose

SHAPES = {name: Shape(Catalog.of([Fact("table", name, name, "TABLE")])) for name in "abcd"} | {
    "e": Shape(Catalog.of(()), ())
}


def begin(connection: Connection) -> None:
    """A journal that has the shapes, and no run."""
    journal.ensure(connection)
    journal.remember_shapes(connection, SHAPES.values())


def steps(*tenants: str) -> Iterator[tuple[str, str, str, bool]]:
    """Tenant, source and goal, and whether it was applied."""
    for tenant in tenants:
        name, _, way = tenant.partition(":")
        source, _, goal = (way or "e>d").partition(">")
        yield (
            name.removesuffix("!"),
            SHAPES[source].fingerprint,
            SHAPES[goal].fingerprint,
            not name.endswith("!"),
        )


def record(connection: Connection, what: str, *tenants: str) -> None:
    """A run of the history."""
    undoes: tuple[int, ...] = ()
    if what == "backward":
        undoes, tenants = (int(tenants[0]),), tenants[1:]
    run = journal.begin_run(
        connection,
        NewRun(
            "backward" if what == "backward" else "forward",
            SHAPES["d"].fingerprint if what == "provision" else "f" * 64,
            Purpose("desired.sql"),
        ),
    )
    with connection.cursor() as cursor:
        for name, source, goal, applied in steps(*tenants):
            step = Step(name, source, goal, "applied" if applied else "failed")
            journal.record_step(cursor, run, step, undoes if applied else ())
    journal.finish_run(connection, run, complete=True)
