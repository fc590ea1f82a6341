"""The journal remembers what was found: that saves work, and never hides a change."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import diffapply
from diffapply import api
from diffapply.errors import JournalError, RefusedError
from diffapply.model.plan import Plan
from diffapply.model.run import StepResult
from diffapply.planning.files import plan_file
from diffapply.rehearsal import cache
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.rollout import terms
from diffapply.tenants import tokens
from tests.servers import Database

_TENANTS = 12
_DESIRED = "create table jobs (id integer primary key, name text not null);"


class Looks:
    """Stands where progress is shown, and counts the tenants whose structure is read."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self, what: str, done: int, total: int, failed: int = 0) -> None:
        del failed
        if what == "fingerprint":
            self.read = max(self.read, done, total)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The roles that other tests make on the same server count for nothing."""
    monkeypatch.setattr(tokens, "server_wide_names", lambda _: 0)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> diffapply.Settings:
    """Tenants that are as desired."""
    (tmp_path / "desired.sql").write_text(_DESIRED)
    for number in range(1, _TENANTS + 1):
        database.execute(
            f"create schema user_{number}; set search_path = user_{number}; {_DESIRED}"
        )
    return diffapply.Settings(
        database_url=database.url, desired=str(tmp_path / "desired.sql"), jobs=2
    )


def _drifted(settings: diffapply.Settings, *, remember: bool = False) -> tuple[list[str], int]:
    """The tenants that are not in sync, and how many were read to know."""
    looks = Looks()
    report = api.drift(settings, remember=remember, progress=looks)
    return [tenant.name for tenant in report.tenants if tenant.state != "in_sync"], looks.read


def _full(settings: diffapply.Settings) -> diffapply.Settings:
    return diffapply.Settings(
        database_url=settings.database_url, desired=settings.desired, full=True
    )


@pytest.mark.postgres(18, prove=(15,))
def test_only_what_was_touched_is_read_again(
    database: Database, settings: diffapply.Settings
) -> None:
    """A change by hand is seen; so is one in a new tenant, and one that is dropped is forgotten."""
    assert _drifted(settings) == ([], _TENANTS)
    assert _drifted(settings, remember=True) == ([], _TENANTS)
    assert _drifted(settings) == ([], 0)
    database.execute(
        "alter table user_3.jobs alter name drop not null; insert into user_4.jobs values (1, 'a');"
        "drop schema user_5 cascade; create schema user_13"
    )
    assert _drifted(settings) == (["user_3", "user_13"], 2)
    assert _drifted(settings, remember=True) == (["user_3", "user_13"], 2)
    assert _drifted(settings) == (["user_3", "user_13"], 0)
    assert _drifted(_full(settings)) == (["user_3", "user_13"], _TENANTS)
    remembered = database.rows("select tenant from diffapply.look")
    assert sorted(remembered) == sorted(
        (f"user_{number}",) for number in range(1, _TENANTS + 2) if number != 5
    )


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("first", [True, pytest.param(False, marks=pytest.mark.prove)])
def test_what_apply_has_checked_need_not_be_read_again(
    database: Database, settings: diffapply.Settings, tmp_path: Path, *, first: bool
) -> None:
    """Apply reads each tenant of a batch at its end; whatever changes later is seen.

    The first run makes the journal after it has read the tokens.
    """
    settings = replace(settings, jobs=1)  # with two, the last tenant of each is done alone
    if not first:
        _drifted(settings, remember=True)
    (tmp_path / "desired.sql").write_text(f"{_DESIRED} create table tasks (id integer);")
    api.apply(settings, api.plan(settings))
    assert _drifted(settings) == ([], 0)
    database.execute("alter table user_3.jobs add column odd integer")
    assert _drifted(settings) == (["user_3"], 1)
    assert _drifted(_full(settings)) == (["user_3"], _TENANTS)


def test_drift_writes_nothing_unless_it_is_to_remember(
    database: Database, settings: diffapply.Settings
) -> None:
    """Not even where there is a journal."""
    _drifted(settings)
    assert database.value("select to_regnamespace('diffapply')") is None
    _drifted(settings, remember=True)
    database.execute("truncate diffapply.look")
    _drifted(settings)
    assert database.value("select count(*) from diffapply.look") == 0


@pytest.mark.prove
def test_a_plan_remembers_where_there_is_a_journal(
    database: Database, settings: diffapply.Settings
) -> None:
    """What it found, built and proved; where there is none, it makes none."""
    database.execute("drop table user_1.jobs")
    api.plan(settings)
    assert database.value("select to_regnamespace('diffapply')") is None
    api.drift(settings, remember=True)
    database.execute("truncate diffapply.look")
    api.plan(settings)
    assert database.value("select count(*) from diffapply.look") == _TENANTS
    assert database.value("select count(*) from diffapply.proof") == 2


def test_a_plan_tells_apply_what_it_found(
    database: Database,
    settings: diffapply.Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tokens of the tenants that it adds something to, journal or none; `full` uses none.

    Where it takes something away, nobody would see afterwards that it had changed.
    """
    database.execute(
        "drop table user_1.jobs; drop table user_2.jobs; alter table user_3.jobs add more text;"
        "alter table user_4.jobs alter name drop not null;"
        "alter table user_5.jobs alter name set default 'x'"
    )
    made = api.plan(settings)
    assert made.to_change == 5
    assert {*made.tokens} == {"user_1", "user_2", "user_4"}
    assert plan_file.digest(made) == plan_file.digest(replace(made, tokens={}))
    api.save_plan(made, tmp_path / "plan.json")
    assert api.load_plan(tmp_path / "plan.json") == made
    given = []

    def watched(*, plan: Plan, **_: object) -> None:
        given.append(plan.tokens)
        raise RefusedError("Seen.")

    monkeypatch.setattr(terms, "Terms", watched)
    for chosen in (settings, _full(settings)):
        with pytest.raises(RefusedError, match="Seen"):
            api.apply(chosen, made)
    assert given == [made.tokens, {}]


