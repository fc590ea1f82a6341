"""Statements of the user's own: in each transition all of them run, or none, and that is told."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.servers import Cli, Database, Outcome

_OLD = "create table a (id int primary key, email text, cc text)"
_ROWS = "insert into a values (1, 'x', null), (2, 'y', 'DE')"
_NEW = """
create table a (id int primary key, cc text not null);
create table contacts (a int references a, email text);
"""
_BACKFILL = """
-- What was in a column gets a table.
insert into contacts (a, email) select id, email from a;
update a set cc = 'AT' where cc is null;
"""


class _Project:
    """Tenants, and a folder where commands run."""

    def __init__(self, database: Database, cli: Cli, folder: Path) -> None:
        self.database, self._cli, self.folder = database, cli, folder

    def tenants(self, **old: str) -> None:
        """Make tenants by these statements."""
        for name, statements in old.items():
            self.database.execute(
                f"create schema {name}; set search_path = {name}; {statements}; reset search_path"
            )

    def __call__(self, command: str, desired: str, own: str | None, *more: str) -> Outcome:
        (self.folder / "desired.sql").write_text(desired)
        given = ["--desired", "desired.sql", *more]
        if own is not None:
            (self.folder / "own.sql").write_text(own)
            given += ["--with", "own.sql"]
        return self._cli(command, *given, cwd=self.folder)

    def planned(self, desired: str, own: str, *more: str) -> Mapping[str, "_Told"]:
        """Tenant → what the plan tells of it."""
        outcome = self("plan", desired, own, "--format", "json", *more)
        assert outcome.code == 0, outcome.err
        return {name: _Told(its) for its in outcome.json["transitions"] for name in its["tenants"]}

    def apply(self, desired: str, own: str | None, *more: str) -> Outcome:
        """Apply it, whatever is lost; then the desired state is reached."""
        done = self("apply", desired, own, "--yes", "--allow-destructive", *more)
        assert done.code == 0, done.out + done.err
        if not more:
            assert self("drift", desired, None).code == 0
        return done


class _Told:
    """What a plan tells of a transition."""

    def __init__(self, transition: Mapping[str, list[object]]) -> None:
        self.statements = [its["sql"] for its in transition["statements"]]  # type: ignore[index]
        self.hazards = [
            hazard["code"]
            for its in transition["statements"]
            for hazard in its["hazards"]  # type: ignore[index]
        ]
        self.blocked = "; ".join(map(str, transition["blocked"]))
        self.notes = "; ".join(map(str, transition["notes"]))


@pytest.fixture
def project(database: Database, cli: Cli, tmp_path: Path) -> _Project:
    return _Project(database, cli, tmp_path)


@pytest.mark.postgres(18, prove=(15, 16, 17))
def test_a_backfill_runs_between_what_comes_and_what_goes(project: _Project) -> None:
    """No statement of ours has to be repeated; consent is asked as ever."""
    project.tenants(user_1=f"{_OLD}; {_ROWS}")
    told = project.planned(_NEW, _BACKFILL)["user_1"]
    first, insert, update, *last = told.statements
    assert first.startswith("CREATE TABLE contacts")
    assert (insert[:6], update[:6]) == ("insert", "update")
    assert "DROP COLUMN email" in " ".join(last)
    assert "FAILS_ON_NULLS" not in told.hazards
    refused = project("apply", _NEW, _BACKFILL, "--yes")
    assert (refused.code, "drops column a.email" in refused.out + refused.err) == (3, True)
    project.apply(_NEW, _BACKFILL)
    read = "select a, email, cc from user_1.contacts join user_1.a on id = a order by a"
    assert project.database.rows(read) == [(1, "x", "AT"), (2, "y", "DE")]


@pytest.mark.postgres(18, prove=(15,))
def test_there_by_a_plan_file_and_back(project: _Project) -> None:
    """The file of statements is not read again; the way back has statements, too."""
    project.tenants(user_1=f"{_OLD}; {_ROWS}")
    assert project("plan", _NEW, _BACKFILL, "--out", "its.plan").code == 0
    (project.folder / "own.sql").unlink()
    allowed = ("--yes", "--allow-destructive")
    cli, folder = project._cli, project.folder
    done = cli("apply", "its.plan", *allowed, cwd=folder)
    assert done.code == 0, done.err
    (folder / "back.sql").write_text("update a set email = c.email from contacts c where c.a = id;")
    back = cli("apply", "--backward", "--with", "back.sql", *allowed, cwd=folder)
    assert back.code == 0, back.out + back.err
    read = "select id, email, cc from user_1.a order by id"
    assert project.database.rows(read) == [(1, "x", "AT"), (2, "y", "DE")]
    assert project.database.rows("select to_regclass('user_1.contacts')::text") == [(None,)]


_VIEW = "create view v as select b from a"
_LATE = (
    "alter table a add unique (z); create table b (p int references a (z) deferrable initially "
    "deferred)"
)
_PARTED = (
    "create table a ({}) partition by list (id); create table a1 partition of a for values in (1)"
)
_PART = "create table a2 partition of a for values in (2)"
_LABELS = "create type e as enum ('a', '{0}'); create table a (s e default '{0}', z e[])"
_FILL = "create function fill() returns void language sql as 'update a set z = 1'"


def _slowly(*values: object) -> object:
    return pytest.param(*values, marks=pytest.mark.prove)


@pytest.mark.parametrize(
    ("old", "new", "own", "rows"),
    [
        (  # a column that has to have values is filled before
            "create table a (id int); insert into a values (1)",
            "create table a (id int, cc text not null)",
            "update a set cc = id",
            [(1, "1")],
        ),
        (  # neither the old rule nor the new one keeps rows from being changed
            "create table a (s text check (s in ('a', 'b'))); insert into a values ('b')",
            "create table a (s text check (s in ('a', 'c')))",
            "update a set s = 'c' where s = 'b'",
            [("c",)],
        ),
        (
            "create type e as enum ('a'); create table a (s e); insert into a values ('a')",
            "create type e as enum ('a', 'b'); create table a (s e)",
            "update a set s = 'b'",
            [("b",)],
        ),
        (  # a label in place of another one: in between, the type has both
            _LABELS.format("b") + "; insert into a values ('b', '{a}')",
            _LABELS.format("c"),
            "update a set s = 'c' where s = 'b'",
            [("c", "{a}")],
        ),
        (  # what the conversion would fail on, and the key
            "create table a (y text, z int); insert into a values ('1', 1), ('none', 2), ('2', 2)",
            "create table a (y int, z int unique)",
            "delete from a where y = 'none'",
            [(1, 1), (2, 2)],
        ),
        (  # a function of the change; a view in the way
            f"create table a (z int, b int); {_VIEW}; insert into a values (null, 2)",
            f"create table a (z int not null, b bigint); {_VIEW}; {_FILL}",
            "select fill(); do $$ begin insert into a values (3, 4); end $$",
            [(1, 2), (3, 4)],
        ),
        (  # a key that is checked at the end of the transaction keeps nothing from being altered
            f"create table a (z int); {_LATE}",
            f"create table a (z int); {_LATE}; alter table b add c int not null",
            "insert into a values (1); insert into b values (1); update b set c = p",
            [(1,)],
        ),
        (  # a new partition; rows on their way
            f"{_PARTED.format('id int')}; insert into a values (1)",
            f"{_PARTED.format('id int, x int not null')}; {_PART}",
            "select 2 into temp t from a; update a set x = 1; insert into a select *, 7 from t",
            [(1, 1), (2, 7)],
        ),
        _slowly(
            "create table a (z int); insert into a values (null)",
            "create table a (z int not null)",
            "merge into a using (select 1) s on z is null when matched then update set z = 5",
            [(5,)],
        ),
        (  # its own DDL comes first, in the place of ours, and what it lacks is made
            "create table b (id int, x text); insert into b values (1, 'x')",
            "create table b (id int); create table a (id int, x text not null); create table c ()",
            "create table if not exists a as table b; table c; alter table a alter x set not null",
            [(1, "x")],
        ),
        _slowly(  # it may come behind what needs ours
            "create table a (id int, c text); insert into a values (1, null)",
            "create table a (id int, c text not null, d int)",
            "update a set d = id; update a set c = 'c'; alter table a alter c set not null;",
            [(1, "c", 1)],
        ),
    ],
)
@pytest.mark.postgres(18, prove=(15,))
def test_rows_are_changed_halfway(
    project: _Project, old: str, new: str, own: str, rows: list[tuple[object, ...]]
) -> None:
    """All that is new is there, all that goes is still there, and nothing is stricter yet."""
    project.tenants(user_1=old)
    told = project.planned(new, own)["user_1"]
    assert not told.blocked
    assert not {*told.hazards} & {"FAILS_ON_NULLS", "FAILS_ON_VALUES", "FAILS_ON_ROWS"}
    project.apply(new, own)
    assert project.database.rows("select * from user_1.a order by 1") == rows


def test_what_is_not_mended_is_still_told(project: _Project) -> None:
    """Statements change other columns: a new one has no values, and the apply says so."""
    project.tenants(user_1="create table a (id int, n int); insert into a values (1)")
    new, own = "create table a (id int, n int not null, cc text not null)", "update a set id = 2"
    told = project.planned(new, own)["user_1"]
    assert told.hazards.count("FAILS_ON_NULLS") == 2
    assert "CHANGES_ROWS" in told.hazards
    failed = project("apply", new, own, "--yes", "--allow-destructive")
    assert failed.code == 4
    assert project.database.rows("select id from user_1.a") == [(1,)]


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("insert into contacts select id, email from a", 1),
        ("with b as (insert into contacts select id from a returning a) select * from b", 1),
        ("update a set cc = 'AT'", 0),
    ],
)
def test_rows_of_a_new_table_may_break_its_foreign_key(
    project: _Project, own: str, told: int
) -> None:
    project.tenants(user_1=_OLD)
    new = f"{_OLD}; create table contacts (a int references a, email text)"
    [transition] = project("plan", new, own, "--format", "json").json["transitions"]
    failing = [
        hazard["message"]
        for its in transition["statements"]
        for hazard in its["hazards"]
        if hazard["code"] == "FAILS_ON_VALUES"
    ]
    broken = "fails in a tenant where a row of contacts does not meet constraint contacts_a_fkey"
    assert failing == [broken] * told


_SHAPES = {
    "user_1": f"{_OLD}; {_ROWS}",
    "user_2": "create table a (id int primary key, cc text)",
    "user_3": "create table a (id int primary key, cc text, other text);",
    "user_4": _NEW,
}


def test_where_one_fails_none_runs(project: _Project) -> None:
    """The plan says which one, in PostgreSQL's words; tenants in sync are not touched."""
    project.tenants(**_SHAPES)
    own = "\n\ninsert into contacts (a, email) select id, email from a;"
    told = project.planned(_NEW, own)
    assert {*told} == {"user_1", "user_2", "user_3"}
    assert "insert" in str(told["user_1"].statements)
    # Nothing may be lost without it here, ...
    assert "insert" not in str(told["user_2"].statements)
    why = 'own.sql, line 3: column "email" does not exist'
    assert f"no statement of --with runs here: {why}" in told["user_2"].notes
    # ... but here.
    assert why in told["user_3"].blocked
    assert "what they are to keep may be lost" in told["user_3"].blocked
    shown = project("plan", _NEW, own)
    assert why in " ".join(shown.out.split())


