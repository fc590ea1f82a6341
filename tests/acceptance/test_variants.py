"""Approved differences of a tenant: it is held against a goal of its own, and told as approved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest

from diffapply import Settings, Shape, Variant, desired_shape, ensure_in, provision_in
from tests.projects import Project
from tests.servers import Database, Outcome

_TENANT = "create table orders (id bigint primary key, note text, sum numeric);"
_AUDIT = """
create function audit() returns trigger language plpgsql as 'begin return new; end';
create trigger audit_orders before insert on orders for each row execute function audit();
"""
_LEGACY = """
create table legacy (id bigint primary key, was text);
create index ix_was on legacy (was);
alter table orders add column old_id bigint;
"""
_YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
_AUDITED = """
[tool.diffapply.variants."{}"]
owner = "ops"
reason = "audited by hand"
ignore = ["trigger:*.audit_*", "routine:audit*"]
"""
_OLD = """
[tool.diffapply.variants."{}"]
owner = "sales"
reason = "came from the old system"
expires = 2999-12-31
sql = "legacy.sql"
"""


class _Project(Project):
    """Tenants in a database, and a folder with the desired state."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        (folder / "legacy.sql").write_text(_LEGACY)
        self.desire(_TENANT)
        self.configure()

    def configure(self, *variants: str, more: str = "") -> None:
        """Let these be the variants."""
        self.settle(f"{more}\n{''.join(variants)}")


@pytest.fixture
def project(database: Database, tmp_path: Path) -> _Project:
    """No tenants, and no variants yet."""
    return _Project(database, tmp_path)


@pytest.fixture
def audited(project: _Project) -> _Project:
    """Two tenants at the desired state, and two with a trigger by hand; one has a variant."""
    project.tenant("user_1", _TENANT)
    project.tenant("user_2", _TENANT)
    project.tenant("user_3", _TENANT, _AUDIT)
    project.tenant("user_42", _TENANT, _AUDIT)
    project.configure(_AUDITED.format("user_42"))
    return project


def _states(outcome: Outcome) -> dict[str, str]:
    return {its["name"]: its["state"] for its in outcome.json["tenants"]}


@pytest.mark.postgres(18, prove=(15,))
def test_a_difference_is_approved_in_its_tenant_alone(audited: _Project) -> None:
    """Another tenant with the same difference has drifted."""
    found = audited("drift", "--format", "json")
    assert found.code == 2
    assert _states(found) == {
        "user_1": "in_sync",
        "user_2": "in_sync",
        "user_3": "drifted",
        "user_42": "in_sync",
    }
    approved = {its["name"]: its.get("approved") for its in found.json["tenants"]}
    assert approved.pop("user_42") == {
        "owner": "ops",
        "reason": "audited by hand",
        "expires": None,
        "ignore": ["trigger:*.audit_*", "routine:audit*"],
        "sql": [],
    }
    assert set(approved.values()) == {None}


_DRIFT_FORMATS = ("text", "json", "markdown", "github", "junit", "sarif", "html")
_PLAN_FORMATS = ("text", "json", "markdown", "sarif", "html", "sql")


def _in_every_format(project: _Project, command: str, formats: tuple[str, ...]) -> dict[str, str]:
    """Format → what a command says in it, without line breaks."""
    reports = [f"--report={form}:{form}.out" for form in formats]
    assert project(command, *reports).code in {0, 2}
    texts = {form: (project.folder / f"{form}.out").read_text() for form in formats}
    return {form: " ".join(text.replace("\n--", "").split()) for form, text in texts.items()}


def test_every_format_tells_whose_it_is_until_when_and_why(project: _Project) -> None:
    project.tenant("user_1", _TENANT)
    project.tenant("user_42", _TENANT, _LEGACY)
    project.configure(_OLD.format("user_42"))
    for form, text in _in_every_format(project, "drift", _DRIFT_FORMATS).items():
        told = text.lower()
        assert "approved" in told, form
        for word in ("user_42", "sales", "came from the old system", "2999-12-31", "legacy.sql"):
            assert word in told, form