def test_what_was_proved_is_not_rehearsed_again(
    database: Database, settings: diffapply.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second plan is the first one; `full`, other rules and another goal are rehearsed."""
    database.execute("drop table user_1.jobs; alter table user_2.jobs add column more text")
    api.drift(settings, remember=True)
    first = api.plan(settings)
    rehearsed = []

    def watched(_self: Rehearsal, *_: object, **__: object) -> object:
        rehearsed.append(1)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Rehearsal, "prove", watched)
        again = api.plan(settings)
        assert (again.transitions, again.in_sync) == (first.transitions, first.in_sync)
        assert {f: s.ddl for f, s in again.shapes.items()} == {
            f: s.ddl for f, s in first.shapes.items()
        }
        with pytest.raises(RuntimeError):
            api.plan(_full(settings))
        with monkeypatch.context() as rules:
            rules.setattr(cache, "_rules", lambda: "other ones")
            with pytest.raises(RuntimeError):
                api.plan(settings)
        Path(str(settings.desired)).write_text(_DESIRED + "create table more (id integer)")
        with pytest.raises(RuntimeError):
            api.plan(settings)
    Path(str(settings.desired)).write_text(_DESIRED)
    result = api.apply(settings, api.plan(settings), allow_destructive=True)
    assert _statuses(result.tenants) == {"applied", "unchanged"}
    assert _drifted(settings)[0] == []


@pytest.mark.prove
def test_a_changed_proof_is_not_believed(database: Database, settings: diffapply.Settings) -> None:
    """It says what to do; forgotten, it is made again."""
    database.execute("drop table user_1.jobs")
    api.drift(settings, remember=True)
    first = api.plan(settings)
    for proof in ("", "[]", "{}", '{"statements": [{"sql": 1}]}'):
        database.execute(f"update diffapply.proof set proof = '{proof}'")
        with pytest.raises(JournalError, match="changed") as caught:
            api.plan(settings)
        assert "diffapply.proof" in caught.value.hint
    database.execute("truncate diffapply.proof")
    assert api.plan(settings).transitions == first.transitions


def _statuses(tenants: Sequence[StepResult]) -> set[str]:
    return {tenant.status for tenant in tenants}


@pytest.mark.prove
def test_a_tenant_that_names_another_is_always_read(
    database: Database, settings: diffapply.Settings
) -> None:
    """Its definitions change with what the other calls its objects."""
    database.execute(
        "alter table user_1.jobs add foreign key (id) references user_2.jobs; create schema user_13"
    )
    before = api.drift(settings, remember=True)
    database.execute("alter table user_2.jobs rename column id to number")
    after = api.drift(settings)
    named = {tenant.name: tenant.differences for tenant in before.tenants}
    assert {t.name for t in after.tenants if t.differences != named[t.name]} == {"user_1", "user_2"}


@pytest.mark.prove
def test_a_tenant_that_names_the_journal_is_always_read(
    database: Database, settings: diffapply.Settings
) -> None:
    """Its token does not tell when that changes."""
    api.drift(settings, remember=True)
    database.execute(
        "create function diffapply.f() returns integer language sql immutable return 1;"
        "alter table user_1.jobs add check (diffapply.f() > 0)"
    )
    before = api.drift(settings, remember=True)
    database.execute("alter function diffapply.f() rename to g")
    after = api.drift(settings)
    named = {tenant.name: tenant.differences for tenant in before.tenants}
    assert {t.name for t in after.tenants if t.differences != named[t.name]} == {"user_1"}


def test_a_journal_that_remembers_wrongly_is_found_out(
    database: Database, settings: diffapply.Settings
) -> None:
    """What it says of a shape is held against a tenant of that shape."""
    api.drift(settings, remember=True)
    database.execute("update diffapply.look set fingerprint = repeat('0', 64)")
    assert _drifted(settings) == ([], _TENANTS)


@pytest.mark.prove
def test_a_role_that_may_only_read_uses_what_is_remembered(
    database: Database, settings: diffapply.Settings
) -> None:
    """It is the same journal for a drift check in CI; a plan of such a role adds nothing to it."""
    api.drift(settings, remember=True)
    with database.role("reader") as role:
        database.execute(f"grant pg_read_all_data to {role}")
        url = database.url.replace("postgres@", f"{role}@")
        own = diffapply.Settings(database_url=url, desired=settings.desired)
        database.execute("truncate diffapply.look")
        api.drift(settings, remember=True)
        looks = Looks()
        assert api.drift(own, progress=looks).in_sync
        assert looks.read == 0
