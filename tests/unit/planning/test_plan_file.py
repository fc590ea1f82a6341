"""A plan file is read as it was written; what makes no sense in it is named with its place."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diffapply.errors import PlanFileError
from diffapply.model.affected import Owned, Renewed
from diffapply.model.catalog import fingerprint
from diffapply.model.plan import Plan
from diffapply.model.rename import Rename
from diffapply.model.statement import TableLock
from diffapply.model.undone import UndoneRun
from diffapply.model.unreadable import Denied, Locked, Unreadable
from diffapply.model.world import World
from diffapply.planning.files import plan_file, sealed
from tests.unit.render_samples import FULL_PLAN

OLDER = Path(__file__).parent / "plan_of_an_older_version.json"


def _everything() -> Plan:
    """A plan that has something of everything."""
    first, *others = FULL_PLAN.transitions
    statement, *more = first.statements
    first = replace(
        first,
        statements=(replace(statement, locks=(TableLock("public.a", "SHARE", own=False),)), *more),
        managed=frozenset({"b", "a", '"Ü"'}),
        anew=(Renewed("view", "v", "v", ("owner",)),),
        dropped=(Owned("table", "t"),),
        created=(Owned("table", "u"),),
        alone=True,
    )
    return replace(
        FULL_PLAN,
        direction="backward",
        transitions=(first, *others),
        undoes={name: (3, 12) for its in FULL_PLAN.transitions for name in its.tenants},
        undone=(UndoneRun(12, "2026-11-25T13:02:07+00:00", "schema/desired.py:metadata", 11),),
        renames=(Rename("column", "jobs", "a", "b"),),
        privileges=True,
        tokens={"user_1": "5:6"},
        unreadable=(
            Unreadable("user_8", Denied('"user 8 TO x"', "ada")),
            Unreadable("user_9", Locked("user_9.t", "process 7 (psql)")),
        ),
        world=World(("public", "ext"), (("TimeZone", "Asia/Tokyo"), ("DateStyle", "SQL, DMY"))),
        notes=("An emoji: \U0001f642",),
        notes_as_now=("What is new will belong to the tenants' owners: ada in user_1.",),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a plan."""
    plan_file.save(_everything(), tmp_path / "plan.json")
    return tmp_path / "plan.json"


def _forge(path: Path, alter: Callable[[Any], object]) -> None:
    """Alter what the file says of the plan, and make the digest anew."""
    document = json.loads(path.read_text())
    alter(document["plan"])
    document["digest"] = sealed.digest(document["plan"])
    path.write_text(json.dumps(document))


def _refusal(path: Path) -> str:
    with pytest.raises(PlanFileError) as caught:
        plan_file.load(path)
    return caught.value.message


def test_it_is_read_as_it_was_written(path: Path) -> None:
    """Every part of it; so its digest is the same."""
    loaded = plan_file.load(path)
    assert loaded == _everything()
    assert plan_file.digest(loaded) == plan_file.digest(_everything())


def test_older_versions_wrote_of_the_unreadable_only_what_to_do(path: Path) -> None:
    """That tells why they are."""

    def alter(plan: Any) -> None:  # noqa: ANN401 - any JSON
        for its in plan["unreadable"]:
            del its["denied"], its["locked"]

    _forge(path, alter)
    assert plan_file.load(path) == _everything()
    _forge(path, lambda plan: plan["unreadable"][0].update(remedy="ask ada"))
    assert "Nothing says why 'user_8' could not be read" in _refusal(path)


def test_older_versions_wrote_all_notes_together(path: Path) -> None:
    """Those that apply asks again are told by how they begin."""
    _forge(path, lambda plan: plan["notes"].extend(plan.pop("notes_as_now")))
    assert plan_file.load(path) == _everything()


def test_older_versions_wrote_what_is_taken_back_among_the_notes(path: Path) -> None:
    run = UndoneRun(2, "2026-11-25T13:02:00", "schema.sql", 1)
    made = replace(FULL_PLAN, takes_back=(run,), takes_back_in={"user_1": (2,)})
    [note] = made.note_on_taken_back
    assert note.startswith("this desired state is what 1 tenant had before run 2 ")
    plan_file.save(made, path)
    _forge(path, lambda plan: plan["notes"].insert(0, note))
    read = plan_file.load(path)
    assert read.all_notes == made.all_notes == (note, *FULL_PLAN.all_notes)


