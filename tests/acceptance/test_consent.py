"""What no desired state ever declared is not dropped without consent."""

import json
from pathlib import Path

import pytest

from tests.projects import Project
from tests.servers import Database

_TABLE = "create table orders (id bigint primary key, note text, sum numeric);"
_MORE = "create table orders (id bigint primary key, note text, sum numeric, tax numeric);"
_VIEW = "create view totals as select id, sum from orders;"
_FUNCTION = "create function double(n int) returns int language sql as 'select 2 * n';"


class _Project(Project):
    """Tenants in a database, and a folder with the desired state."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.settle("")

    def applied(self, *arguments: str) -> None:
        """Apply without a refusal."""
        self.done("apply", "--yes", *arguments)

    def codes(self) -> list[str]:
        """The codes of all hazards of drops in the plan, in order."""
        made = self("plan", "--format", "json").json
        return [
            hazard["code"]
            for transition in made["transitions"]
            for statement in transition["statements"]
            for hazard in statement["hazards"]
            if hazard["kind"] == "drop"
        ]


@pytest.fixture
def project(database: Database, tmp_path: Path) -> _Project:
    """No tenants yet."""
    return _Project(database, tmp_path)


@pytest.mark.postgres(18, prove=(15,))
def test_without_consent_the_tenant_is_refused_and_the_others_are_done(project: _Project) -> None:
    """There is no journal, so nothing is known to have been declared. With consent it is done."""
    project.tenant("user_1", _TABLE)
    project.tenant("user_2", _TABLE, _VIEW, _FUNCTION)
    project.tenant("user_3", _TABLE)
    project.desire(_MORE)
    before = project.database.dump("user_2")
    outcome = project("apply", "--yes")
    assert outcome.code == 3, outcome.out + outcome.err
    told = " ".join(outcome.out.split())
    assert "refused 1 tenant: user_2" in told
    assert "Something would be dropped for good: statement" in told
    assert "drops view totals, which was never declared" in told
    assert "drops routine double(integer), which was never declared" in told
    assert 'declare it, leave it alone (ignore, or manage = "declared"), or allow it with' in told
    assert project.database.dump("user_2") == before
    assert "tax" in project.database.dump("user_3")
    project.applied("--allow-destructive")
    assert "totals" not in project.database.dump("user_2")


def test_what_was_declared_once_goes_without_consent(project: _Project) -> None:
    """By an apply or a provisioning, in whatever tenant; an earlier run does not matter less."""
    project.desire(_TABLE, _VIEW)
    project.tenant("user_1", _TABLE)
    project.applied()
    project.tenant("user_2", _TABLE, _VIEW)  # nobody ran anything in this one
    project.desire(_MORE, _VIEW, _FUNCTION)
    assert project("provision", "user_3").code == 0
    project.desire(_MORE)
    assert set(project.codes()) == {"DROPS_OBJECT"}
    project.applied()
    assert not any("totals" in project.database.dump(f"user_{n}") for n in (1, 2, 3))


def test_what_only_snapshots_have_was_never_declared(project: _Project) -> None:
    """A tenant had the view by hand before a run; going back brought it back."""
    project.tenant("user_1", _TABLE, _VIEW)
    project.desire(_TABLE)
    project.applied("--allow-destructive")
    project.applied("--backward")
    assert "totals" in project.database.dump("user_1")
    assert project.codes() == ["DROPS_UNDECLARED"]
    assert project("apply", "--yes").code == 3


def test_going_back_never_asks(project: _Project) -> None:
    """It takes back what a run has created."""
    project.tenant("user_1", _TABLE)
    project.desire(_TABLE, _VIEW, _FUNCTION)
    project.applied()
    project.applied("--backward")
    assert "totals" not in project.database.dump("user_1")


@pytest.mark.prove
def test_what_is_made_anew_is_not_dropped_for_good(project: _Project) -> None:
    """The view is not declared as it is in the tenant, but it is declared."""
    project.tenant("user_1", _TABLE, _VIEW)
    project.desire(_TABLE, "create view totals as select sum, id from orders;")
    assert project.codes() == []
    project.applied()


_WATCHED = (
    "create function watch() returns trigger language plpgsql as 'begin return new; end';",
    "create table jobs (id integer not null, day integer not null, primary key (id));",
    "create trigger watched before insert on jobs for each row execute function watch();",
    "create policy seen on jobs using (true);",
)


@pytest.mark.postgres(18, prove=(15,))
def test_what_was_declared_on_a_renamed_table_goes_without_consent(project: _Project) -> None:
    """It has the table's new name by then. What was made by hand on it still asks."""
    project.tenant("user_1")
    project.tenant("user_2")
    project.desire(*_WATCHED)
    project.applied()
    project.change("user_2", "create policy by_hand on jobs using (true)")
    project.desire(
        _WATCHED[0],
        "-- diffapply: renamed from jobs",
        _WATCHED[1].replace("jobs", "tasks"),
    )
    assert sorted(project.codes()) == ["DROPS_OBJECT"] * 4 + ["DROPS_UNDECLARED"]
    assert project("apply", "--yes").code == 3
    assert "CREATE POLICY" not in project.database.dump("user_1")
    assert "by_hand" in project.database.dump("user_2")


