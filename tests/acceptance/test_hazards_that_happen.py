"""A plan tells that something fails, or is lost, only where there are rows that do that."""

from pathlib import Path
from typing import Any

import pytest

from tests.projects import Project
from tests.servers import Database

_OLD = """
create table t (a integer unique, b text, c integer not null unique, d integer);
create table p (a integer, b text, primary key (a, b));
create unique index i on p (b);
"""
_NEW = """
create table t (
    a integer, b text, c integer not null, d integer,
    constraint safe unique (a, b),
    constraint exact unique nulls not distinct (c, d),
    {}
);
create table p (id uuid primary key default gen_random_uuid(), a integer, b text, unique (a, b));
create unique index j on p (b desc, a);
"""
_FAILING = "constraint fails unique nulls not distinct (a, d)"


@pytest.mark.postgres(18, prove=(15,))
def test_a_key_within_a_key_cannot_fail(database: Database, tmp_path: Path) -> None:
    """Nulls are equal in one sort of key alone: rows that have two of them do break it."""
    project = Project(database, tmp_path)
    project.settle("")
    project.tenant(
        "user_1",
        _OLD,
        "insert into t values (null, 'x', 1, null), (null, 'x', 2, null), (1, null, 3, null)",
        "insert into p values (1, 'x'), (1, 'y')",
    )
    project.desire(_NEW.format(_FAILING))
    assert _told(project, "FAILS_ON_VALUES") == {
        "fails in a tenant where rows of t are equal in what constraint fails names"
    }
    failed = project("apply", "--yes")
    assert failed.code == 4, failed.out
    assert 'could not create unique index "fails"' in failed.out + failed.err

    project.desire(_NEW.format("check (true)"))
    told = _told(project, "FAILS_ON_VALUES")
    assert not any("are equal" in its for its in told), told
    project.done("apply", "--yes")
    project.done("apply", "--backward", "--yes", "--allow-destructive")
    assert database.rows("select count(*), count(distinct a) from user_1.p") == [(2, 1)]


_SIZES = {
    "varchar(3)": "abc",
    "numeric(5,2)": "1.50",
    "timestamp(0)": "2020-01-31 10:11:12",
    "interval(0)": "01:02:03",
    "varbit(3)": "101",
    "numeric(5,2)[]": "{1.50}",
}


@pytest.mark.postgres(18, prove=(15,))
def test_a_size_that_goes_changes_no_values(database: Database, tmp_path: Path) -> None:
    """Whatever the type; extensions have theirs, too."""
    sizes = {**_SIZES}
    if database.rows("select from pg_available_extensions where name = 'vector'"):
        database.execute("create extension vector")
        sizes["public.vector(3)"] = "[1,2,3]"
    project = Project(database, tmp_path)
    project.settle("")
    columns = [f"v{n} {its}" for n, its in enumerate(sizes)]
    values = ", ".join(f"'{its}'" for its in sizes.values())
    project.tenant(
        "user_1", f"create table t ({', '.join(columns)})", f"insert into t values ({values})"
    )
    wider = ", ".join(its.partition("(")[0] + its.partition(")")[2] for its in columns)
    project.desire(f"create table t ({wider})")
    assert not _told(project, "CONVERTS_VALUES", "FAILS_ON_VALUES")
    project.done("apply", "--yes")
    assert _values(database, len(sizes)) == [*sizes.values()]
    project.done("apply", "--backward", "--yes")
    assert _values(database, len(sizes)) == [*sizes.values()]


def _values(database: Database, columns: int) -> list[str]:
    texts = ", ".join(f"v{n}::text" for n in range(columns))
    [row] = database.rows(f"select {texts} from user_1.t")
    return [*row]


def _told(project: Project, *codes: str) -> set[str]:
    """The messages of hazards with these codes, in all that a plan does."""
    document: Any = project.done("plan", "--format", "json").json
    return {
        hazard["message"]
        for transition in document["transitions"]
        for statement in transition["statements"]
        for hazard in statement["hazards"]
        if hazard["code"] in codes
    }


