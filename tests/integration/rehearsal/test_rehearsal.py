"""Rehearsal: what stands in scratch is what a tenant would have, and only that."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import psycopg2
import pytest

from diffapply.catalog.reader import read_catalog
from diffapply.ddl.statements import Alteration
from diffapply.hazards.observation import Observer
from diffapply.model.catalog import Catalog, Ends
from diffapply.model.hazards import HazardCode
from diffapply.model.plan import Shape
from diffapply.model.scope import TENANT, Scope
from diffapply.model.user_statement import UserStatement
from diffapply.rehearsal.migra import migra
from diffapply.rehearsal.proof.ground import Ground
from diffapply.rehearsal.proof.orders import prove_composed
from diffapply.rehearsal.proof.outside import Outside
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.rehearsal.search.candidates import Candidate, Leg
from diffapply.rehearsal.search.ran import Ran
from diffapply.rehearsal.search.search import Found
from diffapply.scratch.sandbox import open_sandbox
from tests.servers import Database

_OLD = "create table task (id int primary key, title text)"
_NEW = "create table task (id int primary key, title text, due date)"
_KEYED = "create table task (id text primary key, title text)"


class _Scratch:
    def __init__(self, database: Database) -> None:
        self.connection = database.connect()
        self.connection.autocommit = True
        self.rehearsal = Rehearsal(self.connection, [])

    def rebuilt(self, definition: str, *, stay: bool = False) -> Shape:
        """The shape of what a statement defines."""
        with self.connection.cursor() as cursor:
            cursor.execute(f"create schema spelled; set search_path = spelled; {definition}")
            catalog = read_catalog(self.connection, "spelled")
            cursor.execute("drop schema spelled cascade")
        return self.rehearsal.rebuild(Shape(catalog), Scope(TENANT), stay=stay)

    def table(self) -> object:
        """What tells whether the table that stands is still the same one."""
        with self.connection.cursor() as cursor:
            cursor.execute("select to_regclass(%s)::oid", [f"{TENANT}.task"])
            return cursor.fetchone()

    def standing(self) -> Catalog:
        """What is committed under the tenant's name."""
        return read_catalog(self.connection, TENANT)


@pytest.fixture
def scratch(database: Database) -> Iterator[_Scratch]:
    its = _Scratch(database)
    yield its
    its.connection.close()


def test_the_way_back_begins_where_the_way_there_led(scratch: _Scratch) -> None:
    """As in a tenant: with what is left of columns that were dropped, not with a fresh copy."""
    old, new = scratch.rebuilt(_OLD), scratch.rebuilt(_NEW)
    with_less = scratch.rehearsal.prove(new, old, Scope(TENANT))
    assert [statement.sql for statement in with_less.statements]
    with scratch.connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_attribute where attrelid = %s::regclass and attisdropped",
            [f"{TENANT}.task"],
        )
        assert cursor.fetchone() == (1,)
    back = scratch.rehearsal.prove(old, new, Scope(TENANT))
    assert not back.blocked
    assert scratch.standing().fingerprint == new.fingerprint


def test_what_migra_is_not_the_cause_of_ends_the_rehearsal(
    scratch: _Scratch, database: Database
) -> None:
    """Such as a query of its own that waits in vain: to try others would be no use."""
    with (
        closing(database.connect()) as other,
        other.cursor() as locking,
        scratch.connection.cursor() as cursor,
    ):
        locking.execute("lock table pg_catalog.pg_policy in access exclusive mode")
        cursor.execute("set statement_timeout = '1s'")
        with (
            open_sandbox(scratch.connection, Scope(TENANT)) as sandbox,
            pytest.raises(psycopg2.errors.QueryCanceled),
        ):
            migra.inspect(sandbox, [])


