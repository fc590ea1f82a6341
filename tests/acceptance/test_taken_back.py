"""A desired state that tenants had before a later run: it is said before it is applied."""

from pathlib import Path

import pytest

import diffapply
from diffapply.model.plan import Plan
from diffapply.model.run import RunResult
from tests.servers import Cli, Database

_OLD = "create table jobs (id integer primary key, state text, name text)"
_NEW = "create table jobs (id integer primary key, name text); create index on jobs (name)"
_NEXT = f"{_NEW}; create table notes (id integer primary key)"


class Project:
    """A desired state that changes, and what it is applied to."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._path = folder / "desired.sql"
        self._url = database.url

    def plan(self, desired: str) -> Plan:
        """To that state."""
        return diffapply.plan(self._settings(desired))

    def try_it(self, made: Plan, *exclude: str) -> RunResult:
        """Some of a plan that was made before."""
        settings = diffapply.Settings(database_url=self._url, exclude=exclude)
        return diffapply.apply(settings, made, allow_destructive=True)

    def apply(self, desired: str, *exclude: str, message: str | None = None) -> RunResult:
        """All of the plan."""
        settings = self._settings(desired, *exclude, message=message)
        result = diffapply.apply(settings, diffapply.plan(settings), allow_destructive=True)
        assert result.exit_code == 0
        return result

    def _settings(
        self, desired: str, *exclude: str, message: str | None = None
    ) -> diffapply.Settings:
        self._path.write_text(desired)
        return diffapply.Settings(
            database_url=self._url, desired=str(self._path), exclude=exclude, message=message
        )


@pytest.fixture
def project(database: Database, tmp_path: Path) -> Project:
    return Project(database, tmp_path)


def test_an_older_checkout_is_told(database: Database, project: Project) -> None:
    """In the plan, and in what apply reports."""
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    project.apply(_OLD, "user_3")
    assert project.apply(_NEW, message="Add an index").notes == ()
    made = project.plan(_OLD)
    [run] = made.takes_back
    assert (run.id, run.message, run.tenants) == (2, "Add an index", 2)
    assert made.all_notes[0] == (
        f"this desired state is what 2 tenants had before {run.named}: to apply it takes back "
        "that run. Is the checkout older than what was applied?"
    )
    assert project.apply(_OLD).notes == made.all_notes[:1]


@pytest.mark.prove
def test_what_is_not_older_is_not(database: Database, cli: Cli, project: Project) -> None:
    """A tenant that is behind, one that was changed by hand, and all that just went back."""
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    project.apply(_OLD)
    project.apply(_NEW, "user_3")
    back = cli("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.err
    database.execute("alter table user_2.jobs add by_hand text")
    assert project.plan(_NEW).takes_back == ()
    assert project.apply(_NEXT).notes == ()


@pytest.mark.prove
def test_what_few_tenants_had_may_become_desired(database: Database, project: Project) -> None:
    """It was set right in one; that it is what all are to have now, takes nothing back."""
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    project.apply(_NEW, "user_3")
    database.execute(
        "create table user_3.jobs (id integer primary key, name text, by_hand text);"
        "create index on user_3.jobs (name)"
    )
    project.apply(_NEW)
    assert project.plan(_NEW.replace("name text", "name text, by_hand text")).takes_back == ()


def test_a_plan_for_some_tells_what_it_takes_back_in_these(
    database: Database, project: Project, tmp_path: Path
) -> None:
    """Also read from its file: in how many, and nothing where none of them had it."""
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    project.apply(_OLD, "user_3")
    project.apply(_NEW, "user_3")
    diffapply.save_plan(project.plan(_OLD), tmp_path / "plan.json")
    made = diffapply.load_plan(tmp_path / "plan.json")
    assert made.takes_back_in == {"user_1": (2,), "user_2": (2,)}
    assert project.try_it(made, "user_1", "user_2").notes == ()
    [note] = project.try_it(made, "user_1").notes
    assert note.startswith("this desired state is what 1 tenant had before run 2 ")