def test_where_some_fail_nothing_is_done(project: _Project) -> None:
    """Whether the first one fails or the last."""
    project.tenants(**_SHAPES)
    for own in (_BACKFILL, "update a set cc = 'AT';\ninsert into contacts select id, email from a"):
        blocked = project.planned(_NEW, own)["user_2"].blocked
        assert 'column "email" does not exist' in blocked
        assert "others of them run here" in blocked
    project("apply", _NEW, own, "--yes", "--allow-destructive")
    statuses = project("drift", _NEW, None, "--format", "json").json
    assert {its["name"] for its in statuses["tenants"] if its["state"] != "in_sync"} == {
        "user_2",
        "user_3",
    }


def test_a_name_that_is_mistaken_loses_nothing(project: _Project) -> None:
    project.tenants(user_1=f"{_OLD}; {_ROWS}")
    own = "insert into contcts select id, email from a"
    done = project("apply", _NEW, own, "--yes", "--allow-destructive")
    assert done.code == 3
    assert 'own.sql, line 1: relation "contcts" does not exist' in done.out + done.err
    assert project.database.rows("select email from user_1.a order by id") == [("x",), ("y",)]


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("update public.plan set id = 2", "it changes rows of public.plan"),
        ("truncate log", "it changes rows of public.log"),
        ("update billing.rate set id = 2", "it changes rows of billing.rate"),
        _slowly("insert into plan values (2)", "it changes rows of public.plan"),
        ("do $$ begin delete from plan; end $$", "it changes rows of public.plan"),
        _slowly("set local search_path = public; delete from plan", "it changes rows of"),
        ("insert into a values (2); create table public.x ()", "it makes table x in schema public"),
        ("do $$ begin commit; end $$", "own.sql, line 1: invalid transaction termination"),
        _slowly("vacuum a", "VACUUM cannot run inside a transaction block"),
        _slowly("drop schema diffapply_tenant cascade", "cannot be brought to its goal"),
    ],
)
def test_what_does_more_than_change_the_tenant_is_blocked(
    project: _Project, own: str, why: str
) -> None:
    old = "create table a (id int, plan int references public.plan{})"
    shared = ("public.plan", "public.log", "billing.rate")
    project.database.execute("create schema billing")
    for name in shared:
        project.database.execute(
            f"create table {name} (id int primary key); insert into {name} values (1)"
        )
    project.tenants(user_1=old.format(""))
    new = old.format(", more int")
    refused = project("apply", new, own, "--yes", "--allow-destructive")
    assert refused.code == 3, refused.out
    assert why in " ".join((refused.out + refused.err).split())
    for name in shared:
        assert project.database.rows(f"select id from {name}") == [(1,)]
    assert project.database.rows("select from user_1.a") == []


