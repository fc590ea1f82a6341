"""What cannot be done is said before anything is touched, and the user can supply the words."""

import json
from pathlib import Path

from diffapply.model.catalog import fingerprint
from tests.servers import Cli, Database

_CIRCLE = """
create view hen as select 1 as n;
create view egg as select n from hen;
create or replace view hen as select n from egg;
"""
"""Views in a circle: no statement of ours creates one that is there only in parts at first."""


def test_what_cannot_be_expressed_is_named(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Exit 3, the object by its name, and nothing in the tenant."""
    (tmp_path / "desired.sql").write_text(_CIRCLE)
    database.execute("create schema user_1")
    outcome = cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path)
    assert outcome.code == 3
    assert "view hen" in outcome.err + outcome.out
    # What PostgreSQL says comes first, and what therefore is missing afterwards.
    assert outcome.err.index("PostgreSQL: ") < outcome.err.index("missing view hen")
    assert database.rows("select from pg_class where relnamespace = 'user_1'::regnamespace") == []


def test_supplied_statements_are_rehearsed_like_any_other(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Statements of the user's own are tried where nothing else reaches the goal."""
    (tmp_path / "desired.sql").write_text(_CIRCLE)
    (tmp_path / "mine.sql").write_text(_CIRCLE)
    database.execute("create schema user_1")
    outcome = cli("apply", "--desired", "desired.sql", "--with", "mine.sql", "--yes", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert cli("drift", "--desired", "desired.sql", cwd=tmp_path).code == 0


def test_supplied_statements_take_the_place_of_ours(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Rows in scratch would not tell that a cast fails; whoever knows them says how."""
    (tmp_path / "desired.sql").write_text("create table t (y integer, more integer)")
    (tmp_path / "mine.sql").write_text(
        "alter table t alter y type integer using nullif(y, 'none')::integer;"
    )
    for name, columns in (("user_1", "y text"), ("user_2", "y integer")):
        database.execute(f"create schema {name}; create table {name}.t ({columns})")
    database.execute("insert into user_1.t values ('7'), ('none')")
    options = ("--desired", "desired.sql", "--with", "mine.sql")
    plan = cli("plan", *options, "--format", "json", cwd=tmp_path)
    told = {tuple(its["tenants"]): str(its["statements"]) for its in plan.json["transitions"]}
    assert {
        tenants: "nullif" in its for tenants, its in told.items() if "public" not in tenants
    } == {
        ("user_1",): True,
        ("user_2",): False,
    }
    allowed = ("--yes", "--allow-destructive", "--exclude", "public")
    outcome = cli("apply", *options, *allowed, cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert database.rows("select y from user_1.t order by y") == [(7,), (None,)]
    assert cli("drift", *options[:2], "--exclude", "public", cwd=tmp_path).code == 0


def test_a_way_back_that_cannot_be_had_is_told_by_the_plan(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """What could not be taken back is said when the plan is made, not when it is needed."""
    database.execute(f"create schema user_1; set search_path = user_1; {_CIRCLE}")
    (tmp_path / "desired.sql").write_text("create table t (id integer primary key)")
    outcome = cli("plan", "--desired", "desired.sql", "--format", "json", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    [transition] = outcome.json["transitions"]
    assert any("view hen" in reason for reason in transition["blocked"] + transition["no_way_back"])


def test_what_cannot_be_read_blocks_none_but_its_own_tenant(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Such as a definition in a journal that was altered, with a fingerprint that fits."""
    (tmp_path / "desired.sql").write_text("create table t (id integer primary key, n integer)")
    for tenant, table in (("user_1", "t"), ("user_2", "other")):
        database.execute(f"create schema {tenant}; create table {tenant}.{table} (id integer)")
    accept = ("--allow-destructive", "--yes")
    assert cli("apply", "--desired", "desired.sql", *accept, cwd=tmp_path).code == 0
    [(source, facts)] = database.rows(
        "select source, facts from diffapply.step join diffapply.shape on fingerprint = source "
        "where tenant = 'user_2'"
    )
    facts.append(["constraint", "other.c", "other", "CHECK x", 0])
    forged = fingerprint((kind, name, text) for kind, name, _, text, _ in facts)
    database.execute(
        "update diffapply.shape set fingerprint = %s, facts = %s, ddl = null "
        "where fingerprint = %s",
        forged, json.dumps(facts), source,
    )  # fmt: skip
    database.execute("update diffapply.step set source = %s where source = %s", forged, source)
    outcome = cli("plan", "--backward", "--format", "json", cwd=tmp_path)
    told = {its["tenants"][0]: its for its in outcome.json["transitions"]}
    assert told["user_1"]["statements"]
    assert not told["user_1"]["blocked"]
    [reason] = told["user_2"]["blocked"]
    assert "'CHECK x' defines no" in reason


def test_what_the_role_may_not_create_in_scratch_is_named(
    database: Database, owner_url: str, tmp_path: Path
) -> None:
    """It is there, so that it does not exist would be half of the truth."""
    table = "create foreign table far_away (a int) server nearby"
    database.execute(
        "create foreign data wrapper far; create server nearby foreign data wrapper far;"
        f"grant usage on foreign server nearby to owner_of_{database.name};"
        f"set role owner_of_{database.name}; create schema user_1; create table user_1.t ();"
        f"create schema other_1; set search_path = other_1; {table}; reset role"
    )
    (tmp_path / "desired.sql").write_text(f"create table t (a int); {table}")
    for tenants, code in (("user_1", 1), ("other_1", 3)):
        if code == 3:
            (tmp_path / "desired.sql").write_text("create table t (a int)")
        options = ("--desired", "desired.sql", "--tenants", tenants)
        outcome = Cli(owner_url)("apply", *options, "--yes", cwd=tmp_path)
        assert outcome.code == code, outcome.out
        said = " ".join((outcome.out + outcome.err).split())
        assert 'permission denied to create foreign-data wrapper "far"' in said
        assert "--scratch-url" in said
