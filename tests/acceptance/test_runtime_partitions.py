"""Changes of a partitioned table reach partitions that are not structure, as PostgreSQL has it.

Such partitions are made at run time, or ignored by a pattern, or in a template that has them beside
what is managed. No plan knows them, so what a plan does to their table must do for them as well.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg2
import pytest
from _pytest.mark.structures import ParameterSet

from tests.projects import Project
from tests.servers import Database, Outcome

_TABLE = "create table ev (at date not null, kind text, n int) partition by range (at)"
_DECLARED = "create table ev_25 partition of ev for values from ('2025-01-01') to ('2026-01-01')"
_AT_RUN_TIME = "create table ev_26 partition of ev for values from ('2026-01-01') to ('2027-01-01')"
_ROWS = "insert into ev values ('2026-02-01', 'x', 1), ('2026-02-02', 'y', 2)"
_RUNTIME = "runtime-partitions = true"

_INVALID = """
select i.indexrelid::regclass::text
from pg_index i join pg_class c on c.oid = i.indexrelid
where not i.indisvalid and c.relnamespace = to_regnamespace(%s)
"""
_INDEXES = """
select replace(pg_get_indexdef(i.indexrelid), 'INDEX ' || c.relname, 'INDEX')
from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = to_regclass(%s)
order by 1
"""


class _Project(Project):
    """A tenant in a database, and a folder with settings and the desired state."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.settle(_RUNTIME)

    def desire(self, *statements: str) -> None:
        """Let these be the desired state; they have no semicolons."""
        super().desire(";\n".join(statements))

    def execute(self, *statements: str, schema: str = "user_1") -> None:
        """Run statements in a schema, as the application does; it is made if it is not there."""
        self.database.execute(f"create schema if not exists {schema}")
        self.change(schema, *statements)

    def apply(self, *arguments: str) -> Outcome:
        """Run apply, which must succeed and come to the desired state, forward at least."""
        return self.done("apply", "--yes", "--allow-destructive", *arguments)

    def in_sync(self) -> bool:
        """Whether drift says so."""
        return self("drift", "--full").code == 0

    def planned(self) -> list[str]:
        """The statements of the plan for the tenant."""
        [its] = self("plan", "--format", "json").json["transitions"]
        return [statement["sql"] for statement in its["statements"]]

    def invalid(self, schema: str = "user_1") -> list[str]:
        """Invalid indexes."""
        return [name for (name,) in self.database.rows(_INVALID, schema)]

    def indexes(self, table: str) -> list[str]:
        """How a table is indexed, whatever the indexes are called."""
        return [definition for (definition,) in self.database.rows(_INDEXES, table)]

    def refuses_twice(self, *row: str) -> None:
        """Check that the tenant does not take the same row twice."""
        with self.database.connect() as connection, connection.cursor() as cursor:
            cursor.execute("set search_path = user_1")
            insert = f"insert into ev values ({', '.join(row)})"
            cursor.execute(insert)
            with pytest.raises(psycopg2.errors.UniqueViolation):
                cursor.execute(insert)
            connection.rollback()


@pytest.fixture
def project(database: Database, tmp_path: Path) -> _Project:
    """No tenants yet; partitions that are not declared are left alone."""
    return _Project(database, tmp_path)


_ROW = ("'2026-03-03'", "'z'", "3")


def _first(cases: Mapping[str, object], *quick: str) -> list[ParameterSet]:
    """The names of cases; all but these are left to `make prove`."""
    return [pytest.param(name, marks=() if name in quick else pytest.mark.prove) for name in cases]


_DECLARING = pytest.mark.parametrize(
    "declared",
    [
        pytest.param((), id="none declared", marks=pytest.mark.prove),
        pytest.param((_DECLARED,), id="one declared"),
    ],
)

_NEW = {
    "index": ("create index ev_kind on ev (kind)", False),
    "unique index": ("create unique index ev_uq on ev (at, kind)", True),
    "index of an expression": ("create index ev_low on ev (lower(kind))", False),
    "unique index of an expression": (
        "create unique index ev_low on ev (at, lower(kind))",
        True,
    ),
    "partial index": ("create index ev_some on ev (kind) where n > 0", False),
    "as pg_dump has it": ("create index ev_kind on only ev using btree (kind)", False),
    "key": ("alter table ev add constraint ev_key unique (at, kind)", True),
    "primary key": ("alter table ev add primary key (at, n)", True),
    "key with parameters": (
        "alter table ev add constraint ev_key unique (at, kind) with (fillfactor = 70)",
        True,
    ),
}
"""What is declared in addition, and whether it refuses duplicate rows."""


