"""`manage = "declared"`, `runtime-partitions`: what the desired state does not speak of stays."""

import json
from pathlib import Path

import pytest

from tests.projects import Project
from tests.servers import Database

_MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("note", sa.Text),
    sa.Column("state", sa.Enum("new", "done", name="state")),
    {more}
)
"""
_LIVE = """
create type state as enum ('new', 'done');
create table orders (id bigserial primary key, note text, state state);
"""
_BY_MIGRATIONS = """
create function audit() returns trigger language plpgsql as 'begin return new; end';
create trigger audit before insert on orders for each row execute function audit();
create view totals as select id, state from orders;
create policy mine on orders using (id > 0); alter table orders enable row level security;
create rule quiet as on delete to totals do instead nothing;
comment on table orders is 'by hand';
"""


class _Project(Project):
    """Tenants in a database, and a folder with settings and the desired state."""

    def configure(self, settings: str, **files: str) -> None:
        """Write the settings, and files by their names."""
        (self.folder / "pyproject.toml").write_text(f"[tool.diffapply]\n{settings}\n")
        for name, text in files.items():
            (self.folder / name.replace("_", ".")).write_text(text)


@pytest.fixture
def project(database: Database, tmp_path: Path) -> _Project:
    """No tenants, no settings yet."""
    return _Project(database, tmp_path)


_MANAGE = 'desired = "models.py:metadata"\nmanage = "declared"'


def test_models_leave_alone_what_they_cannot_say(project: _Project) -> None:
    """It is told once, in text and JSON; nothing of it is dropped, there and back."""
    project.configure(_MANAGE, models_py=_MODELS.format(more=""))
    project.tenant("user_1", _LIVE, _BY_MIGRATIONS)
    project.tenant("user_2", _LIVE, _BY_MIGRATIONS, "drop trigger audit on orders")
    found = project("drift")
    assert found.code == 0, found.out + found.err
    told = "left alone, because the desired state does not speak of it:"
    assert " ".join(found.out.split()).count(told) == 1
    assert "routine audit()" in found.out
    note, not_all = project("drift", "--format", "json").json["notes"]
    for its in ("view totals", "routine audit()", "trigger orders.audit", "policy orders.mine"):
        assert its in note
    assert not_all == "of that, not all of 2 tenants have trigger orders.audit in 1 (user_1)"
    before = project.database.dump("user_1")
    project.configure(_MANAGE, models_py=_MODELS.format(more='sa.Column("sum", sa.Numeric)'))
    note, not_all = project("plan", "--format", "json").json["notes"]
    assert told in note
    assert "trigger orders.audit" in not_all
    done = project("apply", "--yes")
    assert done.code == 0, done.out + done.err
    after = project.database.dump("user_1")
    for its in ("FUNCTION user_1.audit", "TRIGGER audit", "VIEW user_1.totals", "POLICY mine"):
        assert its in after
    back = project("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    assert Database.difference(before, project.database.dump("user_1")) == ""


def test_what_a_single_tenant_has_is_told(project: _Project) -> None:
    """It is no part of a shape: whichever tenant of many of one shape has it."""
    project.configure(
        f'{_MANAGE}\nignore = ["trigger:orders.known"]', models_py=_MODELS.format(more="")
    )
    function, trigger, *_ = _BY_MIGRATIONS.strip().splitlines()
    for number in (1, 2, 4):
        project.tenant(f"user_{number}", _LIVE, function)
    evil, known = (
        trigger.replace("trigger audit", f"trigger {name}") for name in ("evil", "known")
    )
    own = "create view user_3_orders as select 1 as one"
    project.tenant("user_3", _LIVE, function, evil, known, own)
    note, not_all = project("drift", "--format", "json").json["notes"]
    assert "routine audit()" in note
    assert "trigger orders.evil" in note
    assert not_all == "of that, not all of 4 tenants have trigger orders.evil in 1 (user_3)"


def test_what_is_left_alone_blocks_a_rename_that_is_not_declared(project: _Project) -> None:
    """The way out comes first: the rename. Then one line for the view of all tenants."""
    project.configure(_MANAGE, models_py=_MODELS.format(more="").replace('"note"', '"remark"'))
    for number in range(1, 5):
        project.tenant(f"user_{number}", _LIVE, "create view noted as select note from orders")
    told = project("plan").out
    (why,) = (its for its in told.splitlines() if " depends on column " in its)
    assert "view <tenant>.noted depends on column <tenant>.orders.note, which is" in why
    assert why.endswith("(4 tenants: user_1, user_2, user_3, user_4)")
    assert 'left alone by manage = "declared"' in told
    assert "ignored" not in told
    assert told.index("looks like a rename") < told.index("why: ")


def test_what_is_left_of_tables_is_told_too(project: _Project) -> None:
    """Their storage, comments, row security and replica identity have no names of their own."""
    project.configure(_MANAGE, models_py=_MODELS.format(more=""))
    project.tenant(
        "user_1",
        _LIVE,
        "alter table orders set (fillfactor = 70); comment on table orders is 'all of them'",
        "alter table orders enable row level security; alter table orders replica identity full",
    )
    [note] = project("drift", "--format", "json").json["notes"]
    for its in (
        "storage parameters orders",
        "comment TABLE orders",
        "row security orders",
        "replica identity orders",
    ):
        assert its in note


def test_everything_is_managed_by_default(project: _Project) -> None:
    """As before: what is not declared is planned to be dropped, with a hazard."""
    project.configure('desired = "models.py:metadata"', models_py=_MODELS.format(more=""))
    project.tenant("user_1", _LIVE, _BY_MIGRATIONS)
    plan = project("plan", "--format", "json").json
    [transition] = plan["transitions"]
    dropping = [its for its in transition["statements"] if its["sql"].startswith("DROP")]
    assert {its["sql"].split()[1] for its in dropping} >= {"FUNCTION", "VIEW"}
    assert all(its["hazards"] for its in dropping)
    assert plan["notes"] == []


def test_sql_manages_the_kinds_that_it_speaks_of(project: _Project) -> None:
    """One view is declared, so all views are managed; no routine is, so none is."""
    project.configure(
        'desired = "desired.sql"\nmanage = "declared"',
        desired_sql=f"{_LIVE}; create view small as select id from orders",
    )
    project.tenant("user_1", _LIVE, _BY_MIGRATIONS)
    [tenant] = project("drift", "--format", "json").json["tenants"]
    assert [(its["change"], its["kind"], its["name"]) for its in tenant["differences"]] == [
        ("missing", "view", "small"),
        ("extra", "view", "totals"),
    ]


@pytest.mark.prove
def test_a_type_that_the_models_no_longer_use(project: _Project) -> None:
    """Types are always managed: the column that has it can go."""
    project.configure(
        _MANAGE, models_py=_MODELS.format(more="").replace('sa.Column("state"', '# ("state"')
    )
    project.tenant("user_1", _LIVE)
    done = project("apply", "--yes", "--allow-destructive")
    assert done.code == 0, done.out + done.err
    assert project("drift").code == 0


@pytest.mark.prove
def test_a_plan_file_holds_for_its_settings_only(project: _Project) -> None:
    """What is managed must not change between the plan and its apply."""
    more = 'sa.Column("sum", sa.Numeric)'
    project.configure(_MANAGE, models_py=_MODELS.format(more=more))
    project.tenant("user_1", _LIVE, _BY_MIGRATIONS)
    assert project("plan", "--out", "plan.json").code == 0
    project.configure('desired = "models.py:metadata"')
    refused = project("apply", "plan.json", "--yes")
    assert refused.code == 1
    assert "what the desired state does not speak of; that is managed now." in refused.err
    project.configure(_MANAGE)
    assert project("apply", "plan.json", "--yes").code == 0
    assert project("drift").code == 0


_EVENTS = """
create table events (id bigint not null, at date not null, body text, old int check (old > 0),
    primary key (id, at)) partition by range (at);