@pytest.mark.postgres(18, prove=(15,))
def test_a_table_that_becomes_partitioned_keeps_its_triggers(project: _Project) -> None:
    """The old table, now a partition, loses its own; the new one has the same."""
    project.tenant("user_1")
    project.desire(*_WATCHED)
    project.applied()
    project.change("user_1", "insert into jobs values (1, 2)")
    project.desire(
        _WATCHED[0],
        "create table jobs (id integer not null, day integer not null, primary key (id, day)) "
        "partition by range (day);",
        "create table jobs_all partition of jobs default;",
        *_WATCHED[2:],
    )
    assert set(project.codes()) <= {"DROPS_OBJECT"}
    [transition] = project("plan", "--format", "json").json["transitions"]
    [key] = [its for its in transition["statements"] if "ADD CONSTRAINT" in its["sql"]]
    codes = {hazard["code"] for hazard in key["hazards"]}
    assert codes == {"BUILDS_INDEX", "FAILS_ON_VALUES", "LOCKS_TABLE"}
    project.applied()
    assert project("drift").code == 0
    assert project.database.rows("select * from user_1.jobs") == [(1, 2)]


def test_indexes_and_constraints_of_declared_tables_ask_nothing(project: _Project) -> None:
    project.tenant(
        "user_1",
        _TABLE,
        "create index by_hand on orders (note); alter table orders add check (sum > 0)",
    )
    project.desire(_TABLE)
    assert set(project.codes()) == {"DROPS_OBJECT"}
    project.applied()


_BY_HAND = {
    "routine": _FUNCTION,
    "procedure": "create procedure p() language sql as 'select 1';",
    "aggregate": "create aggregate a (int) (sfunc = int4pl, stype = int);",
    "view": _VIEW,
    "materialized view": "create materialized view m as select 1 as one;",
    "trigger": "create trigger t before update on orders for each row"
    " execute function suppress_redundant_updates_trigger();",
    "rule": "create rule r as on delete to orders do instead nothing;",
    "policy": "create policy p on orders using (true);",
    "enum": "create type e as enum ('a');",
    "domain": "create domain d as int check (value > 0);",
    "composite type": "create type c as (a int);",
    "range type": "create type r as range (subtype = int);",
    "extended statistics": "create statistics s on id, note from orders;",
    "operator": "create operator === (function = int4eq, leftarg = int, rightarg = int);",
    "collation": 'create collation c from "C";',
    "text search configuration": "create text search configuration t (parser = 'default');",
    "cast": "create type c as (a int); create function f(c) returns int language sql as"
    " 'select 1'; create cast (c as int) with function f(c);",
    "foreign table": "create foreign table ft (a int) server nowhere options (filename '/x');",
}


@pytest.mark.prove
def test_every_kind_that_people_write_is_asked_about(project: _Project) -> None:
    """One tenant for each."""
    project.database.execute(
        "create extension file_fdw; create server nowhere foreign data wrapper file_fdw"
    )
    for number, statements in enumerate(_BY_HAND.values()):
        project.tenant(f"user_{number}", _TABLE, statements)
    project.desire(_TABLE)
    outcome = project("plan", "--format", "json")
    found = {
        name: [h for its in transition["statements"] for h in its["hazards"]]
        for transition in outcome.json["transitions"]
        for name in transition["tenants"]
    }
    for number, kind in enumerate(_BY_HAND):
        told = [h["message"] for h in found[f"user_{number}"] if h["code"] == "DROPS_UNDECLARED"]
        name = "routine" if kind == "procedure" else kind
        assert any(message.startswith(f"drops {name} ") for message in told), (kind, told)
    outcome = project("apply", "--yes")
    assert outcome.code == 3
    assert f"{len(_BY_HAND)} refused" in outcome.out


