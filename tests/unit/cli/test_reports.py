"""Reports: documents of a command, in files."""

import json
import os
from pathlib import Path

import pytest

from diffapply.config import Settings
from diffapply.model.drift import DriftReport
from tests.unit.cli.library import Library, Run
from tests.unit.render_samples import (
    BLOCKED,
    DRIFT,
    plan,
    users,
)


class TestReports:
    """--report KIND:FILE: the result once more, in a file."""

    def test_several_formats_in_one_run(self, run: Run, library: Library) -> None:
        """Each file has what --format would show, and standard output stays as it is."""
        library.report = DRIFT
        forms = ("json", "junit", "markdown", "github", "text")
        alone = {form: run("drift", "--format", form).out for form in forms}
        options = [its for form in forms for its in ("--report", f"{form}:{form}.out")]
        ended = run("drift", "--format", "text", *options)
        assert (ended.code, ended.out) == (2, alone["text"])
        written = {form: Path(f"{form}.out").read_text(encoding="utf-8") for form in forms}
        assert written == alone
        assert library.names == ["drift"] * 6

    @pytest.mark.parametrize(
        ("command", "form", "beginning"),
        [
            (["plan"], "sql", "-- diffapply plan"),
            (["apply", "--yes"], "json", "{"),
            (["apply", "--yes"], "text", "Run 7: 2 applied."),
            (["apply", "--yes"], "html", "<!DOCTYPE html>"),
            (["history"], "json", "{"),
            (["history", "12"], "html", "<!DOCTYPE html>"),
            (["provision", "user_1"], "json", "{"),
            (["provision", "user_1"], "html", "<!DOCTYPE html>"),
        ],
    )
    def test_every_command_that_has_formats_has_reports(
        self, run: Run, command: list[str], form: str, beginning: str
    ) -> None:
        """In each of its formats."""
        assert run(*command, "--report", f"{form}:a file: b").code == 0
        assert Path("a file: b").read_text(encoding="utf-8").startswith(beginning)
        assert {path.name for path in Path().iterdir()} == {".git", "a file: b"}

    def test_of_an_apply_that_does_nothing(self, run: Run, library: Library) -> None:
        """Also where all are blocked, or nothing is to do."""
        library.made = plan(BLOCKED, in_sync=users(1))
        ended = run("apply", "--yes", "--report", "json:run.json")
        document = json.loads(Path("run.json").read_text(encoding="utf-8"))
        assert [its["status"] for its in document["tenants"]] == ["unchanged", "refused", "refused"]
        assert ended.code == 3
        assert "unchanged" not in ended.out

    @pytest.mark.parametrize(
        ("reports", "named"),
        [
            (["junit"], "--report must be KIND:FILE"),
            (["junit:"], "--report must be KIND:FILE"),
            ([""], "--report is empty"),
            (["sql:a.sql"], "text, json, github, junit, markdown"),
            (["json:no/folder.json"], "json report cannot be written to no/folder.json: No such"),
            (["json:.git"], "it is a folder"),
            (["json:a\0b"], "cannot be written"),
            (["json:a", "junit:a"], "--report names a file twice"),
            (["json:a", "junit:./a"], "--report names a file twice"),
        ],
    )
    def test_a_mistake_is_found_before_anything_is_done(
        self, run: Run, library: Library, reports: list[str], named: str
    ) -> None:
        """An apply of an hour does not end with a folder that is missing."""
        options = [its for report in reports for its in ("--report", report)]
        ended = run("drift", *options)
        assert (ended.code, ended.out, library.calls) == (1, "", [])
        assert named in ended.err
        assert "Nothing was done." in ended.err

    def test_where_one_cannot_be_written_the_others_are(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The result is shown first, and what was done is not called nothing."""
        drift = library.drift

        def while_a_folder_comes(settings: Settings, **given: object) -> DriftReport:
            Path("a.json").mkdir()
            return drift(settings, **given)

        monkeypatch.setattr(library, "drift", while_a_folder_comes)
        ended = run("drift", "--report", "json:a.json", "--report", "junit:b.xml")
        assert ended.code == 1
        assert ended.out.startswith("In sync")
        assert "json report cannot be written to a.json: it is a folder." in ended.err
        assert "The command did its work all the same." in ended.err
        assert Path("b.xml").exists()

    def test_a_device_is_written_to_and_not_replaced(self, run: Run) -> None:
        """As a shell's >(…) gives one."""
        reading, writing = os.pipe()
        assert run("drift", "--report", f"junit:/dev/fd/{writing}").code == 0
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            assert pipe.read().startswith("<?xml")

    def test_a_command_with_one_format_has_none(self, run: Run) -> None:
        """What is pulled is a file of its own."""
        ended = run("pull", "--report", "text:a")
        assert (ended.code, "--report" in ended.err) == (1, True)

    def test_nor_do_those_of_other_commands_concern_it(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No option could take them back."""
        Path("pyproject.toml").write_text(
            "[tool.diffapply]\nformat = 'json'\nreports = ['json:no/folder.json']\n"
        )
        monkeypatch.setenv("DIFFAPPLY_FORMAT", "sarif")
        ended = run("pull", "--models")  # `init` and `shape` begin in the same way
        assert ended.err.startswith("Error: --models needs --out with the name of a .py file.")
