"""What patterns ignore is left alone: not told, planned, dropped, or taken along."""

import json
from pathlib import Path

import pytest
from psycopg2 import sql

from diffapply import (
    Settings,
    Shape,
    TenantNotCurrentError,
    desired_shape,
    ensure_in,
    provision_in,
)
from diffapply.model.ignoring import USUAL
from tests.projects import Project
from tests.servers import Cli, Database, Outcome

_TENANT = """
create table orders (id bigint primary key, note text, sum numeric);
"""
_BESIDE = """
create table alembic_version (version_num text primary key);
insert into alembic_version values ('r437');
create table audit_log (id bigserial primary key, at timestamptz default now());
create index ix_audit on audit_log (at); comment on table audit_log is 'not ours';
create function audit() returns trigger language plpgsql as 'begin return new; end';
create trigger audit_orders before insert on orders for each row execute function audit();
create view totals as select id, sum from orders;
comment on column orders.note is 'by hand';
"""
_PATTERNS = (
    "table:audit_*",
    "routine:audit*",
    "trigger:*.audit_*",
    "view:totals",
    "comment:*",
)


class _Project(Project):
    """Tenants in a database, and a folder with the desired state."""

    def __init__(self, database: Database, folder: Path, desired: str = _TENANT) -> None:
        super().__init__(database, folder)
        self.desire(desired)

    def configure(self, *ignore: str, more: str = "") -> None:
        """Ignore these patterns in pyproject.toml."""
        self.settle(f"ignore = {json.dumps(ignore)}\n{more}")


@pytest.fixture
def project(database: Database, tmp_path: Path) -> _Project:
    """Two tenants at the desired state, the first with much beside."""
    made = _Project(database, tmp_path)
    made.configure(*_PATTERNS)
    made.tenant("user_1", _TENANT, _BESIDE)
    made.tenant("user_2", _TENANT)
    return made


@pytest.mark.postgres(18, prove=(15,))
def test_what_is_ignored_is_no_drift(project: _Project) -> None:
    """With all that belongs to it; both tenants have one shape. Without patterns it is drift."""
    found = project("drift")
    assert found.code == 0, found.out + found.err
    project.configure()
    names = {its["name"] for its in _differences(project("drift", "--format", "json"))}
    assert {"audit_log", "audit()", "orders.audit_orders", "totals"} <= names
    assert not any("alembic_version" in name for name in names)


def _differences(outcome: Outcome) -> list[dict[str, str]]:
    assert outcome.code == 2, outcome.err
    return [its for tenant in outcome.json["tenants"] for its in tenant["differences"]]


@pytest.mark.prove
def test_options_are_added_and_patterns_taken_back(project: _Project) -> None:
    """In a list, the last pattern that matches decides, also over the usual ones."""
    project.configure(*_PATTERNS[:-1])
    assert [its["kind"] for its in _differences(project("drift", "--format", "json"))] == [
        "comment"
    ]
    assert project("drift", "--ignore", "comment:*").code == 0
    back = ("--ignore", "comment:*", "--ignore", "!table:alembic*", "--ignore", "!view:t?tals")
    assert {its["name"] for its in _differences(project("drift", "--format", "json", *back))} == {
        "alembic_version",
        "totals",
    }