@pytest.mark.parametrize(
    ("own", "changed"),
    [
        ("update a set cc = 'AT'", "public.log, by noted"),
        ("delete from a", "public.log, by noted"),
        ("insert into b values (1)", ""),
        pytest.param(
            "do $$ declare i int; begin for i in select id from a loop perform billing.keep(i); "
            "insert into log values (i); end loop; end $$",
            "billing.sum, by billing.keep; public.log",
            marks=pytest.mark.prove,
        ),
        pytest.param("delete from b", "public.log, by noted", marks=pytest.mark.prove),
        pytest.param(
            "insert into c select id from a",
            "billing.sum, by billing.keep",
            marks=pytest.mark.prove,
        ),
    ],
)
@pytest.mark.postgres(18, prove=(15,))
def test_what_fires_may_change_what_is_shared(project: _Project, own: str, changed: str) -> None:
    """No row is there to fire it in scratch: it is told from what routines say."""
    project.database.execute(
        "create table public.log (id int);"
        "create schema billing; create table billing.sum (id int);"
        "create function billing.kept() returns trigger language plpgsql as $$ begin "
        "perform billing.keep(new.id); return null; end $$;"
        "create function billing.keep(int) returns void language sql as "
        "$$ insert into billing.sum values ($1) $$"
    )
    old = (
        "create table a (id int, b int references b on delete cascade, cc text);"
        "create function noted() returns trigger language plpgsql as $$ begin "
        "execute 'insert into log values (1)'; return null; end $$;"
        "create trigger noted after update or delete on a for each row execute function noted();"
        "create table c (id int);"
        "create trigger kept after insert on c for each row execute function billing.kept()"
    )
    parent = "create table b (id int primary key{});"
    project.tenants(user_1=parent.format("") + old)
    told = project("plan", parent.format(", more int") + old, own, "--format", "json")
    assert told.code == 0, told.err
    [transition] = told.json["transitions"]
    assert not transition["blocked"]
    shared = [
        hazard["message"]
        for its in transition["statements"]
        for hazard in its["hazards"]
        if hazard["code"] == "CHANGES_SHARED"
    ]
    assert shared == [f"may change rows of {its}" for its in changed.split("; ") if its]