def test_what_older_versions_did_not_note_may_be_missing(path: Path) -> None:
    """They had nothing behind the tenant, and neither tokens nor locks."""

    def alter(plan: Any) -> None:  # noqa: ANN401 - any JSON
        for key in ("search_path", "settings", "own_name", "tokens", "unreadable", "undone"):
            del plan[key]
        for transition in plan["transitions"]:
            del transition["created"], transition["alone"]
            for statement in transition["statements"]:
                del statement["locks"]
                for hazard in statement["hazards"]:
                    del hazard["code"], hazard["remedy"]

    _forge(path, alter)
    loaded = plan_file.load(path)
    assert (loaded.world, loaded.tokens) == (World(), {})
    assert [its.sql for its in loaded.transitions[0].statements] == [
        its.sql for its in FULL_PLAN.transitions[0].statements
    ]


def test_a_file_that_an_older_version_wrote_is_read() -> None:
    """One that was made before hazards had codes; what belongs to an object says ``owner``."""
    loaded = plan_file.load(OLDER)
    [transition] = loaded.transitions
    source = loaded.shapes[transition.source].catalog
    assert {fact.object for fact in source.facts.values()} == {"jobs"}
    assert [its.sql for its in transition.statements] == [
        'alter table "jobs" drop column "note"',
        'alter table "jobs" alter column "id" set not null',
    ]


def test_facts_are_written_as_older_versions_read_them(path: Path) -> None:
    shapes = json.loads(path.read_text())["plan"]["shapes"].values()
    names = {name for shape in shapes for fact in shape["facts"] for name in fact}
    assert names == {"kind", "name", "owner", "definition", "position"}


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        ("desired", 5, "Expected `str`, got `int` - at `$.plan.desired`"),
        ("direction", "sideways", "`$.plan.direction`"),
        ("direction", "forward", "It undoes runs, so it is backward - at `$.plan.direction`"),
        ("undoes", {}, "undoes nothing in 'user_1', so it is forward - at `$.plan.direction`"),
        ("in_sync", "user_1", "Expected `array`, got `str` - at `$.plan.in_sync`"),
        ("transitions", None, "`$.plan.transitions`"),
        ("transitions.0", {}, "`$.plan.transitions[0]`"),
        ("transitions.0.alone", "yes", "`$.plan.transitions[0].alone`"),
        ("transitions.0.statements.1.hazards.0.kind", "x", ".statements[1].hazards[0].kind`"),
        ("transitions.0.statements.1.hazards.0.code", "X", ".statements[1].hazards[0].code`"),
        ("transitions.0.statements.0.sql", "select '\0'", ".transitions[0].statements[0].sql`"),
        ("transitions.1.tenants.0", "\ud800", "`$.plan.transitions[1].tenants[0]`"),
        ("tokens", {"\udfff": "5:6"}, "`$.plan.tokens`"),
        ("transitions.0.source", "f" * 64, "no shape 'ffff"),
        ("undoes", {"user_1": [2**64]}, "`$.plan.undoes.user_1`"),
        ("undoes", {"user_1": []}, "`$.plan.direction`"),
        ("undoes", {"user_1": [10**400]}, "`$.plan.undoes.user_1`"),
        ("undoes", {"user_1": [float("nan")]}, "`$.plan.undoes[...][0]`"),
        ("settings", {"role": "postgres"}, "'role' - at `$.plan.settings`"),
        ("own_name", "user_1", "`$.plan.own_name`"),
        ("shapes", {"f" * 64: {"ddl": [], "facts": []}}, "`$.plan.shapes.ffff"),
    ],
)
def test_nonsense_is_named_with_its_place(path: Path, place: str, value: object, says: str) -> None:
    """Also where the digest was made anew."""

    def alter(plan: Any) -> None:  # noqa: ANN401 - any JSON
        *parents, last = [int(key) if key.isdigit() else key for key in place.split(".")]
        for key in parents:
            plan = plan[key]
        plan[last] = value

    _forge(path, alter)
    refusal = _refusal(path)
    assert "has invalid content: " in refusal
    assert says in refusal


