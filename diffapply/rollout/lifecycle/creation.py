"""Creates one new tenant at the desired state, in the caller's transaction."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.reader import read_catalog
from diffapply.config import DEFAULT_LOCK_TIMEOUT
from diffapply.database.limits import bounded_lock_timeout, milliseconds
from diffapply.database.session import (
    NORMAL,
    WORK,
    as_run,
    search_path,
    working,
)
from diffapply.database.transaction import NEUTRAL, in_transaction
from diffapply.errors import DesiredStateError, ShapeFileError, UsageError
from diffapply.model.catalog import Catalog
from diffapply.model.ignoring import Ignoring
from diffapply.model.own_name import LONGEST_NAME, Naming, is_stand_in, spelled, with_own_name
from diffapply.model.plan import Shape
from diffapply.model.run import NewRun, Purpose
from diffapply.model.scope import Scope
from diffapply.model.world import MEANING, World
from diffapply.planning.desired_shape import DesiredShape
from diffapply.rollout.lifecycle.furnishing import furnish
from diffapply.rollout.transaction.gate import Gate, UnlikeError
from diffapply.tenants.discovery import ROLES_OWN, is_reserved

EMPTY = Shape(Catalog.of(()), ())
"""The source of a new tenant, and its goal when it is undone."""


_SETTINGS = [
    *NORMAL,
    *WORK,
    *MEANING,
    "search_path",
    "lock_timeout",
    "statement_timeout",
]


@dataclass(frozen=True, slots=True)
class NewTenant:
    """A tenant that is to be created; see `diffapply.provision_in`.

    Attributes:
        usual: the shape of tenants without a variant.
    """

    name: str
    usual: DesiredShape
    run: int | None = None
    desired: str | None = None
    message: str | None = None
    lock_timeout: float = DEFAULT_LOCK_TIMEOUT

    @property
    def shape(self) -> DesiredShape:
        """The one that it gets."""
        return self.usual.for_tenant(self.name)


def create_in(connection: Connection, new: NewTenant) -> None:
    """Create one tenant in the transaction of a connection, and nothing else.

    For errors, see `diffapply.provision_in`.
    """
    schema, goal = new.name, new.shape
    require_valid(schema)
    require_ddl(goal)
    require_server(connection, goal)
    if not in_transaction(connection):
        raise UsageError(
            "A tenant can only be provisioned within a transaction, and none is open.",
            "Begin one, or turn autocommit off.",
        )
    started = time.monotonic()
    scope = Scope(privileges=goal.catalog.has_privileges, ignoring=goal.ignoring)
    try:
        with (
            Gate(connection, [schema], scope) as work,
            undone_on_error(work),
            settings_given_back(work),
        ):
            _create(work, new, goal, started)
    except (psycopg2.errors.DuplicateSchema, psycopg2.errors.UniqueViolation) as error:
        # The latter, if another transaction has created it, too, and committed first.
        if error.diag.constraint_name not in (None, "pg_namespace_nspname_index"):
            raise
        raise UsageError(f"There is a schema {schema!r} already.") from error


def _create(work: Gate, new: NewTenant, goal: DesiredShape, started: float) -> None:
    """Create the tenant, and record it; as a run of its own, unless it belongs to one."""
    connection, schema, run = work.connection, new.name, new.run
    if run is None:
        journal.ensure(connection, goal.world, new.lock_timeout)
        run = _begun(connection, goal, new)
    elif goal is not new.usual:
        journal.remember_shapes(connection, [goal])
    own = [spelled(statement, schema) for statement in require_ddl(goal)]
    _build(work, schema, own, new.lock_timeout, goal.world)
    try:
        work.require(goal.fingerprint)
        reads: Shape = goal
    except UnlikeError:
        reads = _remembered_as_it_reads(work, schema, goal)
    furnish(work, schema, goal)
    source, seconds = EMPTY.fingerprint, time.monotonic() - started
    step = journal.Step(schema, source, reads.fingerprint, "applied", seconds=seconds)
    work.record(run, [step], undoes={})
    if new.run is None:
        journal.finish_run(connection, run, complete=True)


def _begun(connection: Connection, goal: DesiredShape, new: NewTenant) -> int:
    """A run for one tenant, named as the shape says if nobody says otherwise."""
    commit = "" if new.desired else goal.git_commit
    purpose = Purpose(new.desired or goal.desired, new.message, commit)
    return begin_provisioning(connection, goal, purpose, {})


def begin_provisioning(
    connection: Connection,
    goal: DesiredShape,
    purpose: Purpose,
    ignoring_in: Mapping[str, Ignoring],
) -> int:
    """Record in the journal that a run begins which creates such tenants; returns its id."""
    journal.remember_shapes(connection, [EMPTY, goal])
    # The goal instead of a plan's digest: so the journal distinguishes provisioning from apply.
    run = NewRun(
        "forward",
        goal.fingerprint,
        purpose,
        ignoring=goal.ignoring,
        ignoring_in=ignoring_in,
    )
    return journal.begin_run(connection, run)


def _build(
    work: Gate, schema: str, statements: Sequence[str], lock_timeout: float, world: World
) -> None:
    """Create the schema and everything in it."""
    timeout = milliseconds(bounded_lock_timeout(work.connection, lock_timeout))
    work.run(
        working(world),
        # The path comes first, because creating a schema also fires event triggers.
        search_path(schema, world.behind),
        sql.SQL("create schema {}").format(sql.Identifier(schema)),
        sql.SQL("set local lock_timeout = {}").format(sql.Literal(timeout)),
        *(as_run(statement, world) for statement in statements),
    )
    work.send()


def as_it_reads(work: Gate, schema: str, goal: Shape) -> Catalog | None:
    """The goal as it reads in this schema, whose name needs quotes or is a word in the structure.

    Returns:
        None if the schema has another structure.
    """
    with work.looking():
        live = read_catalog(work.connection, schema, Naming.OWN, work.scope.counting)
    real, wanted = (with_own_name(catalog, schema) for catalog in (live, goal.catalog))
    return live if real.fingerprint == wanted.fingerprint else None


def _remembered_as_it_reads(work: Gate, schema: str, goal: Shape) -> Shape:
    """The same as a shape that is stored in the journal.

    Raises:
        DesiredStateError: the schema has another structure.
    """
    live = as_it_reads(work, schema, goal)
    if live is None:
        raise DesiredStateError(
            f"The statements of the desired state do not build it in schema {schema!r}.",
            "Something else in the database changes the result, such as an event trigger or "
            "default privileges.",
        )
    journal.remember_shapes(work.connection, [Shape(live)])
    return Shape(live)


@contextmanager
def settings_given_back(work: Gate) -> Iterator[None]:
    """In the block, the search path is neutral; afterwards, the session's settings are as before.

    After an error, the rollback to the savepoint resets them.
    """
    # This runs with the caller's search path, so everything is named in full.
    found = work.ask(
        "select pg_catalog.current_setting(name) "
        "from pg_catalog.unnest(%s::pg_catalog.text[]) as name",
        [_SETTINGS],
    )
    before = [value for (value,) in found]
    work.run(NEUTRAL)
    yield
    work.ask(
        "select set_config(name, value, true) from unnest(%s, %s) as before (name, value)",
        [_SETTINGS, before],
    )


@contextmanager
def undone_on_error(work: Gate) -> Iterator[None]:
    """After an error in the block, the transaction is as it was before."""
    work.run("savepoint diffapply_tenant")
    work.send()
    try:
        yield
    except BaseException:
        if not work.connection.closed:
            work.take()
            work.run("rollback to savepoint diffapply_tenant")
            work.send()
        raise
    finally:
        if not work.connection.closed:
            work.run("release savepoint diffapply_tenant")
            work.send()


def require_server(connection: Connection, shape: DesiredShape) -> None:
    """Refuse a shape that was made on another version of PostgreSQL, which words it otherwise.

    Raises:
        ShapeFileError: it was.
    """
    here = connection.server_version // 10000
    if shape.server not in (None, here):
        raise ShapeFileError(
            f"The shape was made on PostgreSQL {shape.server}, and this server is {here}.",
            "Make it with diffapply shape on a server of the same version.",
        )


def require_valid(name: str) -> None:
    """Refuse a name that no tenant can have.

    Raises:
        UsageError: it is empty, too long (PostgreSQL would cut it), or reserved.
    """
    length = len(name.encode())
    if not name or "\0" in name:
        problem = "is not a name for a schema"
    elif length > LONGEST_NAME:
        problem = f"has {length} bytes; PostgreSQL keeps {LONGEST_NAME} of a name"
    elif is_stand_in(name):
        raise UsageError(
            "A tenant cannot have the name that diffapply writes in place of each tenant's own."
        )
    elif is_reserved(name) or name == ROLES_OWN:
        problem = "is reserved"
    else:
        return
    raise UsageError(f"{name!r} cannot be a tenant: it {problem}.")


def require_ddl(goal: Shape) -> tuple[str, ...]:
    """The statements that build the goal. Raises `DesiredStateError` if none are known."""
    if goal.ddl is None:
        raise DesiredStateError(
            "No statements are known that build the desired state from nothing.",
        )
    return goal.ddl