def test_every_format_says_what_needs_consent(project: _Project) -> None:
    project.tenant("user_1", _TABLE, _VIEW)
    project.desire(_TABLE)
    formats = ("text", "json", "sql", "markdown", "html", "sarif")
    assert project("plan", *(f"--report={form}:{form}.out" for form in formats)).code == 0
    for form in formats:
        told = (project.folder / f"{form}.out").read_text()
        assert "drops view totals, which was never declared" in told, form
        if form not in {"json", "sarif"}:
            assert "1 statement drops what was never declared" in told, form
    [transition] = json.loads((project.folder / "json.out").read_text())["transitions"]
    assert (transition["destructive"], transition["needs_consent"]) == (False, True)


@pytest.mark.parametrize("dropped", ["table", pytest.param("sequence", marks=pytest.mark.prove)])
def test_an_empty_table_asks_if_only_what_is_declared_is_managed(
    project: _Project, dropped: str
) -> None:
    """Somebody may be about to use it. What a desired state once had asks only for its rows."""
    by_hand = f"create {dropped} by_hand" + (" (id integer);" if dropped == "table" else ";")
    use = "insert into by_hand values (1)" if dropped == "table" else "select nextval('by_hand')"
    project.tenant("user_1", _TABLE, by_hand)
    project.tenant("user_2", _TABLE, by_hand, use)
    project.desire(_TABLE)
    assert project.codes() == []
    with (project.folder / "pyproject.toml").open("a") as settings:
        settings.write('manage = "declared"\n')
    outcome = project("apply", "--yes", "--format", "json")
    assert outcome.code == 3
    one, two = (its["error"] for its in outcome.json["tenants"])
    never_declared = f"drops {dropped} by_hand, which was never declared"
    assert never_declared in one
    assert "declare it, leave it alone (ignore), or allow it with --allow-destructive" in one
    assert "Data would be lost" not in one
    assert never_declared in two
    assert f"drops {dropped} by_hand; its " in two
    project.desire(_TABLE, by_hand, _FUNCTION)
    project.applied()
    project.desire(_TABLE, _FUNCTION)
    outcome = project("apply", "--yes", "--format", "json")
    assert [its["status"] for its in outcome.json["tenants"]] == ["applied", "refused"]


def test_a_plan_file_asks_as_well(project: _Project) -> None:
    project.tenant("user_1", _TABLE, _VIEW)
    project.desire(_TABLE)
    assert project("plan", "--out", "made.plan").code == 0
    assert project("apply", "made.plan", "--yes").code == 3
    assert "totals" in project.database.dump("user_1")
    project.applied("made.plan", "--allow-destructive")


def test_data_and_what_was_never_declared_are_told_together(project: _Project) -> None:
    """Data only where there are any."""
    project.tenant("user_1", _TABLE, _VIEW, "insert into orders values (1, 'x', 2)")
    project.tenant("user_2", _TABLE, _VIEW)
    project.desire("create table orders (id bigint primary key, sum numeric);")
    outcome = project("apply", "--yes", "--format", "json")
    assert outcome.code == 3
    one, two = (its["error"] for its in outcome.json["tenants"])
    assert "Data would be lost: statement" in one
    assert "Something would be dropped for good" in one
    assert "Data would be lost" not in two
    assert "Something would be dropped for good" in two


def test_of_many_losses_the_first_are_told(project: _Project) -> None:
    """The others are counted, and their statements named."""
    views = [f"create view v{n} as select id from orders;" for n in range(9)]
    project.tenant("user_1", _TABLE, *views)
    project.desire(_TABLE)
    outcome = project("apply", "--yes", "--format", "json")
    [error] = [its["error"] for its in outcome.json["tenants"]]
    assert error.startswith("Something would be dropped for good: statement 1 drops view v")
    assert error.count("which was never declared") == 3
    assert "; and 6 more in statements 4 to 9, as `diffapply plan` shows them. Nothing" in error