def test_only_columns_of_a_foreign_key_lock_what_it_refers_to(
    database: Database, tmp_path: Path
) -> None:
    """Not the table's own column that has the name of one over there."""
    project = Project(database, tmp_path)
    project.settle("")
    old = "create table p (id integer primary key); create table f (id {}, pid integer{})"
    project.tenant("user_1", old.format("integer", " references p (id)"))
    project.desire(old.format("bigint", " references p (id)"))
    assert _told(project, "LOCKS_TABLE") == {"takes ACCESS EXCLUSIVE on f"}
    project.desire(old.format("integer", "").replace(", pid integer", ""))
    assert _told(project, "LOCKS_TABLE") == {
        "takes ACCESS EXCLUSIVE on f",
        "takes ACCESS EXCLUSIVE on p",
    }


_REFERS = "references p on delete {}"


@pytest.mark.parametrize(
    ("old", "new", "fails"),
    [
        (_REFERS.format("restrict"), _REFERS.format("cascade deferrable"), False),
        ("", _REFERS.format("cascade"), True),
        ("references q on delete restrict", _REFERS.format("cascade"), True),
        ("references p on delete restrict; {not_valid}", _REFERS.format("cascade"), True),
        (_REFERS.format("restrict"), "references p match full on delete cascade", True),
    ],
)
def test_a_foreign_key_that_does_something_else_cannot_fail(
    database: Database, tmp_path: Path, old: str, new: str, *, fails: bool
) -> None:
    """The rows met the old one, which was checked."""
    project = Project(database, tmp_path)
    project.settle("")
    tables = "create table p (id integer primary key); create table q (id integer primary key);"
    tables += "create table f (pid integer {})"
    not_valid = (
        "alter table f drop constraint f_pid_fkey,"
        " add constraint f_pid_fkey foreign key (pid) references p not valid"
    )
    project.tenant("user_1", tables.format(old.partition(";")[0]))
    if "{" in old:
        database.execute(f"set search_path = user_1; {not_valid}")
    project.desire(tables.format(new))
    told = _told(project, "FAILS_ON_VALUES")
    assert told == (
        {"fails in a tenant where a row of f does not meet constraint f_pid_fkey"}
        if fails
        else set()
    )


def test_an_index_that_is_built_beside_the_old_one_has_its_name(
    database: Database, tmp_path: Path
) -> None:
    """And it cannot fail where the old one demanded as much."""
    project = Project(database, tmp_path)
    project.settle("")
    table = "create table users (id integer, email text); create {} index users_email on users {};"
    project.tenant("user_1", table.format("", "(email)"))
    project.desire(table.format("unique", "(email)"))
    assert _told(project, "FAILS_ON_VALUES") == {
        "fails in a tenant where rows of users are equal in what unique index users_email names"
    }
    project.tenant("user_2", table.format("unique", "(email)"))
    project.desire(table.format("unique", "(email desc, id)"))
    assert project.done("plan", "--only", "user_2").out.count("fails in") == 0


_TEXTS = {"q tsquery": "a b", "p jsonpath": "]", "h public.hstore": "a", "l public.ltree": "a!"}
"""A column of a type whose function for texts says that they are no SQL → a text like that."""


@pytest.mark.postgres(18, prove=(15,))
def test_what_a_type_does_not_read_is_a_value(database: Database, tmp_path: Path) -> None:
    """Whatever error its function raises: each is told, and refused in PostgreSQL's words."""
    database.execute("create extension hstore; create extension ltree")
    project = Project(database, tmp_path)
    project.settle('search-path = ["public"]')
    old = ", ".join(f"{column.split()[0]} text" for column in _TEXTS)
    project.tenant("user_1", f"create table t ({old})", "insert into t values ('a', '$', '', 'a')")
    for number, (column, text) in enumerate(_TEXTS.items(), 2):
        name = column.split()[0]
        project.tenant(
            f"user_{number}", f"create table t ({old})", f"insert into t ({name}) values ('{text}')"
        )
    project.desire(f"create table t ({', '.join(_TEXTS)})")
    assert _told(project, "FAILS_ON_VALUES") == {
        f"fails in a tenant where a value of t.{name} cannot become {type_}"
        for name, type_ in map(str.split, _TEXTS)
    }
    refused = project("apply", "--yes")
    assert refused.code == 3, refused.out
    for number, column in enumerate(_TEXTS, 2):
        ours = database.rows("select error from diffapply.step where tenant = %s", f"user_{number}")
        assert "Data would be lost" in ours[0][0]
        assert "change these rows first" in ours[0][0]
        assert "(PostgreSQL: " in ours[0][0], column
    allowed = project("apply", "--yes", "--allow-destructive")
    assert allowed.code == 4, allowed.out
    assert "change these rows first" in allowed.out