@pytest.mark.prove
def test_what_a_variant_ignores_stays_through_apply_and_back(audited: _Project) -> None:
    """Beside it the tenant is changed as all others are."""
    before = audited.database.dump("user_42")
    audited.desire(_TENANT.replace("sum numeric", "sum numeric, tax numeric"))
    audited.database.execute(
        "drop trigger audit_orders on user_3.orders; drop function user_3.audit()"
    )
    told = "user_42: held against a variant (owner ops: audited by hand)"
    planned = " ".join(audited.done("plan").out.split())
    assert told in planned
    apart = "note: apart from others, because of a variant (owner ops: audited by hand)"
    assert planned.index("1 tenant: user_42") < planned.index(apart)
    audited.done("apply", "--yes")
    assert "the same statements" not in audited.done("history", "1").out
    audited.done("drift")
    after = audited.database.dump("user_42")
    assert "tax" in after
    assert "TRIGGER audit_orders" in after
    audited.configure()  # a way back leaves alone what the run left alone
    audited.done("apply", "--backward", "--yes", "--allow-destructive")
    assert Database.difference(before, audited.database.dump("user_42")) == ""
    assert "tax" not in audited.database.dump("user_1")


@pytest.mark.prove
def test_a_way_back_leaves_alone_what_a_variant_ignores_since(audited: _Project) -> None:
    audited.configure()
    audited.desire(_TENANT.replace("sum numeric", "sum numeric, tax numeric"))
    audited.done("apply", "--yes", "--only", "user_1", "--only", "user_2")
    for name in ("user_1", "user_2"):
        audited.change(name, _AUDIT)
    audited.configure(_AUDITED.format("user_2"))
    audited.done("apply", "--backward", "--yes", "--allow-destructive", "--only", "user_[12]")
    assert "audit_orders" in audited.database.dump("user_2")
    assert "audit_orders" not in audited.database.dump("user_1")
    assert "tax" not in audited.database.dump("user_2")


@pytest.mark.postgres(18, prove=(15,))
def test_sql_is_added_to_the_goal_of_its_tenant(project: _Project) -> None:
    """A tenant that lacks it gets it; another one that has it loses it; there and back."""
    project.tenant("user_1", _TENANT)
    project.tenant("user_2", _TENANT, _LEGACY)
    project.tenant("user_42", _TENANT)
    project.configure(_OLD.format("user_42"))
    project.done("apply", "--yes", "--allow-destructive")
    project.done("drift")
    assert "legacy" in project.database.dump("user_42")
    assert "old_id" in project.database.dump("user_42")
    assert "legacy" not in project.database.dump("user_2")
    project.done("apply", "--backward", "--yes", "--allow-destructive")
    assert "legacy" not in project.database.dump("user_42")
    assert "ix_was" in project.database.dump("user_2")
    project.done("apply", "--yes", "--allow-destructive")
    project.done("apply", "--backward", "--to", "1", "--yes", "--allow-destructive")
    assert "legacy" not in project.database.dump("user_42")


def test_a_declared_object_may_be_left_out(project: _Project) -> None:
    """Other than with `ignore` for all tenants, where declaring it is a contradiction."""
    desired = f"{_TENANT} create index ix_note on orders (note);"
    project.desire(desired)
    project.tenant("user_1", desired)
    project.tenant("user_42", _TENANT, "create index ix_note on orders (note, sum)")
    project.configure(_AUDITED.format("user_42").replace("trigger:*.audit_*", "index:ix_note"))
    found = project.done("drift")
    assert "approved 1 tenant: user_42" in found.out
    assert "1 with approved differences" in found.out


@pytest.mark.prove
def test_models_with_a_token(project: _Project) -> None:
    """The SQL of a variant names the tenant as the models do, or not at all."""
    (project.folder / "models.py").write_text(
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        "sa.Table('orders', metadata, sa.Column('id', sa.BigInteger, primary_key=True),"
        " schema='tenant')\n"
    )
    (project.folder / "legacy.sql").write_text(
        "create table tenant.old (id int references tenant.orders); create view v as table old"
    )
    project.tenant("user_1", "create table orders (id bigserial primary key)")
    project.tenant("user_42", "create table orders (id bigserial primary key)")
    project.configure(_OLD.format("user_42"), more='tenant-token = "tenant"')
    settings = project.folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace("desired.sql", "models.py:metadata"))
    for manage in ("", '\nmanage = "declared"'):
        text = settings.read_text().replace('"tenant"\n', f'"tenant"{manage}\n', 1)
        settings.write_text(text)
        project.done("apply", "--yes")
        assert "VIEW user_42.v" in project.database.dump("user_42")
        assert "old" not in project.database.dump("user_1")
        project.done("drift")
        project.done("apply", "--backward", "--yes", "--allow-destructive")
        assert "old" not in project.database.dump("user_42")


