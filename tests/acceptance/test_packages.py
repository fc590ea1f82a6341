"""What is packaged for CI and containers does what docs/packages.md says."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.servers import Cli, Database

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "packages.md").read_text(encoding="utf-8")
ACTION = ROOT / "packages" / "action.sh"

MODELS = """
from sqlalchemy import Column, Integer, MetaData, Table, Text
metadata = MetaData()
Table("notes", metadata, Column("id", Integer, primary_key=True), Column("body", Text))
"""


def loaded(name: str) -> Any:  # noqa: ANN401 - any YAML
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def project(tmp_path: Path, database: Database) -> Path:
    """A project as the packages expect it, with one tenant at its desired state and one drifted."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_text(MODELS, encoding="utf-8")
    database.execute(
        "create schema user_1; create table user_1.notes (id serial primary key, body text);"
        "create schema user_2; create table user_2.notes (id serial primary key)"
    )
    return tmp_path


class Action:
    """Runs the script of the GitHub Action as a runner does, and reads what it leaves."""

    def __init__(self, project: Path, url: str) -> None:
        self.project = project
        self._files = {its: project / its for its in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        inputs = loaded("action.yml")["inputs"]
        self._environ = Cli(url).environment(
            {
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "COMMAND": inputs["command"]["default"],
                "ARGUMENTS": inputs["arguments"]["default"],
                "REPORTS": inputs["reports"]["default"],
                "DIFFAPPLY_DESIRED": "app/models.py:metadata",
                **{name: str(path) for name, path in self._files.items()},
            }
        )

    def __call__(self, **inputs: str) -> "subprocess.CompletedProcess[str]":
        for path in self._files.values():
            path.write_text("", encoding="utf-8")
        return subprocess.run(
            [str(ACTION)],
            env=self._environ | inputs,
            cwd=self.project,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @property
    def outputs(self) -> dict[str, str]:
        lines = self._files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        return self._files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


@pytest.fixture
def action(project: Path, database: Database) -> Action:
    return Action(project, database.url)


class TestAction:
    """The GitHub Action."""

    def test_drift_fails_the_job_and_leaves_reports(self, action: Action, project: Path) -> None:
        ended = action()
        assert ended.returncode == 2
        assert ended.stdout.startswith("::error title=diffapply%3A drifted")
        assert action.outputs == {
            "exit-code": "2",
            **{kind: f"diffapply-reports/drift.{kind}" for kind in ("html", "json", "sarif")},
        }
        assert action.summary.startswith("### diffapply drift")
        reports = project / "diffapply-reports"
        sarif = json.loads((reports / "drift.sarif").read_text(encoding="utf-8"))
        [result] = sarif["runs"][0]["results"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "app/models.py"
        assert place["region"]["startLine"] == 4
        suite = ET.parse(reports / "drift.xml").getroot()  # noqa: S314 - our own
        assert suite.attrib["failures"] == "1"
        assert "user_2" in (reports / "drift.html").read_text(encoding="utf-8")

    @pytest.mark.prove
    def test_plan_does_not_unless_asked(self, action: Action) -> None:
        """Each line of `arguments` is one argument, whatever is in it."""
        ended = action(COMMAND="plan", ARGUMENTS="--only\nuser_*\n\n--exclude\n$(false) ; false\n")
        assert (ended.returncode, action.outputs["exit-code"]) == (0, "0")
        assert "ADD COLUMN body text" in ended.stdout
        assert action.outputs["html"] == "diffapply-reports/plan.html"
        assert action(COMMAND="plan", ARGUMENTS="--exit-code").returncode == 2

    @pytest.mark.prove
    def test_plan_fails_if_a_tenant_is_blocked(self, action: Action, database: Database) -> None:
        """A merge would not help it."""
        database.execute(
            "alter table user_2.notes add extra text; create schema reports;"
            "create view reports.extras as select extra from user_2.notes"
        )
        ended = action(COMMAND="plan")
        assert (ended.returncode, action.outputs["exit-code"]) == (3, "3")

    @pytest.mark.prove
    def test_where_it_does_not_come_so_far_no_old_report_is_named(self, action: Action) -> None:
        """A runner may keep its folder."""
        assert action().returncode == 2
        ended = action(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
        assert ended.returncode == 1
        assert action.outputs == {"exit-code": "1"}
        assert action.summary == ""

    def test_no_other_command_is_run(self, action: Action) -> None:
        """Of an apply, nobody would be asked."""
        ended = action(COMMAND="apply")
        assert (ended.returncode, action.outputs) == (1, {})
        assert "Nothing was done." in ended.stdout

    def test_without_a_database_none_is_made_up(self, action: Action) -> None:
        """A pull request from a fork gets no secrets; the embedded server has no tenants."""
        ended = action(DATABASE_URL="")
        assert (ended.returncode, action.outputs) == (1, {})
        assert "database-url is empty" in ended.stdout

    def test_inputs_never_become_part_of_a_script(self) -> None:
        """They are passed as variables; and all of them exist, and are explained."""
        described = loaded("action.yml")
        text = (ROOT / "action.yml").read_text(encoding="utf-8")
        used = {*re.findall(r"\$\{\{ inputs\.([\w-]+) }}", text)}
        assert used == {*described["inputs"]}
        assert not [its for its in described["runs"]["steps"] if "${{" in its.get("run", "")]
        for name in described["inputs"]:
            assert f"| `{name}` |" in PAGE
        script = ACTION.read_text(encoding="utf-8")
        named = {name for step in described["runs"]["steps"] for name in step.get("env", {})}
        for name in re.findall(r"\$\{?([A-Z_]+)", script):
            assert name in named or name.startswith("GITHUB_")

    def test_the_workflow_gives_only_inputs_that_there_are(self) -> None:
        """Both in the file to be copied and on the page."""
        [action] = [
            step
            for step in loaded("packages/github.yml")["jobs"]["drift"]["steps"]
            if step["uses"].startswith("OWNER/diffapply")
        ]
        [shown] = yaml.safe_load(re.findall(r"```yaml\n(- uses:.*?)```", PAGE, re.DOTALL)[0])
        described = loaded("action.yml")["inputs"]
        for given in (action["with"], shown["with"]):
            assert {*given} <= {*described}
            assert {name for name, its in described.items() if its.get("required")} <= {*given}
        outputs = re.findall(
            r"steps\.diffapply\.outputs\.([\w-]+)",
            (ROOT / "packages" / "github.yml").read_text(encoding="utf-8"),
        )
        assert {*outputs} <= {*loaded("action.yml")["outputs"]}


def _gitlab_job(name: str) -> dict[str, Any]:
    jobs = loaded("packages/gitlab.yml")
    return {**jobs[jobs[name]["extends"]], **jobs[name]}


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        ("diffapply-drift", ""),
        pytest.param(
            "diffapply-plan",
            "{ code=$?; [ $code -eq 2 ] || exit $code; }",
            marks=pytest.mark.prove,
        ),
    ],
)
def test_the_jobs_of_gitlab(cli: Cli, project: Path, name: str, passes: str) -> None:
    """Each script runs with the job's variables, and leaves what the job keeps."""
    job = _gitlab_job(name)
    [script] = job["script"]
    command, _, otherwise = script.partition(" || ")
    assert otherwise == passes
    program, *arguments = shlex.split(command)
    assert program == "diffapply"
    outcome = cli(*arguments, cwd=project, env=job["variables"])
    assert (outcome.code, "user_2" in outcome.out) == (2, True)
    shared = loaded("packages/gitlab.yml")[".diffapply"]["artifacts"]
    kept = [*shared["paths"], *job["artifacts"].get("reports", {}).values()]
    assert all((project / file).is_file() for file in kept)


class TestHooks:
    """The hooks of pre-commit."""

    def test_each_has_what_pre_commit_needs(self) -> None:
        for hook in loaded(".pre-commit-hooks.yaml"):
            assert {"id", "name", "entry", "language"} <= {*hook}
            assert f"`{hook['id']}`" in PAGE
            assert hook["pass_filenames"] is False

    def test_the_desired_state_is_built_where_no_tenant_is(self, cli: Cli, tmp_path: Path) -> None:
        """And no database that the environment names is asked."""
        [entry] = [
            hook["entry"]
            for hook in loaded(".pre-commit-hooks.yaml")
            if hook["id"] == "diffapply-desired"
        ]
        unset, _, command = entry.partition(" diffapply ")
        assert unset == "env -u DATABASE_URL -u DIFFAPPLY_DATABASE_URL"
        for text, code in (("create table a ();", 0), ("create table a (b nonsense);", 1)):
            (tmp_path / "a.sql").write_text(text, encoding="utf-8")
            outcome = cli(*shlex.split(command), "--desired", "a.sql", cwd=tmp_path)
            assert outcome.code == code, outcome.err

    def test_drift_is_found(self, cli: Cli, project: Path) -> None:
        [entry] = [
            hook["entry"]
            for hook in loaded(".pre-commit-hooks.yaml")
            if hook["id"] == "diffapply-drift"
        ]
        _, *arguments = shlex.split(entry)
        desired = ("--desired", "app/models.py:metadata")
        assert cli(*arguments, *desired, cwd=project).code == 2


class TestDockerfile:
    """The image; it cannot be built in a test."""

    LINES = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    STEPS = tuple(line.split(maxsplit=1) for line in LINES if line and not line.startswith("#"))

    def of(self, instruction: str) -> list[str]:
        return [rest for name, rest in self.STEPS if name == instruction]

    def test_its_instructions_are_known_and_its_bases_have_versions(self) -> None:
        known = {"FROM", "RUN", "COPY", "ENV", "USER", "WORKDIR", "ENTRYPOINT", "CMD"}
        assert {name for name, _ in self.STEPS} <= known
        assert all(re.match(r"python:3\.\d+-slim", base) for base in self.of("FROM"))

    def test_it_copies_what_is_there_and_is_sent(self) -> None:
        """Docker sends what .dockerignore does not leave out."""
        ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        sources = [
            name.removeprefix("./")
            for copied in self.of("COPY")
            if not copied.startswith("--from")
            for name in copied.split()[:-1]
        ]
        assert len(sources) >= 4
        for name in sources:
            assert (ROOT / name).exists()
            assert f"!{name}" in ignored

    def test_it_runs_diffapply_as_a_plain_user(self) -> None:
        assert self.STEPS[-2:] == (["ENTRYPOINT", '["diffapply"]'], ["CMD", '["--help"]'])
        [user] = self.of("USER")
        assert user != "root"
        assert any(f"useradd --create-home --uid 10001 {user}" in its for its in self.of("RUN"))
