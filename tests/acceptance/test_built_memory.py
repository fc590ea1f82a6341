"""What a desired state is built to is remembered: then no scratch is made to find out nothing.

Whatever it depends on makes it built anew; and where code takes part, it is built each time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

import diffapply
from diffapply import api
from diffapply.config.variant import Variant
from diffapply.errors import DesiredStateError, JournalError
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.scratch import ahead
from diffapply.scratch import database as scratch_module
from diffapply.scratch.making import make_database
from diffapply.tenants import tokens
from tests.acceptance.gallery import gallery
from tests.acceptance.mutations import MUTATIONS
from tests.servers import Cli, Database, Server

_TENANTS = 3
_DESIRED = """
create type mood as enum ('good', 'größer');
create table jobs (id integer primary key, mood mood, name text not null default 'it''s');
create view names as select name from jobs;
comment on table jobs is 'what is "to be" done \\ here';
"""
_GOALS = "select count(*) from diffapply.proof where position(':' in key) > 0"
"""How many goals the journal remembers; proofs of transitions have other keys."""


def _cases(names: Iterable[str], *now: str) -> list[ParameterSet]:
    """All of them as parameters; `make test` tries some, or the first one."""
    all_names = [*names]
    quick = now or all_names[:1]
    assert {*quick} <= {*all_names}
    return [pytest.param(n, marks=() if n in quick else pytest.mark.prove) for n in all_names]


class Scratch:
    """Counts what is made and opened."""

    def __init__(self) -> None:
        self.made = 0
        self.opened = 0

    def used(self, doing: Callable[[], object]) -> bool:
        """Whether something is built to do this. Nothing is made in vain."""
        self.made = self.opened = 0
        doing()
        assert (self.made > 0) is (self.opened > 0)
        return self.opened > 0


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The roles that other tests make on the same server count for nothing."""
    monkeypatch.setattr(tokens, "server_wide_names", lambda _: 0)


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Scratch:
    """Counts the scratch databases from now on."""
    seen = Scratch()
    opened = Rehearsal.__init__

    def opening(self: Rehearsal, *given: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
        seen.opened += 1
        opened(self, *given, **named)

    def making(*given: Any) -> object:  # noqa: ANN401 - passed on
        seen.made += 1
        return make_database(*given)

    monkeypatch.setattr(Rehearsal, "__init__", opening)
    for module in (ahead, scratch_module):
        monkeypatch.setattr(module, "make_database", making)
    return seen


@pytest.fixture
def role(owner_url: str, database: Database) -> str:
    """The role that owns the tenants; it is no superuser."""
    assert owner_url
    return f"owner_of_{database.name}"


@pytest.fixture
def fresh(database: Database, owner_url: str, role: str, tmp_path: Path) -> diffapply.Settings:
    """Empty tenants, and no journal."""
    (tmp_path / "desired.sql").write_text(_DESIRED, "utf-8")
    for number in range(1, _TENANTS + 1):
        database.execute(f"create schema user_{number} authorization {role}")
    return diffapply.Settings(database_url=owner_url, desired=str(tmp_path / "desired.sql"), jobs=2)


@pytest.fixture
def settings(fresh: diffapply.Settings, database: Database) -> diffapply.Settings:
    """Tenants that the first run has brought to the desired state; it has made the journal."""
    api.apply(fresh, api.plan(fresh))
    assert database.value(_GOALS) == 1
    return fresh


def _drifted(settings: diffapply.Settings) -> list[str]:
    return [its.name for its in api.drift(settings).tenants if its.state != "in_sync"]


def test_after_the_first_apply_nothing_is_made_to_find_nothing(
    settings: diffapply.Settings, scratch: Scratch
) -> None:
    """What the plan found out is kept in the journal that its run makes."""
    assert not scratch.used(lambda: api.drift(settings))
    assert not scratch.used(lambda: api.plan(settings))
    assert api.drift(settings).in_sync
    assert api.plan(settings).to_change == 0


def test_drift_by_hand_is_found_without_scratch(
    database: Database, settings: diffapply.Settings, scratch: Scratch
) -> None:
    """Of whatever kind; a tenant that is new, too."""
    database.execute("alter table user_2.jobs add column more text; create schema user_4")
    assert not scratch.used(lambda: api.drift(settings))
    assert _drifted(settings) == ["user_2", "user_4"]
    database.execute("drop schema user_4; drop view user_3.names")
    assert _drifted(settings) == ["user_2", "user_3"]
    database.execute("alter type user_1.mood rename value 'good' to 'better'")
    assert _drifted(settings) == ["user_1", "user_2", "user_3"]
    api.apply(settings, api.plan(settings), allow_destructive=True)
    assert not scratch.used(lambda: api.drift(settings))
    assert api.drift(settings).in_sync


def test_a_plan_remembers_what_it_has_built(
    database: Database, settings: diffapply.Settings, scratch: Scratch
) -> None:
    """The next one needs no scratch for the same; nor does drift, which sees the tenants behind."""
    Path(str(settings.desired)).write_text(f"{_DESIRED}; create table tasks (id integer);", "utf-8")
    first = api.plan(settings)
    assert database.value(_GOALS) == 2
    assert not scratch.used(lambda: api.plan(settings))
    assert api.plan(settings).transitions == first.transitions
    assert not scratch.used(lambda: api.drift(settings))
    assert len(_drifted(settings)) == _TENANTS


def test_without_a_journal_nothing_is_remembered(
    database: Database, fresh: diffapply.Settings, scratch: Scratch
) -> None:
    """Neither a plan nor drift makes one, unless it is to remember."""
    for _ in range(2):
        assert scratch.used(lambda: api.plan(fresh))
        assert scratch.used(lambda: api.drift(fresh))
    assert database.value("select to_regnamespace('diffapply')") is None
    assert scratch.used(lambda: api.drift(fresh, remember=True))
    assert not scratch.used(lambda: api.drift(fresh))
    assert len(_drifted(fresh)) == _TENANTS


def test_drift_alone_writes_nothing(database: Database, settings: diffapply.Settings) -> None:
    """Not even where there is a journal."""
    database.execute("truncate diffapply.proof")
    api.drift(settings)
    assert database.value(_GOALS) == 0
    api.drift(settings, remember=True)
    assert database.value(_GOALS) == 1


def test_a_plan_in_a_file_brings_nothing_to_remember(
    database: Database, fresh: diffapply.Settings, tmp_path: Path
) -> None:
    """Whoever applies it need not trust what others say that was built."""
    made = api.plan(fresh)
    assert made.proofs
    api.save_plan(made, tmp_path / "plan.json")
    read = api.load_plan(tmp_path / "plan.json")
    assert read == made
    assert not read.proofs
    api.apply(fresh, read)
    assert database.value("select count(*) from diffapply.proof") == 0


_ANEW = {
    "a setting of the role": "alter role {role} set default_toast_compression = 'pglz'",
    "where tables are": "alter role {role} set default_tablespace = 'pg_default'",
    "how tables are stored": "alter role {role} set default_table_access_method = 'heap'",
    "a setting of the models": "alter role {role} set app.edition = 'large'",
    "a setting of the database": "alter database {database} set default_tablespace = 'pg_default'",
    "a time zone": "alter role {role} in database {database} set timezone = 'Asia/Tokyo'",
    "a search path": "alter role {role} set search_path = shared, public",
    "a default privilege": "alter default privileges for role {role}"
    " revoke execute on functions from public",
    "an extension more": "create extension pg_trgm",
    "an extension's version": "alter extension citext update",
    "an extension's place": "alter extension hstore set schema shared",
    "a shared function": "create or replace function public.size() returns integer"
    " language sql as 'select 2'",
    "a shared table": "alter table public.kinds add column more text",
    "a foreign server": "create foreign data wrapper nothing; create server far"
    " foreign data wrapper nothing",
}
"""What changes around the tenants → how."""

_ON_OTHERS = """
create table jobs (
    id integer primary key, size integer default size(), kind integer references kinds, name citext
)
"""


@pytest.mark.parametrize("change", _cases(_ANEW, "a shared function"))
def test_what_it_depends_on_makes_it_built_anew(
    database: Database, fresh: diffapply.Settings, role: str, scratch: Scratch, change: str
) -> None:
    """And that is remembered in turn. In the tenants, nothing has changed."""
    database.execute(
        f"create schema shared; grant usage on schema shared to {role};"
        "create extension citext version '1.5'; create extension hstore;"
        "create function public.size() returns integer language sql as 'select 1';"
        f"create table public.kinds (id integer primary key); alter table kinds owner to {role}"
    )
    settings = fresh
    Path(str(settings.desired)).write_text(_ON_OTHERS)
    api.apply(settings, api.plan(settings))
    assert not scratch.used(lambda: api.plan(settings))
    database.execute(_ANEW[change].format(role=role, database=database.name))
    assert scratch.used(lambda: api.drift(settings))
    assert api.drift(settings) == api.drift(replace(settings, full=True))
    assert scratch.used(lambda: api.plan(settings))
    assert database.value(_GOALS) == 2
    assert not scratch.used(lambda: api.plan(settings))


@pytest.mark.prove
def test_what_it_depends_on_makes_tenants_differ(
    database: Database, fresh: diffapply.Settings, role: str
) -> None:
    """They are what the desired state was built to earlier; that is not what it means now."""
    database.execute(f"create table public.kinds (id integer); alter table kinds owner to {role}")
    Path(str(fresh.desired)).write_text("create view all_kinds as select * from public.kinds")
    api.apply(fresh, api.plan(fresh))
    assert _drifted(fresh) == []
    database.execute("alter table public.kinds add column more text")
    for _ in range(2):
        assert len(_drifted(fresh)) == _TENANTS
        assert api.drift(fresh) == api.drift(replace(fresh, full=True))
        assert api.plan(fresh).to_change == _TENANTS
    database.execute("alter table public.kinds drop column more")
    assert _drifted(fresh) == []


def test_what_was_built_on_is_missed_when_it_is_gone(
    database: Database, fresh: diffapply.Settings, role: str
) -> None:
    """As if nothing were remembered."""
    database.execute("create function public.size() returns integer language sql as 'select 1'")
    Path(str(fresh.desired)).write_text("create table jobs (size integer default size())")
    api.apply(fresh, api.plan(fresh))
    database.execute("alter function public.size() rename to extent")
    for do in (api.drift, api.plan):
        with pytest.raises(DesiredStateError, match=r"size\(\) does not exist"):
            do(fresh)
    assert role


def _with_variant(settings: diffapply.Settings) -> diffapply.Settings:
    more = Path(str(settings.desired)).with_name("more.sql")
    more.write_text("create table more (id integer);")
    return replace(settings, variants={"user_1": Variant("us", "why", sql=(str(more),))})


_ASKED: dict[str, Callable[[diffapply.Settings], diffapply.Settings]] = {
    "a template": lambda its: replace(its, templates=("public",)),
    "a search path": lambda its: replace(its, search_path=()),
    "a variant": _with_variant,
    "more files": lambda its: replace(
        its, desired=(*_with_variant(its).variants["user_1"].sql, str(its.desired))
    ),
    "a token": lambda its: replace(its, tenant_token="app"),
    "privileges": lambda its: replace(its, privileges=True),
}
"""What is asked for → the settings that ask for it."""


@pytest.mark.parametrize("asked", _cases(_ASKED, "a template", "privileges"))
def test_what_is_asked_for_makes_it_built_anew(
    database: Database, settings: diffapply.Settings, scratch: Scratch, asked: str
) -> None:
    """And all that is remembered in turn; without it, all is as it was."""
    database.execute("create table public.others (id integer)")
    api.plan(settings)
    before = database.value(_GOALS)
    other = _ASKED[asked](settings)
    assert scratch.used(lambda: api.plan(other))
    assert database.value(_GOALS) == before + 1
    # What the role gives to others is asked in scratch.
    assert scratch.used(lambda: api.plan(other)) is (asked == "privileges")
    assert database.value(_GOALS) == before + 1
    assert not scratch.used(lambda: api.drift(settings))


@pytest.mark.parametrize(
    ("old", "new", "drifts"),
    [
        ("not null", "", True),
        ("'größer'", "'größer', 'best'", True),
        ("not null", "not  null", False),
        pytest.param("default", "/* none */ default", False, marks=pytest.mark.prove),
    ],
)
def test_another_text_is_built_anew(
    settings: diffapply.Settings, scratch: Scratch, old: str, new: str, *, drifts: bool
) -> None:
    """Also if it says the same."""
    file = Path(str(settings.desired))
    assert old in _DESIRED
    file.write_text(_DESIRED.replace(old, new), "utf-8")
    assert scratch.used(lambda: api.drift(settings))
    assert api.drift(settings).in_sync is not drifts
    file.write_text(_DESIRED, "utf-8")
    assert not scratch.used(lambda: api.drift(settings))
    assert api.drift(settings).in_sync


@pytest.mark.prove
def test_files_that_are_run_in_another_order_are_built_anew(
    fresh: diffapply.Settings, tmp_path: Path, scratch: Scratch
) -> None:
    """Their texts are the same."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("b", "c"):
        (folder / f"{name}.sql").write_text(f"comment on table jobs is '{name}';")
    (folder / "a.sql").write_text("create table jobs (id integer);")
    settings = replace(fresh, desired=str(folder))
    api.apply(settings, api.plan(settings))
    assert not scratch.used(lambda: api.drift(settings))
    (folder / "b.sql").rename(folder / "d.sql")
    assert scratch.used(lambda: api.drift(settings))
    assert len(_drifted(settings)) == _TENANTS


def test_full_builds_all_again(
    database: Database, settings: diffapply.Settings, scratch: Scratch
) -> None:
    """Whatever the journal says."""
    full = replace(settings, full=True)
    database.execute("update diffapply.proof set proof = '{}'")
    assert scratch.used(lambda: api.drift(full))
    assert scratch.used(lambda: api.plan(full))
    assert api.drift(full).in_sync


_MODELS = """
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

metadata = sa.MetaData()
jobs = sa.Table("jobs", metadata, sa.Column("id", sa.Integer, primary_key=True))
"""
_SAYS = """
def say(target, connection, **_):
    said = Path(__file__).with_name("said").read_text()
    connection.execute(sa.text(f"comment on table jobs is '{said}'"))
"""


def test_models_are_remembered(fresh: diffapply.Settings, tmp_path: Path, scratch: Scratch) -> None:
    """With what they execute besides, if they say it without a line of Python."""
    models = tmp_path / "plain_models.py"
    ddl = "sa.DDL(\"comment on table jobs is 'all'\")"
    models.write_text(f"{_MODELS}\nevent.listen(metadata, 'after_create', {ddl})")
    settings = replace(fresh, desired=f"{models}:metadata")
    api.apply(settings, api.plan(settings))
    assert not scratch.used(lambda: api.drift(settings))
    assert not scratch.used(lambda: api.plan(settings))
    assert api.drift(settings).in_sync


def test_changed_models_are_built_anew(cli: Cli, database: Database, tmp_path: Path) -> None:
    """In each process they are read again."""
    database.execute("create schema user_1")
    models = tmp_path / "models.py"
    models.write_text(_MODELS)
    assert cli("apply", "--desired", "models.py:metadata", "--yes", cwd=tmp_path).code == 0
    assert cli("drift", "--desired", "models.py:metadata", cwd=tmp_path).code == 0
    models.write_text(_MODELS.replace("sa.Integer", "sa.BigInteger"))
    found = cli("drift", "--desired", "models.py:metadata", cwd=tmp_path)
    assert (found.code, "bigint" in found.out) == (2, True), found.out + found.err


_LISTENING = {
    "after all": 'event.listen(metadata, "after_create", say)',
    "once": 'event.listen(metadata, "after_create", say, once=True)',
    "of a sequence": 'numbers = sa.Sequence("numbers", metadata=metadata)\n'
    'event.listen(jobs, "after_create", sa.DDL("select 1"))\n'
    'event.listen(numbers, "after_create", lambda target, connection, **_: connection.execute(\n'
    "    sa.text(\"comment on sequence numbers is '%s'\" "
    '% Path(__file__).with_name("said").read_text())))',
    "of every connection": "@event.listens_for(sa.Engine, 'before_cursor_execute')\n"
    "def heard(connection, cursor, statement, *_):\n"
    "    if 'CREATE TABLE' in statement:\n"
    "        said = Path(__file__).with_name('said').read_text()\n"
    "        cursor.execute(f'create table \"{said}\" (id integer)')",
}
"""When models run code of their own → the lines that do it."""


@pytest.mark.parametrize("when", _cases(_LISTENING, "once"))
def test_models_that_run_code_are_always_built(
    cli: Cli, database: Database, tmp_path: Path, when: str
) -> None:
    """What it does is seen, and need not be the same as before."""
    database.execute("create schema user_1")
    (tmp_path / "models.py").write_text(f"{_MODELS}{_SAYS}{_LISTENING[when]}\n")
    (tmp_path / "said").write_text("one")
    options = ("--desired", "models.py:metadata")
    assert cli("apply", *options, "--yes", cwd=tmp_path).code == 0
    assert database.value(_GOALS) == 0
    assert "'one'" in database.dump("user_1") or "one (" in database.dump("user_1")
    assert cli("drift", *options, cwd=tmp_path).code == 0
    (tmp_path / "said").write_text("other")
    found = cli("drift", *options, cwd=tmp_path)
    assert found.code == 2, found.out + found.err
    assert "other" in found.out


@pytest.mark.prove
def test_a_listener_in_the_process_is_heard(
    fresh: diffapply.Settings, tmp_path: Path, scratch: Scratch
) -> None:
    """Each time, without a word in the journal."""
    models = tmp_path / "listening_models.py"
    models.write_text(f"{_MODELS}{_SAYS}{_LISTENING['after all']}\n")
    (tmp_path / "said").write_text("one")
    settings = replace(fresh, desired=f"{models}:metadata")
    api.apply(settings, api.plan(settings))
    for _ in range(2):
        assert scratch.used(lambda: api.plan(settings))
        assert scratch.used(lambda: api.drift(settings))
    assert api.drift(settings).in_sync
    (tmp_path / "said").write_text("other")
    assert len(_drifted(settings)) == _TENANTS


_TABLE = "create table jobs (id integer, at timestamptz not null) partition by range (at);"
_COMPUTED = {
    "this moment": f"{_TABLE} create table now partition of jobs"
    " for values from (current_timestamp) to (current_timestamp + interval '1 day')",
    "a block": f"{_TABLE} do $$ begin execute format('create table %I partition of jobs default',"
    " gen_random_uuid()); end $$",
    "a routine": f"{_TABLE} create function make() returns void language plpgsql as $$ begin"
    " execute format('create table %I partition of jobs default', gen_random_uuid()); end $$;"
    " select make()",
    "a procedure": f"{_TABLE} create procedure make() language plpgsql as $$ begin"
    " execute format('create table %I partition of jobs default', gen_random_uuid()); end $$;"
    " call make()",
}
"""What is another each time it is built → SQL that builds it."""


@pytest.mark.parametrize("what", _cases(_COMPUTED))
def test_what_sql_computes_is_always_built(fresh: diffapply.Settings, what: str) -> None:
    """Partitions for the coming days, for example: tomorrow there are others."""
    Path(str(fresh.desired)).write_text(_COMPUTED[what])
    api.apply(fresh, api.plan(fresh))
    assert len(_drifted(replace(fresh, full=True))) == _TENANTS
    assert len(_drifted(fresh)) == _TENANTS


@pytest.mark.prove
def test_what_sql_asks_the_server_is_always_built(
    database: Database, fresh: diffapply.Settings
) -> None:
    """For example, whether there is a role."""
    reader = f"reader_of_{database.name}"
    Path(str(fresh.desired)).write_text(
        "create table jobs (id integer); alter table jobs enable row level security;"
        f"do $$ begin if exists (select from pg_roles where rolname = '{reader}') then"
        f" create policy reading on jobs for select to {reader} using (true); end if; end $$"
    )
    api.apply(fresh, api.plan(fresh))
    assert _drifted(fresh) == []
    database.execute(f"create role {reader}")
    try:
        assert len(_drifted(replace(fresh, full=True))) == _TENANTS
        assert len(_drifted(fresh)) == _TENANTS
    finally:
        database.execute(f"drop role {reader}")


@pytest.mark.prove
def test_whoever_is_connected_may_be_what_it_says(database: Database, tmp_path: Path) -> None:
    """For another role, the same text builds something else."""
    (tmp_path / "desired.sql").write_text(
        "create table jobs (id integer); alter table jobs enable row level security;"
        "create policy own on jobs to current_user using (true)"
    )
    other = f"admin_of_{database.name}"
    database.execute(f"create schema user_1; create role {other} login superuser")
    try:
        settings = diffapply.Settings(
            database_url=database.url, desired=str(tmp_path / "desired.sql")
        )
        api.apply(settings, api.plan(settings))
        assert api.drift(settings).in_sync
        theirs = replace(settings, database_url=database.server.url(database.name, other))
        assert not api.drift(replace(theirs, full=True)).in_sync
        assert not api.drift(theirs).in_sync
    finally:
        database.execute(f"drop role {other}")


_DAMAGED = {
    "nothing": "",
    "no JSON": "{",
    "another value": "null",
    "an object": "{}",
    "a proof": '{"statements": []}',
    "names": '["jobs"]',
    "a fact in part": '[["table", "jobs", "jobs"]]',
    "a fact with more": '[["table", "jobs", "jobs", "TABLE", 1, 2]]',
    "a wrong value": '[["table", "jobs", "jobs", 1, 1]]',
    "a kind that is unknown": '["0", [["tabel", "jobs", "jobs", "TABLE", 1]]]',
    "other facts": '["0", []]',
}
"""What somebody has left of a goal."""


@pytest.mark.parametrize("left", _cases(_DAMAGED, "an object", "a kind that is unknown"))
def test_a_damaged_goal_is_told(
    database: Database, settings: diffapply.Settings, left: str
) -> None:
    """Forgotten, it is built again."""
    cli = Cli(str(settings.database_url))
    folder = Path(str(settings.desired)).parent
    database.execute("update diffapply.proof set proof = %s", _DAMAGED[left])
    for command in ("drift", "plan"):
        outcome = cli(command, "--desired", "desired.sql", cwd=folder)
        assert outcome.code == 1, outcome.out
        assert "was changed after it was written" in outcome.err
        assert "diffapply.proof" in outcome.err
        assert "Internal error" not in outcome.err
        assert "Traceback" not in outcome.err
    database.execute("truncate diffapply.proof")
    assert cli("drift", "--desired", "desired.sql", cwd=folder).code == 0


@pytest.fixture
def other_role(database: Database) -> Iterator[str]:
    """A role that has nothing to do with the tenants, gone after the test."""
    with database.role("other_of") as name:
        yield name


@pytest.mark.parametrize("right", _cases(["insert", "update"]))
def test_what_others_may_have_written_is_not_read(
    database: Database,
    settings: diffapply.Settings,
    other_role: str,
    scratch: Scratch,
    right: str,
) -> None:
    """Unless they are trusted."""
    database.execute(f"grant usage on schema diffapply to {other_role}")
    database.execute(f"grant select on diffapply.proof to {other_role}")
    assert not scratch.used(lambda: api.drift(settings))
    database.execute(
        f"grant {right} on diffapply.proof to {other_role};"
        "update diffapply.proof set proof = '{}'"
    )
    assert scratch.used(lambda: api.drift(settings))
    assert api.drift(settings).in_sync
    assert api.plan(settings).to_change == 0
    with pytest.raises(JournalError, match="changed"):
        api.drift(replace(settings, trust_tenants=True))


@pytest.mark.prove
@pytest.mark.postgres(15, 16, 17, 18)
def test_what_is_remembered_is_what_is_built(server: Server, tmp_path: Path) -> None:
    """Of a tenant with something of everything: reports and plans are the same, to the letter."""
    names = ["rich.sql", *(["rich_18.sql"] if server.version >= 18 else [])]
    texts = [(Path(__file__).parent / name).read_text("utf-8") for name in names]
    # Scratch has no access method of the database's own.
    (tmp_path / "desired.sql").write_text("".join(texts).replace(" using heap2", ""), "utf-8")
    with gallery(server) as rich:
        rich.build("user_1", "alter table wide set access method heap")
        for number, mutation in enumerate(MUTATIONS[:3], start=2):
            rich.build(f"user_{number}", mutation.sql)
        cli = Cli(rich.url)
        run = partial(cli, cwd=tmp_path)
        options = ("--desired", "desired.sql", "--format", "json")
        assert run("drift", "--remember", *options).code == 2
        for command in ("drift", "plan"):
            known, built = run(command, *options), run(command, *options, "--full")
            assert known.code == built.code
            assert known.json == built.json
        with rich.connection.cursor() as cursor:
            cursor.execute(_GOALS)
            assert cursor.fetchall() == [(1,)]


@pytest.mark.prove
def test_what_is_built_elsewhere_is_not_remembered(
    database: Database, fresh: diffapply.Settings, other_role: str, scratch: Scratch
) -> None:
    """Where strangers have a hand in a tenant, scratch may have to be on the embedded server."""
    api.apply(fresh, api.plan(fresh))
    database.execute(
        f"truncate diffapply.proof;"
        f"create view user_1.more as select 1 as one; alter view user_1.more owner to {other_role}"
    )
    assert scratch.used(lambda: api.plan(fresh))
    database.execute("drop view user_1.more")
    assert scratch.used(lambda: api.plan(fresh))
    assert not scratch.used(lambda: api.plan(fresh))


def test_a_variant_of_what_strangers_own_is_built_as_nobody(
    database: Database,
    settings: diffapply.Settings,
    other_role: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where its structure was known without reading who owns it."""
    database.execute(f"alter view user_1.names owner to {other_role}")
    (tmp_path / "more.sql").write_text("create table more (id integer);")
    variant = Variant(sql=(str(tmp_path / "more.sql"),), owner="us", reason="asked for it")
    varied = replace(settings, variants={"user_1": variant})
    confined: list[bool] = []
    opened = Rehearsal.__init__

    def opening(self: Rehearsal, *given: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
        opened(self, *given, **named)
        confined.append(self.confinement is not None)

    monkeypatch.setattr(Rehearsal, "__init__", opening)
    assert api.plan(varied).to_change == 1
    assert confined[-1:] == [True]


def test_further_scratch_databases_are_opened_only_if_they_can_be(
    database: Database, fresh: diffapply.Settings, role: str
) -> None:
    """Without them, the plan takes longer; it does not fail."""
    for number in range(1, 13):
        database.execute(
            f"create schema if not exists user_{number} authorization {role};"
            f"create table user_{number}.own (column_{number} integer);"
            f"alter table user_{number}.own owner to {role}"
        )
    database.execute(f"alter role {role} connection limit 3")
    made = api.plan(replace(fresh, jobs=4))
    assert len(made.transitions) == 12
    assert not any(its.blocked for its in made.transitions)