def test_what_is_shared_may_be_read(project: _Project) -> None:
    """Whatever schema it is in, and whether a tenant refers to it or not."""
    project.database.execute(
        "create schema billing; create table billing.rate as select 7 as id;"
        "create table public.one as select 1 as id"
    )
    project.tenants(user_1="create table a (id int); insert into a values (1)")
    project.apply(
        "create table a (id int, rate int not null)",
        "update a set rate = r.id from billing.rate r, one where one.id = a.id",
    )
    assert project.database.rows("select * from user_1.a") == [(1, 7)]


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (
            "select 1;\nselec 2;",
            'own.sql, line 2, is not valid SQL: syntax error at or near "selec"',
        ),
        ("select 1;\n\\d a", "own.sql, line 2, is not valid SQL"),
        ("select 1;\n-- done\ncommit;", "own.sql, line 3, begins or ends a transaction"),
        ("set work_mem = '1MB'", "own.sql, line 1, changes the session"),
        ("set local work_mem = '1MB';\nreset work_mem", "own.sql, line 2, changes the session"),
        ("prepare p as select 1", "own.sql, line 1, changes the session"),
        ("copy a from stdin;", "own.sql, line 1, copies rows from or to psql"),
        ("select :tenant;", "psql's variables have no value here"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(project: _Project, own: str, says: str) -> None:
    outcome = project("plan", "create table a (id int)", own)
    assert outcome.code == 1
    assert says in outcome.err


def test_nothing_to_do_is_told(project: _Project) -> None:
    """Whoever gives statements expects that they run."""
    project.tenants(user_1="create table a (id int)")
    told = project("plan", "create table a (id int)", "delete from a")
    assert "no statement of --with runs: nothing changes" in told.out


def test_what_reads_many_rows_says_so(project: _Project) -> None:
    """Tenants are then not done in batches."""
    project.tenants(user_1=f"{_OLD}; {_ROWS}")
    own = "insert into contacts with c as (select * from a) select id, email from c"
    told = project.planned(
        "create table a (id int primary key, email text, cc text); "
        "create table contacts (a int, email text)",
        own,
    )["user_1"]
    assert told.hazards == ["SCANS_TABLE"]