def test_a_crash_of_migra_costs_nothing(scratch: _Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The facts propose, too."""

    def crash(_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(migra._Inspector, "load_deps_all", crash)
    with open_sandbox(scratch.connection, Scope(TENANT)) as sandbox:
        assert migra.inspect(sandbox, []) is None
        sandbox.run([_OLD])


def test_where_the_users_own_statements_led_nothing_stays(scratch: _Scratch) -> None:
    """Nobody knows what those did elsewhere, so they are taken back as a whole."""
    old, keyed = scratch.rebuilt(_OLD, stay=True), scratch.rebuilt(_KEYED)
    own = [UserStatement("alter table task alter id type text", "")]
    assert not scratch.rehearsal.prove(old, keyed, Scope(TENANT), user_statements=own).blocked
    assert scratch.standing().fingerprint == old.fingerprint


def test_another_source_finds_nothing_of_the_one_before(scratch: _Scratch) -> None:
    """Each transition is proved from its own source alone."""
    goal = scratch.rebuilt(_NEW)
    for definition in (_OLD, _KEYED, "create table other (id int)", _OLD):
        source = scratch.rebuilt(definition, stay=True)
        proved = scratch.rehearsal.prove(source, goal, Scope(TENANT))
        assert not proved.blocked
        assert scratch.standing().fingerprint == goal.fingerprint


_WIDE = "create table task (a int, b text default '-', c int check (c > 0), d int not null)"
_COUNTED = "create table task (a int, b text, c int, d int generated always as identity)"


@pytest.mark.parametrize(
    ("first", "then", "led"),
    [
        (f"{_WIDE}; create index ix on task (a)", _WIDE, True),
        (_WIDE, f"{_WIDE}; create index ix on task (a)", True),
        (_WIDE, f"{_WIDE}; alter table task add e int", True),
        (_WIDE, f"{_WIDE}; alter table task drop a; alter table task add a int, add e int", False),
        (_WIDE, "create table other (a int)", False),
        (_COUNTED, f"{_COUNTED}; create index ix on task (a)", True),
    ],
)
def test_what_stands_is_led_to_what_is_near(
    scratch: _Scratch, first: str, then: str, *, led: bool
) -> None:
    """Elsewhere, and where columns would be in another order, the structure is built."""
    scratch.rebuilt(first, stay=True)
    before = scratch.table()
    shape = scratch.rebuilt(then, stay=True)
    assert scratch.standing().fingerprint == shape.fingerprint
    assert (scratch.table() == before) == led


def test_nothing_is_led_after_a_sequence_was_changed(scratch: _Scratch) -> None:
    """It stands where the one before began, and not where a new one would."""
    source = scratch.rebuilt(_COUNTED, stay=True)
    later = scratch.rebuilt(f"{_COUNTED}; alter table task alter d set start with 50")
    assert not scratch.rehearsal.prove(source, later, Scope(TENANT)).blocked
    before = scratch.table()
    shape = scratch.rebuilt(
        f"{_COUNTED}; alter table task alter d set start with 50; create index ix on task (a)",
        stay=True,
    )
    assert scratch.standing().fingerprint == shape.fingerprint
    assert scratch.table() != before


def _drafts(table: str, *actions: str) -> tuple[Alteration, ...]:
    return tuple(Alteration(action, f"ALTER TABLE {table}", risks=()) for action in actions)


def test_only_what_fails_in_one_statement_stays_apart(scratch: _Scratch) -> None:
    """PostgreSQL adds columns after it has changed types, so this takes two statements."""
    both = "create table a (id int{0}); create table b (id int{1})"
    goal = scratch.rebuilt(both.format(", x text", ", x int, y int"))
    source = scratch.rebuilt(both.format("", ""), stay=True)
    drafts = (
        *_drafts("a", "ADD COLUMN x integer", "ALTER COLUMN x TYPE text"),
        *_drafts("b", "ADD COLUMN x integer", "ADD COLUMN y integer"),
    )
    candidate = Candidate((), Ends(source.catalog, goal.catalog), Found((Ran(drafts),)))
    leg = Leg(source, goal, ())
    with open_sandbox(scratch.connection, Scope(TENANT), standing=True) as sandbox:
        proved = prove_composed(Ground(sandbox, leg, Outside.of(sandbox, [])), candidate)
    assert [its.sql for its in proved.statements] == [
        "ALTER TABLE a ADD COLUMN x integer",
        "ALTER TABLE a ALTER COLUMN x TYPE text",
        "ALTER TABLE b ADD COLUMN x integer, ADD COLUMN y integer",
    ]


def test_any_number_of_columns_may_be_given_up(scratch: _Scratch) -> None:
    """All at once, as nothing converts them; and values are not tried anew for each one."""
    labels = ", ".join(f"'label {n}'" for n in range(300))
    types = {"integer": "timestamptz", "bigint": "uuid", "mood": "integer"}
    old, new = (
        f"create type mood as enum ({labels}); create table t (id int, {', '.join(columns)})"
        for columns in (
            [f"{its[:2]}{n} {its}" for its in types for n in range(6)],
            [f"{its[:2]}{n} {wanted}" for its, wanted in types.items() for n in range(6)],
        )
    )
    proved = scratch.rehearsal.prove(scratch.rebuilt(old), scratch.rebuilt(new), Scope(TENANT))
    assert not proved.blocked
    hazards = [hazard.code for its in proved.statements for hazard in its.hazards]
    assert hazards.count(HazardCode.DROPS_COLUMN) == len(types) * 6


def test_any_number_of_defaults_may_come_later(scratch: _Scratch) -> None:
    """Each calls a function that reads the column; one of the columns is given up for a new one."""
    body = "create function next{0}() returns {1} begin atomic select max(n) from t{0}; end;"
    types = ["timestamptz", *["int"] * 9]
    old = "; ".join(f"create table t{n} (id int)" for n in range(len(types)))
    new = " ".join(
        f"create table t{n} (id int, n {its}); {body.format(n, its)}"
        f"alter table t{n} alter n set default next{n}();"
        for n, its in enumerate(types)
    )
    source = scratch.rebuilt(f"{old}; alter table t0 add n int")
    proved = scratch.rehearsal.prove(source, scratch.rebuilt(new), Scope(TENANT))
    assert not proved.blocked


def test_expressions_of_users_are_tried_on_values(scratch: _Scratch) -> None:
    """That the trial lacks what else they name is no failure on values."""
    old, new = (f"create table t (a {its}, b text, c {its})" for its in ("text", "integer"))
    source, goal = scratch.rebuilt(old), scratch.rebuilt(new)
    using = {"a": "pg_catalog.length(a) + pg_catalog.length(b)", "c": "(c || '0')::integer"}
    mine = [
        UserStatement(f"alter table t alter {its} type integer using {using[its]}", "")
        for its in using
    ]
    proved = scratch.rehearsal.prove(source, goal, Scope(TENANT), user_statements=mine)
    hazards = [hazard for its in proved.statements for hazard in its.hazards]
    told = [its.message for its in hazards if its.code is HazardCode.FAILS_ON_VALUES]
    assert told == ["fails in a tenant where a value of t.c cannot become integer"]
    assert sum(its.code is HazardCode.CONVERTS_VALUES for its in hazards) == len(using)


def test_what_types_were_decides_what_converts_their_values(scratch: _Scratch) -> None:
    """Not what the goal has under their names, if anything."""
    old = "create type mood as enum ('a'); create domain day as integer;"
    source = scratch.rebuilt(f"{old} create table t (id int, m mood, d day)")
    goal = scratch.rebuilt("create table t (id int, m integer, d date)")
    proved = scratch.rehearsal.prove(source, goal, Scope(TENANT))
    hazards = [hazard for its in proved.statements for hazard in its.hazards]
    told = [its.message for its in hazards if its.code is HazardCode.DROPS_COLUMN]
    assert sorted(told) == [f"drops column t.{its}; its values are lost" for its in "dm"]


def test_what_locks_is_found_by_halves(scratch: _Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can run together does so seldom in vain, however much of it comes before."""
    run, ran = Observer.run_unnoticed, 0

    def counted(observer: Observer, statements: Sequence[str]) -> bool:
        nonlocal ran
        ran += len(statements)
        return run(observer, statements)

    monkeypatch.setattr(Observer, "run_unnoticed", counted)
    new = "; ".join(f"create table n{n} (id int)" for n in range(100))
    source = scratch.rebuilt("create table a (id int primary key); create table z (id int)")
    goal = scratch.rebuilt(
        f"create table a (id int primary key); create table z (id int references a); {new}"
    )
    proved = scratch.rehearsal.prove(source, goal, Scope(TENANT))
    assert len(proved.statements) == 101
    assert 100 < ran < 400