def test_what_a_new_column_needs_is_told(project: _Project) -> None:
    """No row can be changed before it; what else may fail, the plan says."""
    project.tenant(
        "user_1",
        "create table other (id int); create table t (a int);",
        "insert into t values (null)",
    )
    advice = ("the column is new: give it a default", "change these rows first")
    for columns, told, more in (
        ('a int, "B" int not null', advice[0], False),
        ("a int, b int not null, c int not null", advice[0], True),
        ("a int not null", advice[1], False),
        ("a int not null, b int not null default 1, check (a > b)", advice[1], True),
        ('a int not null, "A" int', advice[1], False),  # another one is new
        ("a int not null); create table other (id int, a int", advice[1], False),
    ):
        other = "" if "other" in columns else "create table other (id int);"
        project.desire(f"create table t ({columns}); {other}")
        outcome = project("apply", "--yes", "--format", "json")
        [error] = [its["error"] for its in outcome.json["tenants"]]
        assert outcome.code == 4, error
        assert [its for its in advice if its in error] == [told], error
        assert ("`rows:` of the plan" in error) == more, error


def test_some_of_it_is_allowed(project: _Project) -> None:
    """The tenant where that is all goes on; where more would be lost, the rest is told."""
    more = "create table bills (id integer); insert into bills values (1)"
    project.tenant("user_1", _TABLE, "insert into orders (id, note) values (1, 'x')")
    project.tenant("user_2", _TABLE, "insert into orders (id, note) values (1, 'x')", more)
    project.desire("create table orders (id bigint primary key, sum numeric);")
    refused = project("apply", "--yes")
    assert refused.code == 3
    assert "--allow-destructive or --allow DROPS_COLUMN." in " ".join(refused.out.split())
    done = project("apply", "--yes", "--allow", "DROPS_COLUMN", "--format", "json")
    assert done.code == 3
    first, second = done.json["tenants"]
    assert (first["status"], second["status"]) == ("applied", "refused")
    assert "drops column" not in second["error"]
    assert "drops table bills" in second["error"]
    project.applied("--allow", "DROPS_COLUMN", "--allow", "DROPS_TABLE")


def test_what_needs_no_consent_cannot_be_allowed(project: _Project) -> None:
    wrong = project("apply", "--allow", "LOCKS_TABLE")
    assert wrong.code == 1
    assert "No hazard that needs consent has the code 'LOCKS_TABLE' of --allow." in wrong.err
    assert "DROPS_TABLE, DROPS_COLUMN" in wrong.err


@pytest.mark.parametrize(
    ("old", "new", "value", "why"),
    [
        (
            "create type e as enum ('a', 'x'); create table t (v e);",
            "create type e as enum ('a'); create table t (v e);",
            "x",
            'invalid input value for enum e: "x"',
        ),
        (
            "create table t (v text);",
            "create table t (v integer);",
            "5000000000",
            'value "5000000000" is out of range for type integer',
        ),
        (
            "create table t (v text);",
            "create table t (v varchar(3));",
            "abcdef",
            "value too long for type character varying(3)",
        ),
    ],
)
def test_consent_is_not_offered_where_rows_keep_a_statement_from_running(
    project: _Project, old: str, new: str, value: str, why: str
) -> None:
    """Allowed or not, the error says what helps."""
    remedy = "change these rows first, or by statements of your own: --with FILE"
    project.tenant("user_1", old, f"insert into t values ('{value}')")
    project.desire(new)
    refused = project("apply", "--yes", "--format", "json")
    [error] = [its["error"] for its in refused.json["tenants"]]
    assert refused.code == 3, error
    assert why in error
    assert remedy in error
    assert "--allow" not in error
    failed = project("apply", "--yes", "--allow-destructive", "--format", "json")
    [error] = [its["error"] for its in failed.json["tenants"]]
    assert failed.code == 4, error
    assert why in error
    assert remedy in error


def test_consent_is_offered_where_values_are_cut(project: _Project) -> None:
    """What fails on some rows may only change those that are there."""
    project.tenant("user_1", "create table t (v numeric);", "insert into t values (1.5)")
    project.desire("create table t (v integer);")
    refused = project("apply", "--yes", "--format", "json")
    [error] = [its["error"] for its in refused.json["tenants"]]
    assert "allow it with --allow-destructive or --allow CONVERTS_VALUES" in error
    assert project("apply", "--yes", "--allow", "CONVERTS_VALUES").code == 0