def test_it_stays_through_apply_and_back(project: _Project) -> None:
    """Additions, changes and drops beside it; then the snapshot. Rows and rights stay as well."""
    project.desire(
        "create table orders (id bigint primary key, note varchar(20) not null default '',"
        " sum numeric, tax numeric); create index ix_note on orders (note)"
    )
    before = project.database.dump("user_1")
    done = project("apply", "--yes", "--allow-destructive")
    assert done.code == 0, done.out + done.err
    assert project("drift").code == 0
    after = project.database.dump("user_1")
    for own in ("audit_log", "TRIGGER audit_orders", "VIEW user_1.totals", "'by hand'"):
        assert own in after
    assert project.database.rows("select * from user_1.alembic_version") == [("r437",)]
    back = project("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    assert Database.difference(before, project.database.dump("user_1")) == ""


def test_a_way_back_leaves_alone_what_the_run_left_alone(project: _Project) -> None:
    """Although it is not ignored any more: no snapshot says anything of it."""
    before = project.database.dump("user_1")
    project.desire("create table orders (id bigint primary key, note text, sum numeric, tax int)")
    assert project("apply", "--yes").code == 0
    project.configure()
    back = project("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    assert Database.difference(before, project.database.dump("user_1")) == ""


@pytest.mark.prove
def test_a_way_back_leaves_alone_what_is_ignored_since(project: _Project) -> None:
    """Although the snapshot has it: it stays as it is now."""
    project.configure()
    project.desire(
        "create table orders (id bigint primary key, note text, sum numeric);"
        "comment on column orders.note is 'by hand'; create table notes (id int)"
    )
    assert project("apply", "--yes", "--only", "user_2").code == 0
    project.database.execute(
        "comment on table user_2.orders is 'since'; create table user_2.audit_log (id int)"
    )
    project.configure(*_PATTERNS)
    back = project("apply", "--backward", "--yes", "--allow-destructive", "--only", "user_2")
    assert back.code == 0, back.out + back.err
    dumped = project.database.dump("user_2")
    assert "audit_log" in dumped
    assert "'since'" in dumped
    assert "notes" not in dumped


_IN_THE_WAY = {
    "view:*": ("create view v as select note from orders", "view {}.v"),
    "trigger:*": (
        "create trigger t before update of note on orders for each row execute function f()",
        "trigger t on {}.orders",
    ),
    "index:i": ("create index i on orders (note)", "index {}.i"),
    "constraint:*.c": (
        "alter table orders add constraint c check (note <> '' or id > 0)",
        "table constraint c on {}.orders",
    ),
    "policy:*": (
        "create policy p on orders using (note <> '')",
        "policy p on {}.orders",
    ),
    "rule:*": (
        "create rule r as on update to orders where new.note = '' do nothing",
        "rule r on {}.orders",
    ),
}
"""Pattern → what is ignored, and how it is told of a tenant."""


@pytest.mark.parametrize("goes", [pytest.param("column", marks=pytest.mark.prove), "table"])
def test_what_a_drop_would_take_along_blocks_it_by_name(
    database: Database, tmp_path: Path, goes: str
) -> None:
    """Also what PostgreSQL drops with a column or a table by itself; the others are changed.

    Each tenant but the last has one thing that is in the way.
    """
    project = _Project(database, tmp_path)
    project.configure(*_IN_THE_WAY, "routine:*")
    kept = "create table kept (id int)"
    f = "create function f() returns trigger language plpgsql as 'begin return new; end'"
    for number, (own, _) in enumerate(_IN_THE_WAY.values(), 1):
        project.tenant(f"user_{number}", _TENANT, kept, f, own)
    last = f"user_{len(_IN_THE_WAY) + 1}"
    project.tenant(last, _TENANT, kept)
    without = "create table orders (id bigint primary key, sum numeric)"
    project.desire(f"{kept}; {without}" if goes == "column" else kept)
    done = project("apply", "--yes", "--allow-destructive", "--format", "json")
    assert done.code == 3, done.out + done.err
    *refused, applied = done.json["tenants"]
    for tenant, (_, told) in zip(refused, _IN_THE_WAY.values(), strict=True):
        assert f"{told.format(tenant['name'])} depends on " in str(tenant), tenant
        assert "something that is ignored" in str(tenant)
        assert "drop what is ignored first" in str(tenant)
        assert "note" in project.database.dump(tenant["name"])
    assert (applied["name"], applied["status"]) == (last, "applied")
    assert "note" not in project.database.dump(last)


@pytest.mark.prove
def test_a_table_with_a_column_that_is_ignored(database: Database, tmp_path: Path) -> None:
    """What depends on the column alone is ignored, too. Around it the table is changed."""
    project = _Project(database, tmp_path)
    project.configure("column:*.own_*")
    column = "alter table orders add own_note text check (own_note <> '')"
    project.tenant("user_1", _TENANT, column, "create index i on orders (own_note)")
    project.desire("create table kept (id int); create table orders (id bigint primary key)")
    done = project("apply", "--yes", "--allow-destructive")
    assert done.code == 0, done.out + done.err
    assert "own_note" in project.database.dump("user_1")
    project.desire("create table kept (id int)")
    done = project("apply", "--yes", "--allow-destructive")
    assert done.code == 3, done.out + done.err
    assert "table column user_1.orders.own_note depends on table" in done.out


@pytest.mark.prove
def test_a_retyped_column_under_an_ignored_view(project: _Project) -> None:
    """It blocks; an ignored index does not, because PostgreSQL builds it again."""
    project.configure("view:*", "index:*", *_PATTERNS)
    project.database.execute("create index by_hand on user_2.orders (sum)")
    project.desire("create table orders (id bigint primary key, note text, sum double precision)")
    done = project("apply", "--yes", "--allow-destructive")
    assert done.code == 3, done.out + done.err
    assert "view user_1.totals depends on column user_1.orders.sum" in done.out
    assert "by_hand" in project.database.dump("user_2")
    assert "sum double precision" in project.database.dump("user_2")


@pytest.mark.prove
def test_comments_and_settings_go_with_their_table(database: Database, tmp_path: Path) -> None:
    """They are no objects; they block nothing."""
    project = _Project(database, tmp_path, "create table kept (id int)")
    project.configure("comment:*", "storage parameters:*")
    project.tenant(
        "user_1",
        "create table kept (id int); create table gone (id int) with (fillfactor = 50)",
        "comment on table gone is 'by hand'; comment on table kept is 'by hand'",
    )
    done = project("apply", "--yes", "--allow-destructive")
    assert done.code == 0, done.out + done.err
    assert project("drift").code == 0
    assert "by hand" in project.database.dump("user_1")


@pytest.mark.prove
def test_an_ignored_table_that_refers_to_a_dropped_one(project: _Project) -> None:
    """It has a key that the drop would need to take along."""
    project.database.execute(
        "alter table user_1.audit_log add order_id bigint references user_1.orders"
    )
    project.configure("table:audit_*", "view:*", "trigger:*", "routine:*", "comment:*")
    project.desire("create table kept (id int)")
    done = project("apply", "--yes", "--allow-destructive")
    assert done.code == 3, done.out + done.err
    assert "table constraint audit_log_order_id_fkey on user_1.audit_log depends on" in done.out


@pytest.mark.parametrize(
    ("pattern", "declared", "said"),
    [
        ("table:or*", _TENANT, "declares table orders, but 'table:or*' ignores it"),
        ("column:*.sum", _TENANT, "declares column orders.sum, but 'column:*.sum' ignores it"),
    ],
)
def test_what_is_declared_cannot_be_ignored(
    project: _Project, pattern: str, declared: str, said: str
) -> None:
    """The error says how to have one of the two."""
    project.configure(pattern)
    project.desire(declared)
    for command in ("plan", "drift"):
        refused = project(command)
        assert refused.code == 1
        assert said in refused.err
        assert '"!' in refused.err


@pytest.mark.prove
def test_a_usual_pattern_does_not_hold_for_what_is_declared(project: _Project) -> None:
    """Whoever declares alembic_version wants it to be the same everywhere."""
    project.configure(*_PATTERNS)
    project.desire(f"{_TENANT}; create table alembic_version (version_num text primary key)")
    found = _differences(project("drift", "--format", "json"))
    assert [(its["change"], its["name"]) for its in found] == [("missing", "alembic_version")]
    assert project("apply", "--yes").code == 0
    assert project("drift").code == 0
    back = project("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    assert "alembic_version" in project.database.dump("user_1")
    assert "alembic_version" not in project.database.dump("user_2")


@pytest.mark.prove
def test_properties_are_left_out_of_what_is_declared(project: _Project) -> None:
    """New tenants come without them, and nobody's are changed."""
    project.desire(f"{_TENANT}; comment on table orders is 'declared'")
    assert project("drift").code == 0
    created = project("provision", "user_3")
    assert created.code == 0, created.err
    assert "declared" not in project.database.dump("user_3")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("audit_*", "--ignore has 'audit_*', which is no pattern"),
        (":x", "--ignore has ':x', which is no pattern"),
        ("table:", "--ignore has 'table:', which is no pattern"),
        ("function:f*", "'function:f*' to ignore names no kind."),
        ("[a-z]*:x", "'[a-z]*:x' to ignore names no kind."),
    ],
)
def test_a_wrong_pattern(project: _Project, pattern: str, said: str) -> None:
    for command in (("drift",), ("plan", "--backward"), ("provision", "user_9")):
        refused = project(*command, "--ignore", pattern)
        assert refused.code == 1
        assert said in refused.err


_ODD = ["a'b", 'a"b', r"a\b", "a%b", "a_b", "$1", "{x}", "ä", "%(tenants)s", "a[b]"]


def test_names_mean_themselves(database: Database, tmp_path: Path) -> None:
    """Whatever characters a pattern has, only * and ? stand for others."""
    project = _Project(database, tmp_path, "create table kept (id int)")
    project.configure()
    project.tenant("user_1", "create table kept (id int)")
    for name in _ODD:
        quoted = sql.Identifier("user_1", name)
        database.execute(sql.SQL("create table {} (id int)").format(quoted))
    project.tenant("user_2", 'create table kept (id int); create table "axb" (id int)')
    ignored = [option for name in _ODD for option in ("--ignore", f"table:{name}")]
    found = project("drift", "--format", "json", *ignored)
    assert [its["name"] for its in _differences(found)] == ["axb"]


@pytest.mark.prove
def test_a_plan_file_holds_for_its_patterns_only(project: _Project) -> None:
    """Others are refused; the same ones are applied."""
    project.desire(f"{_TENANT}; create table notes (id int)")
    assert project("plan", "--out", "plan.json").code == 0
    for ignore, said in (
        ((*_PATTERNS, "index:x"), "'index:x' is ignored now"),
        (_PATTERNS[1:], "'table:audit_*' is not ignored now"),
    ):
        project.configure(*ignore)
        refused = project("apply", "plan.json", "--yes")
        assert refused.code == 1
        assert f"The plan was made with other patterns to ignore: {said}" in refused.err
    project.configure(*_PATTERNS)
    done = project("apply", "plan.json", "--yes")
    assert done.code == 0, done.out + done.err
    assert project("drift").code == 0


def test_what_was_remembered_under_other_patterns_does_not_count(project: _Project) -> None:
    """Nothing has changed in the tenants but what is looked at."""
    assert project("drift", "--remember").code == 0
    project.configure(*_PATTERNS[1:])
    assert "audit_log" in {
        its["name"] for its in _differences(project("drift", "--format", "json"))
    }
    project.configure(*_PATTERNS)
    assert project("drift").code == 0


@pytest.mark.prove
def test_a_template_keeps_what_is_ignored(project: _Project) -> None:
    """Also what belongs to an object of the template that is managed."""
    project.configure(*_PATTERNS, more='templates = ["blank"]')
    project.tenant("blank", _TENANT, _BESIDE, "create table beside (id int)")
    project.desire(f"{_TENANT}; create index ix_note on orders (note)")
    done = project("apply", "--yes")
    assert done.code == 0, done.out + done.err
    assert project("drift").code == 0
    dumped = project.database.dump("blank")
    for its in ("ix_note", "TRIGGER audit_orders", "beside", "audit_log", "'by hand'"):
        assert its in dumped


def test_an_application_ignores_what_its_shape_ignores(project: _Project) -> None:
    """A shape has the patterns with it, also in a file: for tenants at a login, and new ones."""
    settings = Settings(
        database_url=project.database.url,
        desired=str(project.folder / "desired.sql"),
        ignore=_PATTERNS,
    )
    desired_shape(settings, ways=True).save(project.folder / "shape.json")
    shape = Shape.load(project.folder / "shape.json")
    with project.database.connect() as connection:
        assert not ensure_in(connection, "user_1", shape)
        provision_in(connection, "user_3", shape)
    assert project.database.rows("select ignored from diffapply.run") == [([[*USUAL, *_PATTERNS]],)]
    project.database.execute("alter table user_1.orders add by_hand int")
    with project.database.connect() as connection, pytest.raises(TenantNotCurrentError):
        ensure_in(connection, "user_1", shape)


class TestBeforeAnythingIsDeclared:
    """`survey`, `show` and `pull` leave alone what `ignore` names, as all other commands do."""

    TENANT = """
        create schema {0}; set search_path = {0};
        create table orders (id serial primary key);
        create view open_orders as select id from orders;
        create function audit_it() returns trigger language plpgsql as 'begin return new; end';
        create trigger audit_1 after insert on orders for each row execute function audit_it();
        reset search_path;
    """
    IGNORE = ("--ignore", "trigger:*.audit_*", "--ignore", "routine:audit_*", "--ignore", "view:*")

    @pytest.fixture
    def tenants(self, database: Database) -> Database:
        """Three: in one a trigger is off, in one a view is gone."""
        for name in ("user_1", "user_2", "user_3"):
            database.execute(self.TENANT.format(name))
        database.execute("alter table user_2.orders disable trigger audit_1")
        database.execute("drop view user_3.open_orders")
        return database

    def test_tenants_that_differ_in_it_have_one_shape(self, cli: Cli, tenants: Database) -> None:
        assert len(cli("survey", "--format", "json").json["shapes"]) == 3
        [shape] = cli("survey", *self.IGNORE, "--format", "json").json["shapes"]
        assert shape["tenants"] == ["user_1", "user_2", "user_3"]
        assert shape["objects"].keys().isdisjoint({"trigger", "routine", "view"})
        assert tenants.rows("select from pg_namespace where nspname = 'diffapply'") == []

    def test_what_is_pulled_does_not_say_it(
        self, cli: Cli, tenants: Database, tmp_path: Path
    ) -> None:
        """All have one structure, so none is to be named; the file and the patterns are in sync."""
        assert tenants.rows("select from user_1.orders") == []
        pulled = cli("pull", *self.IGNORE, "--out", "schema.sql", cwd=tmp_path)
        assert pulled.code == 0, pulled.err
        text = (tmp_path / "schema.sql").read_text()
        assert text.startswith("-- The structure of 3 tenants: user_1, user_2, user_3; shape ")
        assert not [its for its in ("TRIGGER", "FUNCTION", "VIEW") if its in text]
        assert cli("drift", "--desired", "schema.sql", *self.IGNORE, cwd=tmp_path).code == 0

    def test_what_needs_it_is_named(self, cli: Cli, tenants: Database) -> None:
        """A view cannot stand in scratch without its table."""
        assert tenants.rows("select from user_1.orders") == []
        for command in ("show", "pull"):
            told = cli(command, "user_1", "--ignore", "table:orders")
            assert told.code == 1
            assert "cannot be rebuilt in scratch; " in told.err
            assert "missing view open_orders" in told.err
            assert "ignore what needs it as well" in told.err
