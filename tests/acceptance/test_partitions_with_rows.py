"""Partitions with rows are detached and attached, there and back, and the plan says what may fail.

Empty tables, as in rehearsal, let everything happen: also where foreign keys refer to the rows.
"""

from pathlib import Path

import pytest

from tests.projects import Project
from tests.servers import Database

_SPLIT = (
    "create table m (id integer, k integer not null, primary key (id, k)) partition by list (k)"
)
_PLAIN = "create table m (id integer, k integer not null, primary key (id, k))"
_ONE = "create table m_1 partition of m for values in (1)"
_REST = "create table m_d partition of m default"
_A, _Z = (
    f"create table {name} (m_id integer, k integer, foreign key (m_id, k) references m)"
    for name in ("a", "z")
)
_CHANGES = {
    "the bound changes": (
        (_SPLIT, _ONE, _REST, _A, _Z),
        (_SPLIT, _ONE.replace("(1)", "(1, 2)"), _REST, _A, _Z),
    ),
    "one more level": (
        (_SPLIT, _ONE, _A, _Z),
        (
            _SPLIT,
            "create table m_all partition of m for values in (1, 2) partition by list (id)",
            "create table m_1 partition of m_all default",
            _A,
            _Z,
        ),
    ),
    "the key gets another type": (
        (_SPLIT, _ONE, _REST, _A, _Z),
        tuple(its.replace("k integer", "k bigint") for its in (_SPLIT, _ONE, _REST, _A, _Z)),
    ),
    "a partition becomes partitioned": (
        (_SPLIT, _ONE, "create index i on m_1 (id)", _REST, _A, _Z),
        (
            _SPLIT,
            f"{_ONE} partition by range (id)",
            "create table m_1_all partition of m_1 default",
            "create index i on m_1 (id)",
            _REST,
            _A,
            _Z,
        ),
    ),
    "the table becomes partitioned": ((_PLAIN, _A, _Z), (_SPLIT, _REST, _A, _Z)),
    "the foreign keys go": (
        (_SPLIT, _ONE, _REST, _A, _Z),
        (
            _SPLIT,
            "create table m_1 (id integer not null, k integer not null, primary key (id, k))",
            _REST,
            "create table z (m_id integer, k integer)",
        ),
    ),
}
_QUICK = ("the bound changes", "the table becomes partitioned", "a partition becomes partitioned")


@pytest.fixture
def project(database: Database, tmp_path: Path) -> Project:
    """A project whose foreign keys were never declared, and may go."""
    return Project(database, tmp_path)


def _told(project: Project, *codes: str) -> list[str]:
    """What the plan says under these codes."""
    transition = project.done("plan", "--format", "json").json["transitions"][0]
    return [
        hazard["message"]
        for statement in transition["statements"]
        for hazard in statement["hazards"]
        if hazard["code"] in codes
    ]


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    "change",
    [its if its in _QUICK else pytest.param(its, marks=pytest.mark.prove) for its in _CHANGES],
)
def test_rows_are_kept_there_and_back(project: Project, change: str) -> None:
    """The foreign keys go before, and are added again when all partitions are attached."""
    before, after = _CHANGES[change]
    project.settle("")
    project.tenant("user_1", *before, "insert into m values (7, 1)")
    project.database.execute("insert into user_1.z values (7, 1)")
    project.database.execute("insert into user_1.a values (7, 1)")
    dumped = project.database.dump("user_1")
    project.desire(";\n".join(after))
    applied = project.done("apply", "--yes", "--allow-destructive").out
    assert "do not come along" not in applied
    assert project.database.rows("select id from user_1.m union select m_id from user_1.z") == [
        (7,)
    ]
    if before[-1] == after[-1]:
        project.done("apply", "--backward", "--yes")
        assert project.database.dump("user_1") == dumped
        found = project.database.rows("select m.id from user_1.m join user_1.z on m.id = m_id")
        assert found == [(7,)]


@pytest.mark.postgres(18, prove=(15,))
def test_a_partition_that_leaves_says_what_keeps_it(project: Project) -> None:
    """The foreign key stays: where rows refer to its rows, it cannot leave."""
    project.settle("")
    for name in ("user_1", "user_2"):
        project.tenant(name, _SPLIT, _ONE, _REST, _A, "insert into m values (7, 1), (8, 2)")
    project.database.execute(
        "insert into user_1.a values (7, 1); insert into user_2.a values (8, 2)"
    )
    alone = "create table m_1 (id integer not null, k integer not null, primary key (id, k))"
    project.desire(f"{_SPLIT}; {alone}; {_REST}; {_A}")
    told = _told(project, "FAILS_ON_VALUES")
    assert told == ["fails in a tenant where a refers to a row of m_1 by constraint a_m_id_k_fkey"]
    outcome = project("apply", "--yes", "--format", "json")
    assert [tenant["status"] for tenant in outcome.json["tenants"]] == ["failed", "applied"]