def test_a_kind_that_there_is_not_is_named(path: Path) -> None:
    """Also where the fingerprint fits."""

    def alter(plan: Any) -> None:  # noqa: ANN401 - any JSON
        plan["shapes"] = {
            fingerprint([("nonsense", "a", "b")]): {
                "ddl": None,
                "facts": [{"kind": "nonsense", "name": "a", "owner": "a", "definition": "b"}],
            }
        }

    _forge(path, alter)
    assert "There is no kind 'nonsense' - at `$.plan.shapes." in _refusal(path)


def test_what_is_said_twice_is_refused(path: Path) -> None:
    """Who has reviewed it may have seen the other one."""
    path.write_text(path.read_text().replace('"desired":', '"desired": "x", "desired":', 1))
    assert "'desired' twice" in _refusal(path)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("COMMIT", "It begins or ends a transaction"),
        ("/* x */ rollback", "It begins or ends a transaction"),
        ("SELECT 1; COMMIT; BEGIN", "It begins or ends a transaction"),
        ("SAVEPOINT diffapply", "It begins or ends a transaction"),
        ("SELECT 1; SELECT 2", "It is more than one statement"),
        ("a newer syntax; SELECT 2", "It is more than one statement"),
        ("SELECT ';", "It is not valid SQL"),
    ],
)
def test_no_statement_ends_the_transaction(path: Path, sql: str, says: str) -> None:
    """Else a tenant would be half-done. Neither does the DDL of a shape."""
    whole = path.read_text()
    _forge(path, lambda plan: plan["transitions"][0]["statements"][1].update(sql=sql))
    assert f"{says} - at `$.plan.transitions[0].statements[1].sql`" in _refusal(path)
    path.write_text(whole)
    _forge(path, lambda plan: next(iter(plan["shapes"].values())).update(ddl=[sql]))
    refusal = _refusal(path)
    assert (says in refusal, ".ddl[0]`" in refusal) == (True, True)


@pytest.mark.parametrize(
    ("place", "text", "says"),
    [
        (
            "hazards.0.check",
            "SELECT false; COMMIT; SELECT false",
            "It begins or ends a transaction",
        ),
        ("hazards.0.check", "COMMIT", "It begins or ends a transaction"),
        ("hazards.0.lock", "item; COMMIT; --", "It begins or ends a transaction"),
        ("locks.0.table", "item; COMMIT; --", "It begins or ends a transaction"),
        ("locks.0.table", 'item "; COMMIT; --', "It is not valid SQL"),
        ("locks.0.mode", "SHARE MODE; COMMIT; --", "There is no mode 'SHARE MODE; COMMIT; --'"),
        ("sql", "SELECT 'a", "It is not valid SQL"),
        ("sql", 'SELECT "a', "It is not valid SQL"),
        ("sql", "SELECT $a$ a", "It is not valid SQL"),
        ("sql", "SELECT /* a", "It is not valid SQL"),
    ],
)
def test_nothing_that_runs_with_a_statement_ends_the_transaction(
    path: Path, place: str, text: str, says: str
) -> None:
    """Questions and locks run, too; and an open quote would take in what is sent with it."""

    def alter(plan: Any) -> None:  # noqa: ANN401 - any JSON
        statement = plan["transitions"][0]["statements"][0]
        statement["hazards"] = plan["transitions"][0]["statements"][1]["hazards"]
        *parents, last = [int(key) if key.isdigit() else key for key in place.split(".")]
        for key in parents:
            statement = statement[key]
        statement[last] = text

    _forge(path, alter)
    told = re.sub(r"\.(\d+)", r"[\1]", place)
    assert f"{says} - at `$.plan.transitions[0].statements[0].{told}`" in _refusal(path)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "CREATE FUNCTION f() RETURNS int AS 'begin; commit' LANGUAGE sql;",
        "COMMENT ON TABLE a IS 'rollback'",
    ],
)
def test_a_routine_may_have_several_statements(path: Path, sql: str) -> None:
    """Also in plain sight; and words are not commands."""
    _forge(path, lambda plan: plan["transitions"][0]["statements"][1].update(sql=sql))
    assert plan_file.load(path).transitions[0].statements[1].sql == sql


@pytest.mark.parametrize("depth", [300, 600, 900, 100_000])
def test_depth_ends_in_a_sentence(path: Path, depth: int) -> None:
    """Wherever the reader gives up."""
    deep = f'"plan": {{"more": {"[" * depth}{"]" * depth},'
    path.write_text(path.read_text().replace('"plan": {', deep, 1))
    assert "The plan file" in _refusal(path)
