"""SARIF: what the standard requires, a rule for each code, and a place in the desired state."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import pytest

from diffapply.model.catalog import Difference
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.hazards import Hazard, HazardCode, HazardKind
from diffapply.model.statement import Statement
from diffapply.model.unreadable import Denied, Unreadable
from diffapply.render.ci.alerts import LEVELS
from diffapply.render.ci.sarif import drift_log, plan_log
from tests.unit.render_samples import (
    BLOCKED,
    CHANGED_COLUMN,
    DRIFT,
    EMPTY_PLAN,
    FULL_PLAN,
    HOSTILE,
    IN_SYNC,
    MISSING_TABLE,
    hostile_drift,
    hostile_plan,
    plan,
    transition,
    users,
)


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """An object of SARIF 2.1.0, as far as we use it: the standard allows no other properties."""


class Message(Strict):
    text: str


class Configuration(Strict):
    level: Literal["none", "note", "warning", "error"]


class Rule(Strict):
    id: str
    shortDescription: Message  # noqa: N815 - as SARIF calls it
    defaultConfiguration: Configuration  # noqa: N815


class Driver(Strict):
    name: str
    version: str
    rules: list[Rule]


class Tool(Strict):
    driver: Driver


class Artifact(Strict):
    uri: str
    uriBaseId: str  # noqa: N815


class Region(Strict):
    startLine: int  # noqa: N815


class Physical(Strict):
    artifactLocation: Artifact  # noqa: N815
    region: Region


class Logical(Strict):
    name: str
    kind: str


class Location(Strict):
    logicalLocations: list[Logical]  # noqa: N815
    physicalLocation: Physical | None = None  # noqa: N815


class Result(Strict):
    ruleId: str  # noqa: N815
    ruleIndex: int  # noqa: N815
    level: Literal["none", "note", "warning", "error"]
    message: Message
    locations: list[Location]
    partialFingerprints: dict[str, str]  # noqa: N815
    properties: dict[str, Any]


class Details(Strict):
    id: str


class Run(Strict):
    tool: Tool
    automationDetails: Details  # noqa: N815
    results: list[Result]


class Log(Strict):
    schema: str = msgspec.field(name="$schema")
    version: Literal["2.1.0"]
    runs: list[Run]


def read(text: str) -> Run:
    """The run of a log, which is as the standard requires."""
    assert text.isascii()
    [run] = msgspec.json.decode(text, type=Log).runs
    rules = [rule.id for rule in run.tool.driver.rules]
    assert len(rules) == len({*rules})
    for result in run.results:
        assert rules[result.ruleIndex] == result.ruleId
        for location in result.locations:
            place = location.physicalLocation
            assert place is None or (place.region.startLine > 0 and place.artifactLocation.uri)
    prints = [(its.ruleId, its.partialFingerprints["diffapply/v1"]) for its in run.results]
    assert len(prints) == len({*prints})
    return run


@pytest.fixture
def desired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A checkout with a desired state in a folder, seen from another folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "my schema").mkdir()
    (tmp_path / "elsewhere").mkdir()
    text = "-- ours\ncreate table marketplace_tasks ();\n\ncreate table marketplace_jobs ();\n"
    (tmp_path / "my schema" / "a.sql").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "elsewhere")
    return str(tmp_path / "my schema")


@pytest.mark.parametrize(
    "text",
    [
        plan_log(FULL_PLAN),
        plan_log(EMPTY_PLAN),
        plan_log(hostile_plan()),
        drift_log(DRIFT),
        drift_log(IN_SYNC),
        drift_log(hostile_drift()),
        drift_log(DriftReport(())),
    ],
)
def test_it_is_as_the_standard_requires(text: str) -> None:
    """Whatever the result, and whatever the names hold."""
    assert read(text).tool.driver.name == "diffapply"


def test_each_hazard_is_a_result_with_its_code_as_rule() -> None:
    """Once, with all tenants in which the statement runs."""
    run = read(plan_log(FULL_PLAN))
    found = [(its.ruleId, its.level) for its in run.results]
    assert found == [
        ("SCANS_TABLE", "note"),
        ("LOCKS_TABLE", "note"),
        ("DROPS_COLUMN", "error"),
        ("BLOCKED", "error"),
    ]
    lost = run.results[2]
    assert lost.message.text == (
        "Statement 3 drops the column marketplace_jobs.notes; its values are lost "
        "(10 tenants: user_1, user_2, user_3 and 7 more)"
    )
    assert lost.properties == {"number": 10, "tenants": [*users(*range(1, 11))]}
    assert run.results[3].message.text.startswith("the column marketplace_jobs.name cannot change")


def test_a_statement_of_several_shapes_is_one_result() -> None:
    """GitHub takes so many results, and nobody reads one thing twice."""
    drop = Statement("DROP TABLE a", (Hazard(HazardCode.DROPS_TABLE, "drops table a"),))
    [result] = read(plan_log(plan(transition(users(2), drop), transition(users(1), drop)))).results
    assert result.properties["tenants"] == ["user_1", "user_2"]
    assert result.locations[0].logicalLocations == [Logical("a", "table")]


def test_what_cannot_be_undone_or_read_is_a_result() -> None:
    """With rules of their own."""
    made = replace(
        plan(replace(transition(users(1), Statement("SELECT 1")), no_way_back=("because",))),
        unreadable=(Unreadable("user_9", Denied("user_9", "ada")),),
    )
    found = {its.ruleId: its.message.text for its in read(plan_log(made)).results}
    assert found == {
        "NO_WAY_BACK": "because (1 tenant: user_1)",
        "UNREADABLE": "Could not be read. Let the schema's owner run: "
        "GRANT USAGE ON SCHEMA user_9 TO ada; (1 tenant: user_9)",
    }


def test_drift_is_told_object_by_object() -> None:
    """A tenant that is only behind is a warning."""
    run = read(drift_log(DRIFT))
    found = {
        (its.ruleId, its.locations[0].logicalLocations[0].name): its.level for its in run.results
    }
    assert found == {
        ("DRIFT_CHANGED", "marketplace_jobs.name"): "error",
        ("DRIFT_CHANGED", "f()"): "error",
        ("DRIFT_EXTRA", "marketplace_jobs.notes"): "error",
        ("DRIFT_MISSING", "marketplace_tasks"): "warning",
        ("DRIFT_MISSING", "ix_job"): "warning",
    }
    [text] = [its.message.text for its in run.results if "jobs.name" in its.message.text]
    assert text == (
        "Changed column marketplace_jobs.name (1 tenant: user_2)\n"
        "desired  character varying(255)\nlive     text"
    )


def test_results_stand_where_the_desired_state_says_the_name(desired: str) -> None:
    """From the root of the checkout, wherever the command runs; unknown names on the first line."""
    places = {
        its.locations[0].logicalLocations[0].name: its.locations[0].physicalLocation
        for its in read(drift_log(DRIFT, desired)).results
    }
    file = Artifact("my%20schema/a.sql", "%SRCROOT%")
    assert places == {
        "marketplace_jobs.name": Physical(file, Region(4)),
        "marketplace_jobs.notes": Physical(file, Region(4)),
        "marketplace_tasks": Physical(file, Region(2)),
        "ix_job": Physical(file, Region(1)),
        "f()": Physical(file, Region(1)),
    }
    [*_, lost, _] = read(plan_log(FULL_PLAN, desired)).results
    assert lost.locations[0].physicalLocation == Physical(file, Region(4))


@pytest.mark.parametrize(
    ("label", "uri"),
    [
        ("models.py:metadata", "models.py"),
        ("app.models:Base", "app/models.py"),
        ("app:metadata", "app/__init__.py"),
        ("nowhere.models:Base", None),
        ("a.sql", "a.sql"),
    ],
)
def test_every_way_to_name_a_desired_state_has_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: str, uri: str | None
) -> None:
    """If it can be found without importing anything."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    for name in ("models.py", "a.sql", "app/models.py", "app/__init__.py"):
        (tmp_path / name).write_text('\nTable("marketplace_jobs")\n', encoding="utf-8")
    drift = DriftReport((TenantDrift("user_1", "drifted", (CHANGED_COLUMN,)),))
    place = read(drift_log(drift, label)).results[0].locations[0].physicalLocation
    assert (place and (place.artifactLocation.uri, place.region.startLine)) == (uri and (uri, 2))