@pytest.mark.postgres(18, prove=(15, 16))
@_DECLARING
@pytest.mark.parametrize("new", _first(_NEW, "unique index"))
def test_what_is_new_reaches_them(project: _Project, declared: tuple[str, ...], new: str) -> None:
    """It is valid, each partition has its part, and on the way back all of these go."""
    statement, is_unique = _NEW[new]
    if "only" in statement and declared:
        pytest.skip("then it is declared for the table alone")
    project.desire(_TABLE, *declared)
    project.execute(_TABLE, *declared, _AT_RUN_TIME, _ROWS)
    assert project.in_sync()
    before = project.database.dump("user_1")
    project.desire(_TABLE, *declared, statement)
    project.apply()
    assert project.in_sync()
    assert project.invalid() == []
    for partition in ("ev_26", *(["ev_25"] if declared else [])):
        [own], [whole] = (project.indexes(f"user_1.{its}") for its in (partition, "ev"))
        assert own == whole.replace("ON ONLY", "ON").replace("user_1.ev ", f"user_1.{partition} ")
    if is_unique:
        project.refuses_twice(*_ROW)
    project.apply("--backward")
    assert project.database.dump("user_1") == before


_CHANGED = {
    "columns": ("create index ev_i on ev (kind)", "create index ev_i on ev (kind, n)"),
    "condition": (
        "create index ev_i on ev (kind)",
        "create index ev_i on ev (kind) where n > 0",
    ),
    "becomes unique": (
        "create index ev_i on ev (at, kind)",
        "create unique index ev_i on ev (at, kind)",
    ),
    "expression": (
        "create index ev_i on ev (lower(kind))",
        "create index ev_i on ev (upper(kind))",
    ),
    "parameters": (
        "create index ev_i on ev (kind)",
        "create index ev_i on ev (kind) with (fillfactor = 70)",
    ),
    "parameters of a key": (
        "alter table ev add constraint ev_k unique (at, kind)",
        "alter table ev add constraint ev_k unique (at, kind) with (fillfactor = 70)",
    ),
    "columns of a key": (
        "alter table ev add constraint ev_k unique (at, kind)",
        "alter table ev add constraint ev_k unique (at, kind, n)",
    ),
    "type of a column": (
        "create index ev_i on ev (n)",
        "create index ev_i on ev (n); alter table ev alter n type bigint",
    ),
}
"""What is declared before and afterwards."""


@pytest.mark.postgres(18, prove=(15, 16))
@_DECLARING
@pytest.mark.parametrize("change", _first(_CHANGED, "becomes unique"))
def test_what_changes_changes_in_them(
    project: _Project, declared: tuple[str, ...], change: str
) -> None:
    """None of them loses its index, there and back."""
    old, new = _CHANGED[change]
    project.desire(_TABLE, *declared, old)
    project.execute(_TABLE, *declared, old, _AT_RUN_TIME, _ROWS)
    before = project.database.dump("user_1")
    had = project.indexes("user_1.ev_26")
    project.desire(_TABLE, *declared, new)
    project.apply()
    assert project.in_sync()
    assert project.invalid() == []
    [own], [whole] = (project.indexes(f"user_1.{its}") for its in ("ev_26", "ev"))
    assert own == whole.replace("ON ONLY", "ON").replace("user_1.ev ", "user_1.ev_26 ")
    assert (own != had[0]) == (change != "type of a column")
    project.apply("--backward")
    assert project.invalid() == []
    assert project.database.dump("user_1") == before


@pytest.mark.prove
def test_what_went_comes_back_to_them(project: _Project) -> None:
    """The way back builds it in all partitions, also in those that came meanwhile."""
    index = "create unique index ev_uq on ev (at, kind)"
    project.execute(_TABLE, index, _AT_RUN_TIME, _ROWS)
    before = project.database.dump("user_1")
    project.desire(_TABLE)
    project.apply()
    assert project.indexes("user_1.ev_26") == []
    project.apply("--backward")
    assert project.invalid() == []
    assert project.database.dump("user_1") == before
    project.refuses_twice(*_ROW)


_NAMED = (
    "create index own_25 on ev_25 (kind)",
    "create index ev_kind on only ev (kind)",
    "alter index ev_kind attach partition own_25",
)
_NAMED_KEY = (
    "alter table ev_25 add constraint own_25 unique (at, kind)",
    "alter table only ev add constraint ev_kind unique (at, kind)",
    "alter index ev_kind attach partition own_25",
)


@pytest.mark.prove
def test_an_index_of_a_declared_partition_with_a_name_of_its_own(project: _Project) -> None:
    """It is built first: PostgreSQL attaches it to that of the table, and builds the others."""
    project.desire(_TABLE, _DECLARED)
    project.execute(_TABLE, _DECLARED, _AT_RUN_TIME, _ROWS)
    before = project.database.dump("user_1")
    project.desire(_TABLE, _DECLARED, *_NAMED)
    own, whole = project.planned()
    assert "own_25" in own
    assert "ev_kind" in whole
    assert "ONLY" not in whole
    project.apply()
    assert project.in_sync()
    assert project.invalid() == []
    assert len(project.indexes("user_1.ev_26")) == 1
    project.apply("--backward")
    assert project.database.dump("user_1") == before


