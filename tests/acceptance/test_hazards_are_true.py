"""What a plan tells of locks, rewrites and reads is what each statement does, run by itself."""

import re
from collections.abc import Container
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg2.extensions import cursor as Cursor

from tests.projects import Project
from tests.servers import Database

_MODES = {
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}
"""As pg_locks writes them, by strength → as plans do."""

_TABLES = """
select c.oid, c.oid::regclass::text, c.relfilenode::text, pg_stat_get_xact_tuples_returned(c.oid),
    array(select relid::regclass::text from pg_partition_ancestors(c.oid) where c.relispartition),
    exists (select from pg_constraint where confrelid = c.oid)
from pg_class c where relkind in ('r', 'p', 'm') and c.relnamespace = 'user_1'::regnamespace
"""
_LOCKS = """
select c.oid, l.mode from pg_locks l join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and c.relkind in ('r', 'p', 'm')
    and c.relnamespace = 'user_1'::regnamespace
"""

_ROWS, _FEW = 50, 2
"""Of each table; and what PostgreSQL may read to see whether there are any."""

_KEYS = "create table p (id {} primary key); create table f (id int, pid {} references p)"
_KEYS += "; create table g (pid {} references p, check (pid is not null))"
_PARTITIONED = """create table m (id int, at int not null, n {}) partition by range (at);
create table m_1 partition of m for values from (0) to (10);
create table m_2 partition of m for values from (10) to (1000);
create index {} on m (n, at{});"""
_ORG = """create table org (id int primary key); create table usr (id int {});
create table member (id int{}, org_id int{});"""
_WITHIN = """create table t (id int not null, r text not null) partition by list (r);
create table t_eu partition of t for values in ('1'){};"""

CASES = {
    "a key that is referred to": (
        _KEYS.format("int", "int", "int"),
        _KEYS.format("bigint", "int", "bigint"),
    ),
    "a longer key": (
        _KEYS.format("varchar(9)", "varchar(9)", "varchar(9)"),
        _KEYS.format("varchar(20)", "varchar(20)", "varchar(9)"),
    ),
    "a new key, and what it refers to": (
        "create table zp (id int primary key); create table m (pid int)",
        "create table zp (id bigint primary key); create table m (pid bigint references zp)",
    ),
    "an index of partitions": (
        _PARTITIONED.format("int", "m_n", ""),
        _PARTITIONED.format("int", "m_n", " desc"),
    ),
    "a partition that becomes partitioned": (
        _WITHIN.format(""),
        _WITHIN.format(" partition by range (id)")
        + "create table t_eu_1 partition of t_eu for values from (0) to (1000)",
    ),
    "columns that go with their keys": (
        _ORG.format("primary key", " references usr", " references org"),
        _ORG.format("primary key, o int", "", "").replace("(id int, ", "("),
    ),
    "checks and types of partitions": (
        _PARTITIONED.format("varchar(9) check (n <> '')", "i", ""),
        _PARTITIONED.format("varchar(19) check (n <> '')", "i", ""),
    ),
}
_SLOW = ("an index of partitions", "a longer key", "checks and types of partitions")


@pytest.mark.parametrize(
    "case",
    [pytest.param(its, marks=[pytest.mark.prove] if its in _SLOW else []) for its in CASES],
)
@pytest.mark.postgres(18, prove=(15,))
def test_each_statement_does_what_is_told(database: Database, tmp_path: Path, case: str) -> None:
    project = Project(database, tmp_path)
    project.settle("")
    before, after = CASES[case]
    project.tenant("user_1", before)
    _fill(database)
    project.desire(after)
    document = project.done("plan", "--format", "json").json
    [transition] = document["transitions"]
    wrong = []
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("set search_path = user_1")
        first = _tables(cursor).keys()
        for statement in transition["statements"]:
            said = _said([its["message"] for its in statement["hazards"]])
            found = _differing(cursor, statement["sql"], said, first)
            wrong += [f"{statement['sql']}: {its}" for its in found]
    assert not wrong, "\n".join(wrong)


def _fill(database: Database) -> None:
    """Fill the tables that hold rows, each after those that it refers to."""
    tables = database.rows(
        """select c.oid::regclass::text,
            array(select case when atttypid in (21, 23, 20) then 'i' else 'i::text' end
                from pg_attribute where attrelid = c.oid and attnum > 0 order by attnum)
        from pg_class c where c.relkind in ('r', 'p') and not c.relispartition
            and c.relnamespace = 'user_1'::regnamespace
        order by exists (select from pg_constraint where conrelid = c.oid and contype = 'f')"""
    )
    for name, columns in tables:
        values = "i, '1'" if name == "user_1.t" else ", ".join(columns)  # its only partition's
        rows = f"generate_series(1, {_ROWS}) i"
        database.execute(f"insert into {name} select {values} from {rows}")


@dataclass
class _Said:
    """What is said of a statement."""

    locks: set[tuple[str, str]]
    rewritten: set[str]
    read: set[str]


def _said(messages: list[str]) -> _Said:
    def found(pattern: str) -> list[tuple[str, ...]]:
        return [its.groups() for text in messages if (its := re.match(pattern, text))]

    rewritten = {name for (name,) in found(r"rewrites (\S+)$")}
    read = {name for (name,) in found(r"(?:reads all rows of|builds an index \w+) ([^\s;]+)")}
    locks = {(name, mode) for mode, name in found(r"takes ([A-Z ]+) on (\S+)$")}
    return _Said(locks, rewritten, read | rewritten)


@dataclass(frozen=True)
class _Table:
    """What is to be seen of a table in a transaction."""

    name: str
    file: str
    read: int
    above: list[str]
    referred_to: bool


def _tables(cursor: Cursor) -> dict[int, _Table]:
    cursor.execute(_TABLES)
    return {oid: _Table(*its) for oid, *its in cursor.fetchall()}


def _differing(cursor: Cursor, sql: str, said: _Said, first: Container[int]) -> list[str]:
    """Run a statement in a transaction of its own; how it does not do what is said.

    Args:
        first: the tables that stood before all statements; nobody waits for others.
    """
    cursor.execute("begin")
    before = {oid: its for oid, its in _tables(cursor).items() if oid in first}
    cursor.execute(sql)
    after = _tables(cursor)
    stood = [(before[oid], now) for oid, now in after.items() if oid in before]
    cursor.execute(_LOCKS)
    held = [(oid, mode) for oid, mode in cursor.fetchall() if mode in _MODES and oid in before]
    cursor.execute("commit")

    strongest = dict(sorted(held, key=lambda its: [*_MODES].index(its[1])))
    locks = {(before[oid].name, _MODES[mode]) for oid, mode in strongest.items()}
    rewritten = {was.name for was, now in stood if now.file != was.file}
    read = [now for was, now in stood if now.read - was.read > _FEW]
    # That the rows of a table are read to which a foreign key refers, is not told.
    known = (its for its in read if not its.referred_to)
    gone = {its.name for oid, its in before.items() if oid not in after}
    checks = (
        ("locks", {its for its in said.locks if its[0] not in gone} ^ locks),
        ("rewritten", rewritten ^ said.rewritten),
        ("read, untold", {its.name for its in known if not {its.name, *its.above} & said.read}),
        ("told, not read", said.read - {name for its in read for name in (its.name, *its.above)}),
    )
    return [f"{what}: {sorted(wrong)}" for what, wrong in checks if wrong]