create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
create index ix_events_body on events (body);
"""
_AT_RUN_TIME = """
create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
create table events_{} partition of events for values from ('2027-01-01') to ('2028-01-01');
create index {} on events_2026 (at, body); alter table events_2026 add constraint c check (id > 0);
insert into events values (1, '2026-05-05', 'kept', 1)
"""
_PARTITIONS = 'desired = "desired.sql"\nruntime-partitions = true'


@pytest.fixture
def parted(project: _Project) -> _Project:
    """Three tenants with other partitions each; the desired state declares one partition."""
    project.configure(_PARTITIONS, desired_sql=_EVENTS)
    project.tenant("user_1", _EVENTS)
    project.tenant("user_2", _EVENTS, _AT_RUN_TIME.format("2027", "own"))
    project.tenant("user_3", _EVENTS, _AT_RUN_TIME.format("next", "another"))
    return project


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_partitions_made_at_run_time(parted: _Project) -> None:
    """They are no drift, and changes of their table reach them, there and back."""
    found = parted("drift")
    assert found.code == 0, found.out + found.err
    before = {name: parted.database.dump(name) for name in ("user_1", "user_2", "user_3")}
    changed = _EVENTS.replace("body text", "body varchar(50) default ''").replace(
        ", old int check (old > 0)", ", new int check (new > 0)"
    )
    parted.configure(_PARTITIONS, desired_sql=f"{changed}; create index ix_new on events (new)")
    done = parted("apply", "--yes", "--allow-destructive")
    assert done.code == 0, done.out + done.err
    assert parted("drift").code == 0
    dumped = parted.database.dump("user_2", "--table=user_2.events_2026")
    assert "new integer" in dumped
    assert "old integer" not in dumped
    assert "body character varying(50)" in dumped
    assert parted.database.rows("select id, body from user_2.events") == [(1, "kept")]
    assert parted.database.value("select to_regclass('user_2.events_2026_new_idx') is not null")
    assert parted.database.value("select bool_and(indisvalid) from pg_index")
    back = parted("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    for name, dump in before.items():
        old, new = (_without_order(its) for its in (dump, parted.database.dump(name)))
        assert old == new


def _without_order(dump: str) -> list[str]:
    """A column that comes back is the last one."""
    return sorted(line.rstrip(",") for line in dump.splitlines())


def test_what_is_a_partitions_own_blocks(parted: _Project) -> None:
    """An index that somebody made on it would go with the column: by name, in these tenants."""
    parted.configure(
        _PARTITIONS,
        desired_sql=_EVENTS.replace("body text, ", "").replace("create index ix_events_body", "--"),
    )
    done = parted("apply", "--yes", "--allow-destructive")
    assert done.code == 3, done.out + done.err
    assert "index user_2.own depends on column user_2.events.body" in done.out
    assert "events_2026_body_idx" not in done.out
    assert "body" not in parted.database.dump("user_1")
    assert "body" in parted.database.dump("user_3")


def test_a_table_is_not_dropped_with_partitions_of_others(parted: _Project) -> None:
    """None is declared any more, so all are others'; a table without any is dropped."""
    parted.database.execute("drop table user_1.events_2025")
    parted.configure(_PARTITIONS, desired_sql="create table kept (id int)")
    done = parted("apply", "--yes", "--allow-destructive")
    assert done.code == 3, done.out + done.err
    assert "table <tenant>.events_2026 depends on table <tenant>.events" in done.out
    assert "something that is left alone by runtime-partitions" in done.out
    assert "events" not in parted.database.dump("user_1")


def test_a_declared_partition_is_managed(parted: _Project) -> None:
    """It is made where it is missing; the note names the others."""
    parted.database.execute("drop table user_1.events_2025")
    outcome = parted("drift", "--format", "json")
    [tenant] = [its for its in outcome.json["tenants"] if its["differences"]]
    assert tenant["name"] == "user_1"
    assert tenant["differences"][0]["name"] == "events_2025"
    assert "partition events_2026" in json.dumps(outcome.json["notes"])