@pytest.mark.postgres(18, prove=(15,))
def test_what_a_table_gets_as_a_partition_is_said(project: Project) -> None:
    """Indexes and keys are built over its rows, and they must meet foreign keys of the table.

    What it has already is taken as it is.
    """
    project.settle("")
    table = "create table m (id integer not null, k integer not null, {}) partition by list (k)"
    whole = ("create table o (id integer primary key)", table.format("unique (id, k)"))
    refers = "alter table m add foreign key (id) references o"
    alone = "create table m_{} (id integer not null, k integer not null)"
    keyed = (
        "alter table m_2 add unique (id, k)",
        "alter table m_2 add foreign key (id) references o",
    )
    rows = "insert into m_1 values (7, 1), (7, 1)"
    for name in ("user_1", "user_2"):
        project.tenant(name, *whole, refers, alone.format(1), alone.format(2), *keyed)
    project.database.execute(f"set search_path = user_1; insert into o values (7); {rows}")
    project.desire(";\n".join((*whole, refers, _ONE, _ONE.replace("1", "2"))))
    assert _told(project, "BUILDS_INDEX", "FAILS_ON_VALUES") == [
        "fails in a tenant where a row of m_1 does not meet the bounds of its partition of m",
        "builds an index over m_1; writers wait",
        "fails in a tenant where rows of m_1 are equal in what constraint m_1_id_k_key names",
        "fails in a tenant where a row of m_1 does not meet constraint m_id_fkey",
        "fails in a tenant where a row of m_2 does not meet the bounds of its partition of m",
    ]
    outcome = project("apply", "--yes", "--format", "json")
    assert [tenant["status"] for tenant in outcome.json["tenants"]] == ["failed", "applied"]


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("default", ["a", "z"])
def test_the_default_partition_comes_last(project: Project, default: str) -> None:
    """Of a table that is made anew, its rows are read once: when it is attached itself."""
    project.settle("")
    parts = ("create table m_1 partition of m {}", f"create table {default} partition of m default")
    project.tenant(
        "user_1",
        "create table m (id integer, k integer) partition by range (k)",
        parts[0].format("for values from (0) to (10)"),
        parts[1],
        "insert into m values (1, 1), (2, 20)",
    )
    whole = "create table m (id integer, k integer) partition by list (id)"
    project.desire(";\n".join((whole, parts[0].format("for values in (1)"), parts[1])))
    bounds = "the bounds of its partition of m"
    assert _told(project, "FAILS_ON_VALUES", "SCANS_TABLE") == [
        "reads all rows of m_1",
        f"fails in a tenant where a row of m_1 does not meet {bounds}",
        f"reads all rows of {default}",
        f"fails in a tenant where a row of {default} does not meet {bounds}",
    ]
    project.done("apply", "--yes", "--allow-destructive")
    rows = project.database.rows("select tableoid::regclass::text, id from user_1.m order by id")
    assert rows == [("user_1.m_1", 1), (f"user_1.{default}", 2)]


def test_rows_that_another_partition_takes(project: Project) -> None:
    """They cannot be changed so as to fit where they are and where they are to be."""
    split = "create table h (a integer) partition by hash ((a + {}))"
    parts = [
        f"create table h_{n} partition of h for values with (modulus 2, remainder {n})"
        for n in range(2)
    ]
    project.settle("")
    project.tenant("user_1", split.format(1), *parts, "insert into h select generate_series(1, 9)")
    project.desire(";".join([split.format(2), *parts]))
    failed = project("apply", "--yes", "--allow-destructive")
    assert failed.code == 4, failed.out
    assert "these rows belong to another partition then: move them" in " ".join(failed.out.split())
    assert "change these rows first" not in failed.out


@pytest.mark.postgres(18, prove=(15,))
def test_rows_of_several_partitions_come_along_as_the_note_says(project: Project) -> None:
    """No single partition could take them."""
    project.settle("")
    whole = "create table h (id integer primary key, n text)"
    project.tenant("user_1", whole, "insert into h select i, 'x' from generate_series(1, 9) i")
    split = (
        f"{whole} partition by hash (id)",
        "create table h_0 partition of h for values with (modulus 2, remainder 0)",
        "create table h_1 partition of h for values with (modulus 2, remainder 1)",
    )
    project.desire(";\n".join(split))
    [transition] = project.done("plan", "--format", "json").json["transitions"]
    [note] = transition["notes"]
    assert "rename h, create h and its partitions, INSERT INTO h SELECT from the old one" in note
    theirs = (
        "alter table h rename to h_old",
        "alter table h_old rename constraint h_pkey to h_old_pkey",
        *split,
        "insert into h select * from h_old",
        "drop table h_old",
    )
    file = project.folder / "split.sql"
    file.write_text(";\n".join(theirs))
    out = project.done("apply", "--yes", "--allow-destructive", "--with", str(file)).out
    assert "do not come along" not in out
    assert project.database.rows("select count(*), sum(id) from user_1.h") == [(9, 45)]
