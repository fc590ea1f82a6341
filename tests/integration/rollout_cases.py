"""Shapes and plans written by hand, for the tests of what executes them."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from psycopg2 import sql

from diffapply.catalog.reader import read_catalog
from diffapply.database.connection import connect
from diffapply.database.session import enter_schema
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Direction, Plan, Shape, Transition
from diffapply.model.statement import Statement

JOBS = "create table jobs (id integer primary key, name varchar(255) not null)"
TASKS = (
    "create table tasks (id integer primary key, position integer not null,\n"
    "    job_id integer not null references jobs on delete cascade)  -- each a step of a job"
)
TASKS_INDEX = "create index ix_tasks_job_position on tasks (job_id, position)"
NOTE = "alter table tasks add column note text default 'it''s 100% \"done\"'"

V0: tuple[str, ...] = ()
V1 = (JOBS,)
V2 = (JOBS, TASKS, TASKS_INDEX)
V3 = (*V2, NOTE)

DROP_TASKS = Statement(
    "drop table tasks",
    (
        Hazard(HazardCode.LOCKS_TABLE, "locks the table"),
        Hazard(
            HazardCode.DROPS_TABLE,
            'drops the table "tasks"; its rows are lost',
            check="select exists (select from tasks)",
            lock="tasks",
        ),
    ),
)
DROP_NOTE = Statement(
    "alter table tasks drop column note",
    (
        Hazard(
            HazardCode.DROPS_COLUMN,
            'drops the column "note" of "tasks"; its values are lost',
            check="select exists (select from tasks where note is not null)",
            lock="tasks",
        ),
    ),
)

FULL_DISK = """
create function fills_the_disk() returns event_trigger language plpgsql as $$ begin
    if current_schema like 'user%' then
        copy (select 1) to '/dev/full';
    end if;
end $$;
create event trigger fills_the_disk on ddl_command_end when tag in ('CREATE INDEX')
    execute function fills_the_disk();
"""
"""Where indexes are built in a tenant."""

HOSTILE_NAMES = (
    'user_1"; drop schema user_2 cascade; --',
    "User_1",
    "user 1",
    "user_1'; rollback; --",
    "user.1",
    "%s %(name)s %",
    "{} {0} {name}",
    "\\user_1",
    "benutzer_äöü_Ω_日本_🙂",
    "x" * 63,
    "é" * 31 + "x",
)


class Reachable(Protocol):
    """What has a URL."""

    @property
    def url(self) -> str:
        """As libpq reads it."""


@dataclass(frozen=True)
class Address:
    """A database by another URL than the fixture's."""

    url: str


class Database(Reachable, Protocol):
    """What the fixture `database` offers."""

    def execute(self, statement: str) -> None:
        """Execute and commit."""

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """The rows of a query."""


def shape(database: Reachable, ddl: tuple[str, ...]) -> Shape:
    """The shape that these statements build in an empty schema; the database stays as it is."""
    with closing(connect(database.url)) as connection, connection.cursor() as cursor:
        cursor.execute("begin; create schema model")
        enter_schema(connection, "model")
        for statement in ddl:
            cursor.execute(statement)
        catalog = read_catalog(connection, "model")
        cursor.execute("rollback")
    return Shape(catalog, ddl)


def tenants(database: Reachable, names: Iterable[str], ddl: tuple[str, ...]) -> tuple[str, ...]:
    """Create live tenants of this structure."""
    names = tuple(names)
    with closing(connect(database.url)) as connection, connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                sql.SQL("begin; create schema {0}; set local search_path = {0}").format(
                    sql.Identifier(name)
                )
            )
            for statement in ddl:
                cursor.execute(statement)
            cursor.execute("commit")
    return names


def catalog_of(database: Reachable, schema: str) -> Catalog:
    """The facts of a live schema as they are now."""
    with closing(connect(database.url)) as connection:
        return read_catalog(connection, schema)


def transition(
    source: Shape, goal: Shape, names: Iterable[str], *statements: str | Statement
) -> Transition:
    """A transition, taken on trust where a real one is proved."""
    return Transition(
        source.fingerprint,
        goal.fingerprint,
        tuple(names),
        tuple(s if isinstance(s, Statement) else Statement(s) for s in statements),
    )


def plan(
    *transitions: Transition,
    shapes: Iterable[Shape] = (),
    direction: Direction = "forward",
    in_sync: tuple[str, ...] = (),
    undoes: Mapping[str, tuple[int, ...]] | None = None,
) -> Plan:
    """A plan of these transitions."""
    return Plan(
        direction=direction,
        database="test",
        desired="desired.py:metadata",
        in_sync=in_sync,
        transitions=transitions,
        shapes={shape.fingerprint: shape for shape in shapes},
        undoes=undoes or {},
    )