def test_what_is_not_null_by_then_meets_a_check_of_that(database: Database, tmp_path: Path) -> None:
    project = Project(database, tmp_path)
    project.settle("")
    project.tenant("user_1", "create table t (id integer)")
    check = "check (n is not null)"
    project.desire(f"create table t (id integer, n integer not null default 1, {check})")
    assert not _told(project, "FAILS_ON_VALUES", "FAILS_ON_NULLS")
    project.desire(f"create table t (id integer, n integer, {check})")
    assert _told(project, "FAILS_ON_VALUES")


@pytest.mark.parametrize(("kind", "told"), [("volatile", 0), ("immutable", 1)])
def test_a_default_that_is_another_value_each_time_is_not_stale(
    database: Database, tmp_path: Path, kind: str, told: int
) -> None:
    project = Project(database, tmp_path)
    project.settle("")
    tenant = f"create function f() returns integer language sql {kind} return {{}};"
    tenant += "create table t (id integer default f())"
    project.tenant("user_1", tenant.format(1))
    project.desire(tenant.format(2))
    assert len(_told(project, "STALE_RESULTS")) == told


def test_an_identity_whose_position_is_carried_is_not_lost(
    database: Database, tmp_path: Path
) -> None:
    project = Project(database, tmp_path)
    project.settle("")
    table = "create table t (id integer {})"
    project.tenant("user_1", table.format("generated always as identity"))
    database.execute("insert into user_1.t default values; insert into user_1.t default values")
    project.desire("create table t (id serial)")
    assert not _told(project, "DROPS_IDENTITY", "DROPS_SEQUENCE")
    project.done("apply", "--yes")
    assert database.rows("select nextval('user_1.t_id_seq')") == [(3,)]
    project.desire("create table t (id integer not null)")
    project.tenant("user_2", table.format("generated always as identity"))
    assert _told(project, "DROPS_IDENTITY")


_OF_JSON = {
    "h public.hstore": False,
    "l public.ltree": True,
    "r int4range": True,
    "e e": True,
    "p pg_lsn": True,
    "s pg_snapshot": True,
    "m public.mood": True,
    "i public.ean13": True,
}
"""Column → whether its type reads a text that JSON may have."""


def test_json_is_not_read_as_a_type_that_takes_none_of_its_texts(
    database: Database, tmp_path: Path
) -> None:
    """To drop the column is honest; and on the way there, that there is no way back is told."""
    database.execute("create extension hstore; create extension ltree; create extension isn")
    database.execute("create type public.mood as enum ('good')")
    project = Project(database, tmp_path)
    project.settle('search-path = ["public"]')
    label = "create type e as enum ('a')"
    had = ", ".join(f"{its[0]} jsonb" for its in _OF_JSON)
    project.tenant("user_1", label, f"create table t ({had}, b public.hstore)")
    project.desire(f"{label}; create table t ({', '.join(_OF_JSON)}, b jsonb)")
    [transition] = project("plan", "--format", "json").json["transitions"]
    said = " ".join(its["sql"] for its in transition["statements"])
    assert {its: f"DROP COLUMN {its[0]}" not in said for its in _OF_JSON} == _OF_JSON
    assert "drops column t.b" in str(transition["no_way_back"])