@pytest.mark.prove
def test_an_expired_variant_counts_no_more(audited: _Project) -> None:
    """On its last day it holds; afterwards it is drift, and the output says why."""
    today = datetime.now(UTC).date()
    audited.database.execute(
        "drop trigger audit_orders on user_3.orders; drop function user_3.audit()"
    )
    last = today + timedelta(days=1)  # midnight may pass while this runs
    audited.configure(_AUDITED.format("user_42") + f"expires = {last}\n")
    assert f"until {last}" in audited.done("drift").out
    audited.configure(_AUDITED.format("user_42") + f"expires = {_YESTERDAY}\n")
    told = f"the variant of user_42 expired on {_YESTERDAY} (owner ops: audited by hand)"
    for form, text in _in_every_format(audited, "drift", _DRIFT_FORMATS).items():
        assert told in text, form
        assert "approved differences" not in text, form
    assert audited("drift").code == 2
    for form, text in _in_every_format(audited, "plan", _PLAN_FORMATS).items():
        assert told in text, form
        assert "held against a variant" not in text, form


def test_a_variant_of_no_tenant_is_told(audited: _Project) -> None:
    """It may be of a tenant that is to come."""
    audited.configure(_AUDITED.format("user_3"), _AUDITED.format("user_43"))
    audited.database.execute(
        "drop trigger audit_orders on user_42.orders; drop function user_42.audit()"
    )
    found = audited.done("drift")
    assert "there is a variant of user_43, but no such tenant" in " ".join(found.out.split())


def test_a_plan_file_keeps_the_variant_that_it_was_made_with(audited: _Project) -> None:
    """With another one it is refused."""
    audited.desire(_TENANT.replace("sum numeric", "sum numeric, tax numeric"))
    audited("plan", "--out", "plan.json", "--only", "user_42", "--only", "user_1")
    variant = _AUDITED.format("user_42")
    for other in ("", variant + f"expires = {_YESTERDAY}", _AUDITED.format("user_1") + variant):
        audited.configure(other)
        refused = audited("apply", "plan.json", "--yes")
        assert refused.code == 1
        assert "made with another variant of 'user_" in refused.err
    audited.configure(variant)
    audited.done("apply", "plan.json", "--yes")
    assert "TRIGGER audit_orders" in audited.database.dump("user_42")
    assert "tax" in audited.database.dump("user_42")


def test_what_a_statement_would_take_along_blocks_the_tenant_alone(audited: _Project) -> None:
    """The trigger that its variant leaves alone hangs on the table."""
    audited.database.execute(
        "drop trigger audit_orders on user_3.orders; drop function user_3.audit()"
    )
    audited.desire("create table kept (id int)")
    done = audited("apply", "--yes", "--allow-destructive")
    assert done.code == 3, done.out + done.err
    assert "trigger audit_orders on user_42.orders depends on" in done.out
    assert "orders" in audited.database.dump("user_42")
    assert "orders" not in audited.database.dump("user_1")


@pytest.mark.prove
def test_new_tenants_have_their_variant(project: _Project) -> None:
    """Made by `provision` among others; taken back as those are."""
    project.configure(_OLD.format("user_42"))
    project.done("provision", "user_1", "user_42", "user_43")
    assert "legacy" in project.database.dump("user_42")
    assert "legacy" not in project.database.dump("user_1")
    assert "approved 1 tenant: user_42" in project.done("drift").out
    assert project("apply", "--backward", "--yes").code == 0
    assert "legacy" in project.database.dump("user_42")