def test_going_back_has_no_place_in_the_desired_state(desired: str) -> None:
    """Its goal is a snapshot."""
    backward = replace(FULL_PLAN, direction="backward")
    found = read(plan_log(backward, desired)).results
    assert found
    assert not [its for its in found if its.locations[0].physicalLocation]


def test_a_result_is_the_same_when_it_is_found_again() -> None:
    """Also if another tenant has it, too: so an alert is not opened again."""
    once, again = (
        read(
            drift_log(
                DriftReport(tuple(TenantDrift(name, "behind", MISSING_TABLE) for name in names))
            )
        )
        for names in (users(1), users(1, 2))
    )
    assert [its.partialFingerprints for its in once.results] == [
        its.partialFingerprints for its in again.results
    ]


def test_hostile_names_are_shown_and_no_links() -> None:
    """What a viewer would make a link of is taken apart."""
    run = read(drift_log(hostile_drift()))
    assert len(run.results) == len(HOSTILE)
    texts = [its.message.text for its in run.results]
    assert not [text for text in texts if "](" in text]
    assert all(line.isprintable() for text in texts for line in text.split("\n"))


def test_ten_thousand_tenants_are_a_file_that_is_taken() -> None:
    """GitHub takes ten megabytes; names are listed up to 500."""
    names = users(*range(10_000))
    text = drift_log(DriftReport(tuple(TenantDrift(its, "behind", MISSING_TABLE) for its in names)))
    assert len(text) < 200_000
    assert json.loads(text)["runs"][0]["results"][0]["properties"]["number"] == 10_000


def test_every_kind_of_hazard_has_a_level() -> None:
    """Whatever may lose data is an error."""
    assert {*LEVELS} == {*get_args(HazardKind)}
    assert LEVELS["data"] == "error"


def test_of_a_comment_the_object_is_the_place(desired: str) -> None:
    """The name of such a fact begins with a kind."""
    of = Difference("comment", "COLUMN marketplace_jobs.name", "extra", None, "'x'")
    drift = DriftReport((TenantDrift("user_1", "drifted", (of,)),))
    place = read(drift_log(drift, desired)).results[0].locations[0].physicalLocation
    assert place is not None
    assert place.region.startLine == 4


def test_a_plan_without_hazards_has_no_results() -> None:
    """Nor rules."""
    run = read(plan_log(plan(transition(users(1), Statement("SELECT 1")))))
    assert (run.results, run.tool.driver.rules) == ([], [])
    assert read(plan_log(plan(BLOCKED))).results