_ALIKE = (
    "create index another on ev_25 (kind)",
    "create index own_25 on ev_25 (kind)",
    *_NAMED[1:],
)


@pytest.mark.prove
@pytest.mark.parametrize("named", [_ALIKE, _NAMED_KEY], ids=["alike", "key"])
def test_where_it_must_be_told_what_is_attached(project: _Project, named: Sequence[str]) -> None:
    """It is made ONLY on the table then: where that leaves out a partition, nothing is done."""
    project.execute(_TABLE, _DECLARED)
    project.execute(_TABLE, _DECLARED, _AT_RUN_TIME, schema="user_2")
    before = project.database.dump("user_2")
    project.desire(_TABLE, _DECLARED, *named)
    done = project("apply", "--yes", "--format", "json")
    assert done.code == 4, done.out + done.err
    first, second = done.json["tenants"]
    assert (first["status"], second["status"]) == ("applied", "failed")
    assert "a partition that is not declared; rolled back" in str(second)
    assert project.database.dump("user_2") == before


_OTHERS = {
    "pattern for tables": 'ignore = ["table:ev_*"]',
    "pattern for partitions": 'ignore = ["partition:ev_2?"]',
    "runtime-partitions": _RUNTIME,
    "a template": 'templates = ["blank"]',
}


@pytest.mark.parametrize("left_alone", _first(_OTHERS, "pattern for tables"))
def test_whatever_leaves_them_alone(project: _Project, left_alone: str) -> None:
    """A pattern does, the setting, or that they are beside what is managed of a template."""
    project.settle(_OTHERS[left_alone])
    project.desire(_TABLE)
    where = "blank" if left_alone == "a template" else "user_1"
    for schema in {where, "user_1"}:
        project.execute(_TABLE, schema=schema)
    project.execute(_AT_RUN_TIME, _ROWS, schema=where)
    assert project.in_sync()
    project.desire(_TABLE, "create unique index ev_uq on ev (at, kind)")
    project.apply()
    assert project.in_sync()
    assert project.invalid(where) == []
    assert len(project.indexes(f"{where}.ev_26")) == 1


def test_partitions_of_a_partition(project: _Project) -> None:
    """An index reaches what is below a declared partition, too."""
    below = f"{_DECLARED} partition by list (kind)"
    project.desire(_TABLE, below)
    project.execute(_TABLE, below, "create table ev_x partition of ev_25 for values in ('x')")
    project.desire(_TABLE, below, "create index ev_low on ev (lower(kind))")
    project.apply()
    assert project.in_sync()
    assert project.invalid() == []
    assert len(project.indexes("user_1.ev_x")) == 1


@pytest.mark.parametrize(
    "by_hand",
    [
        ("create unique index ev_uq on only ev (at, kind)",),
        ("alter table only ev add constraint ev_uq unique (at, kind)",),
    ],
    ids=["index", "key"],
)
@pytest.mark.prove
def test_one_of_the_table_alone_comes_to_all(project: _Project, by_hand: Sequence[str]) -> None:
    """Attached to that of the declared partition, it would still not reach the others."""
    project.execute(_TABLE, _DECLARED, _AT_RUN_TIME, _ROWS, *by_hand)
    project.desire(_TABLE, _DECLARED, *(its.replace(" only", "") for its in by_hand))
    before = project.database.dump("user_1")
    project.apply()
    assert project.in_sync()
    assert project.invalid() == []
    project.refuses_twice(*_ROW)
    project.apply("--backward")
    assert project.database.dump("user_1") == before


@pytest.mark.postgres(18, prove=(15, 16))
@_DECLARING
@pytest.mark.parametrize("what", ["index", pytest.param("key", marks=pytest.mark.prove)])
def test_one_that_does_not_reach_them_is_drift(
    project: _Project, declared: tuple[str, ...], what: str
) -> None:
    """As somebody made it ONLY for the table: it is made anew, and reaches them then."""
    only = {
        "index": "create unique index ev_uq on only ev (at, kind)",
        "key": "alter table only ev add constraint ev_uq unique (at, kind)",
    }[what]
    by_hand = [only]
    if declared:
        name = "ev_25_at_kind_key" if what == "key" else "o"
        own = f"alter table ev_25 add constraint {name} unique (at, kind)"
        own = own if what == "key" else f"create unique index {name} on ev_25 (at, kind)"
        by_hand += [own, f"alter index ev_uq attach partition {name}"]
    project.execute(_TABLE, *declared, _AT_RUN_TIME, _ROWS, *by_hand)
    project.desire(_TABLE, *declared, *by_hand)
    assert project.invalid() == ["user_1.ev_uq"]
    found = project("drift", "--format", "json")
    assert found.code != 0
    [difference] = found.json["tenants"][0]["differences"]
    assert (difference["kind"], difference["name"]) == ("index validity", "ev_uq")
    project.apply()
    assert project.in_sync()
    assert project.invalid() == []
    project.refuses_twice(*_ROW)