def test_in_the_application_each_tenant_has_its_own_shape(
    database: Database, tmp_path: Path
) -> None:
    """A shape file has the variants, and the ways to them."""
    (tmp_path / "desired.sql").write_text(_TENANT)
    (tmp_path / "legacy.sql").write_text(_LEGACY)
    variants = {
        "user_2": Variant("sales", "old", sql=(str(tmp_path / "legacy.sql"),)),
        "user_3": Variant("ops", "audited", ignore=("trigger:*.audit_*", "routine:audit*")),
        "user_4": Variant("sales", "over", _YESTERDAY, sql=(str(tmp_path / "legacy.sql"),)),
        "user_9": Variant("sales", "old", sql=(str(tmp_path / "legacy.sql"),)),
    }
    settings = Settings(database.url, desired=str(tmp_path / "desired.sql"), variants=variants)
    before = "create table orders (id bigint primary key, note text);"
    for name, own in {"user_1": "", "user_2": "", "user_3": _AUDIT, "user_4": ""}.items():
        database.execute(f"create schema {name}; set search_path = {name}; {before} {own}")
    database.execute("reset search_path")
    desired_shape(settings, ways=True).save(tmp_path / "shape.json")
    shape = Shape.load(tmp_path / "shape.json")
    with psycopg2.connect(database.url) as connection:
        for name in ("user_1", "user_2", "user_3", "user_4"):
            assert ensure_in(connection, name, shape)
            assert not ensure_in(connection, name, shape)
        provision_in(connection, "user_8", shape)
        provision_in(connection, "user_9", shape)
        connection.commit()
    connection.close()
    has = {name: "legacy" in database.dump(name) for name in ("user_1", "user_2", "user_4")}
    assert has == {"user_1": False, "user_2": True, "user_4": False}
    assert "audit_orders" in database.dump("user_3")
    assert "legacy" in database.dump("user_9")
    assert "legacy" not in database.dump("user_8")


_WRONG = {
    'reason = "x"\nignore = ["view:v"]': "owner in the variant of 'user_42' in variants in",
    'owner = " "\nreason = "x"\nignore = ["view:v"]': "owner in",
    'owner = "x"\nignore = ["view:v"]': "reason in",
    'owner = "x"\nreason = "x"': "approves nothing",
    'owner = "x"\nreason = "x"\nexpires = "2027-01-31"\nsql = "a.sql"': "must be a date",
    'owner = "x"\nreason = "x"\nexpires = 2027-01-31T00:00:00\nsql = "a.sql"': "must be a date",
    'owner = "x"\nreason = "x"\nignore = ["view"]': "'view', which is no pattern",
    'owner = "x"\nreason = "x"\nignore = ["vieww:v"]': "'vieww:v' to ignore names no kind",
    'owner = "x"\nreason = "x"\nsql = 1': "must be a list of strings",
    'owner = "x"\nreason = "x"\nsql = "gone.sql"': "gone.sql cannot be read",
    'owner = "x"\nreason = "x"\nsql = "broken.sql"': "broken.sql",
    'owner = "x"\nreason = "x"\nsql = "again.sql"': '"orders" already exists',
    'owner = "x"\nreason = "x"\nview = "v"': "has 'view', which no variant has",
}
"""What a variant says → how the mistake is told."""


@pytest.mark.parametrize("wrong", _WRONG)
def test_a_mistake_is_told_with_its_place(project: _Project, wrong: str) -> None:
    project.tenant("user_42", _TENANT)
    (project.folder / "broken.sql").write_text("create tabel")
    (project.folder / "again.sql").write_text(_TENANT)
    project.configure(f'[tool.diffapply.variants."user_42"]\n{wrong}\n')
    found = project("drift")
    assert found.code == 1, found.out
    assert _WRONG[wrong] in found.err
    assert "Traceback" not in found.err


def test_an_environment_has_its_own(audited: _Project) -> None:
    """As every setting of an environment, its variants replace those of the project."""
    own = _AUDITED.format("user_3").replace("diffapply.", "diffapply.env.staging.")
    audited.configure(_AUDITED.format("user_42"), own)
    states = _states(audited("drift", "--format", "json", "--env", "staging"))
    assert (states["user_3"], states["user_42"]) == ("in_sync", "drifted")


@pytest.mark.prove
def test_variants_for_other_reasons_may_have_the_same_goal(project: _Project) -> None:
    """They cost one goal, and one transition; each is told by its own reason."""
    for name in ("user_1", "user_2", "user_3"):
        project.tenant(name, _TENANT)
    other = _OLD.format("user_3").replace("sales", "ops")
    project.configure(_OLD.format("user_2"), other)
    [transition] = project.done("plan", "--format", "json").json["transitions"]
    assert transition["tenants"] == ["user_2", "user_3"]
    told = " ".join(project("drift").out.split())
    assert "user_2: held against a variant (owner sales, until 2999-12-31" in told
    project.done("apply", "--yes")
    found = project.done("drift", "--format", "json").json["tenants"]
    assert [its["approved"]["owner"] for its in found if "approved" in its] == ["sales", "ops"]