@pytest.mark.prove
def test_one_below_a_declared_partition_is_drift(project: _Project) -> None:
    """The whole is made anew, because none of its parts can go alone."""
    below = f"{_DECLARED} partition by list (kind)"
    at_run_time = "create table ev_x partition of ev_25 for values in ('x')"
    only = (
        "create index ev_kind on only ev (kind)",
        "create index ev_25_kind_idx on only ev_25 (kind)",
        "alter index ev_kind attach partition ev_25_kind_idx",
    )
    project.execute(_TABLE, below, at_run_time, *only)
    project.desire(_TABLE, below, *only)
    assert not project.in_sync()
    project.apply()
    assert project.in_sync()
    assert project.invalid() == []
    assert len(project.indexes("user_1.ev_x")) == 1


@pytest.mark.prove
def test_one_of_the_table_alone_stays_so(project: _Project) -> None:
    """If the declared partitions have none, the desired state says so: that is no drift."""
    only = "create index ev_kind on only ev (kind)"
    project.desire(_TABLE, _DECLARED, only)
    project.execute(_TABLE, _DECLARED, _AT_RUN_TIME)
    project.apply()
    assert project.in_sync()
    assert project.indexes("user_1.ev_25") == project.indexes("user_1.ev_26") == []


_ADDED = {
    "not null": "alter table ev alter kind set not null",
    "default": "alter table ev alter kind set default 'd'",
    "check": "alter table ev add constraint c check (n > 0)",
    "column": "alter table ev add more int default 7",
    "foreign key": "alter table ev add constraint f foreign key (n) references other",
    "storage": "alter table ev alter kind set storage external",
    "statistics": "alter table ev alter kind set statistics 77",
    "trigger": "create trigger t before insert on ev for each row execute function f()",
}
_BESIDE = (
    "create table other (n int primary key); insert into other values (1), (2)",
    "create function f() returns trigger language plpgsql as 'begin return new; end'",
)


@pytest.mark.parametrize("what", _first(_ADDED, "foreign key"))
def test_all_else_that_is_said_of_the_table(project: _Project, what: str) -> None:
    """A partition that was made at run time becomes what one is that came afterwards."""
    project.desire(_TABLE, *_BESIDE)
    project.execute(_TABLE, *_BESIDE, _AT_RUN_TIME, _ROWS)
    before = project.database.dump("user_1")
    project.desire(_TABLE, *_BESIDE, _ADDED[what])
    project.apply()
    assert project.in_sync()
    project.execute(_TABLE, *_BESIDE, _AT_RUN_TIME, _ROWS, _ADDED[what], schema="beside")
    ours, theirs = (project.database.dump(name, called="its") for name in ("user_1", "beside"))
    assert ours == theirs
    project.apply("--backward")
    assert project.database.dump("user_1") == before


def test_what_it_costs_is_told(project: _Project) -> None:
    """An index of a partitioned table is built over all rows of all of its partitions."""
    project.execute(_TABLE, _AT_RUN_TIME)
    project.desire(_TABLE, "create index ev_kind on ev (kind)")
    [its] = project("plan", "--format", "json").json["transitions"]
    [statement] = its["statements"]
    told = [hazard["message"] for hazard in statement["hazards"]]
    assert "builds an index over ev and all of its partitions; writers wait" in told
    assert "takes SHARE on ev" in told


_CHILD = "create table ev_own () inherits (ev)"
_PLAIN = "create table ev (id int, kind text, n int)"


@pytest.mark.prove
def test_tables_that_inherit_and_are_ignored(project: _Project) -> None:
    """What PostgreSQL hands down reaches them; an index is none of it."""
    project.settle('ignore = ["table:ev_*"]')
    project.execute(_PLAIN, _CHILD)
    before = project.database.dump("user_1")
    project.desire(
        "create table ev (id int, kind text not null default 'd', n int, check (n > 0))",
        "create index ev_kind on ev (kind)",
    )
    project.apply()
    assert project.in_sync()
    names = [
        name
        for (name,) in project.database.rows(
            "select attname from pg_attribute where attrelid = 'user_1.ev_own'::regclass "
            "and attnum > 0 and attnotnull"
        )
    ]
    assert names == ["kind"]
    assert project.indexes("user_1.ev_own") == []
    project.apply("--backward")
    assert project.database.dump("user_1") == before
