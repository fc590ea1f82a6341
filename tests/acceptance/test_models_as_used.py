"""SQLAlchemy as applications use it: types made elsewhere, several MetaData, views, listeners."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import diffapply
from tests.acceptance import field_cases
from tests.acceptance.field_cases import FieldCase
from tests.servers import Cli, Database

_IMPORTS = "from sqlalchemy import *\nfrom sqlalchemy.dialects.postgresql import *\n"
_TYPES = """
select typname::text, typnamespace::regnamespace::text from pg_type
where typtype in ('d', 'e') and typnamespace <> 'information_schema'::regnamespace
"""


def _there_and_back(case: FieldCase, database: Database, query: str) -> None:
    """Applied and taken back, with the same answers and structure as before."""
    before, answers = database.dump("user_2"), case.answers(query)
    case.applied()
    assert case.answers(query) == answers
    back = case("apply", "--backward", "--yes", "--allow-destructive")
    assert back.code == 0, back.out + back.err
    assert case.answers(query) == answers
    assert Database.difference(before, database.dump("user_2")) == ""


def _desired(folder: Path, text: str, name: str = "models.py") -> Sequence[str]:
    (folder / name).write_text(_IMPORTS + text if name.endswith(".py") else text)
    return ("--desired", f"{folder / name}{':metadata' if name.endswith('.py') else ''}")


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("create_type_false", "select id, state::text from doc"),
        ("concurrently", "select id, title from doc"),
        ("convention_added", "select email, age, name from member join team on team_id = team.id"),
        ("orm_zoo", "select id, name from team"),
        ("privileges_events", "select n from v"),
    ],
)
@pytest.mark.prove
def test_models_from_the_field(database: Database, name: str, query: str) -> None:
    """They are planned, applied and taken back, rows and all."""
    _there_and_back(field_cases.build(name, database), database, query)


def test_a_new_naming_convention_only_renames(database: Database) -> None:
    """No index or constraint is built again."""
    case = field_cases.build("convention_added", database)
    plan = case("plan", "--exclude", "public", "--format", "json").json
    [transition] = plan["transitions"]
    assert transition["statements"]
    assert all(" RENAME " in statement["sql"] for statement in transition["statements"])


@pytest.mark.filterwarnings("ignore:the ``inherit_schema`` parameter is deprecated")
@pytest.mark.parametrize(
    "column",
    [
        'ENUM("sad", "glad", name="mood", create_type=False)',
        'ARRAY(ENUM("sad", "glad", name="mood", create_type=False))',
        'DOMAIN("mood", Text, check="VALUE <> \'\'", create_type=False)',
        'Text().with_variant(ENUM("sad", name="mood", create_type=False), "postgresql")',
        'Enum("sad", "glad", name="mood", metadata=metadata)',
        'Enum("sad", "glad", name="mood", inherit_schema=True)',
        'Enum("sad", "glad", name="mood", native_enum=False, create_constraint=True)',
    ],
)
@pytest.mark.prove
def test_a_declared_type_is_made_where_it_is_missing(
    database: Database, tmp_path: Path, column: str
) -> None:
    """Whoever makes it in the tenants that have it; those are in sync."""
    database.execute("create schema user_1")
    _, desired = _desired(
        tmp_path,
        "metadata = MetaData()\n"
        f'Table("doc", metadata, Column("id", Integer, primary_key=True), Column("m", {column}))',
    )
    settings = diffapply.Settings(database_url=database.url, desired=desired)
    assert diffapply.apply(settings, diffapply.plan(settings)).exit_code == 0
    assert diffapply.drift(settings).in_sync
    named = database.rows(_TYPES + " and typnamespace = 'user_1'::regnamespace")
    assert named == ([] if "native_enum" in column else [("mood", "user_1")])


def test_a_type_that_a_listener_makes(database: Database, cli: Cli, tmp_path: Path) -> None:
    """What it makes is what counts."""
    database.execute("create schema user_1")
    desired = _desired(
        tmp_path,
        "metadata = MetaData()\n"
        't = Table("doc", metadata, Column("id", Integer, primary_key=True),\n'
        '  Column("mood", ENUM("sad", name="mood", create_type=False)))\n'
        "event.listen(t, \"before_create\", DDL(\"create type mood as enum ('sad', 'glad')\"))",
    )
    assert cli("apply", "--yes", *desired).code == 0
    assert database.value("select enum_range(null::user_1.mood)::text") == "{sad,glad}"


@pytest.mark.parametrize(
    "writes",
    [
        "DDL('with n (id) as (select 1) insert into t select id from n')",
        "lambda _, c, **__: c.execute(t.insert(), [{'id': 2}])",
    ],
)
def test_rows_of_listeners_are_told(
    database: Database, cli: Cli, tmp_path: Path, writes: str
) -> None:
    """They are no structure, whether SQL or SQLAlchemy writes them; it is said once."""
    database.execute("create schema user_1")
    (tmp_path / "models.py").write_text(
        f"{_IMPORTS}metadata = MetaData()\nt = Table('t', metadata, Column('id', Integer))\n"
        f"event.listen(t, 'after_create', {writes})\n"
    )
    for _ in range(2):
        told = cli("plan", "--desired", "models.py:metadata", cwd=tmp_path).err
        assert told.count("models.py:metadata writes rows when its tables are created") == 1
    assert cli("apply", "--yes", "--desired", "models.py:metadata", cwd=tmp_path).code == 0
    assert database.rows("select * from user_1.t") == []


@pytest.mark.prove
def test_a_listener_that_builds_concurrently(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Its index is built as any other."""
    database.execute("create schema user_1")
    desired = _desired(
        tmp_path,
        "metadata = MetaData()\n"
        't = Table("doc", metadata, Column("id", Integer, primary_key=True))\n'
        'event.listen(t, "after_create", DDL("create unique index concurrently if not exists ix\n'
        '  on %(fullname)s ((id + 1))"))'.replace("exists ix\n ", "exists ix"),
    )
    applied = cli("apply", "--yes", *desired)
    assert applied.code == 0, applied.err
    assert database.value(
        "select indisunique from pg_index where indexrelid = 'user_1.ix'::regclass"
    )
    assert cli("drift", *desired).code == 0


def test_concurrently_in_sql(database: Database, cli: Cli, tmp_path: Path) -> None:
    """A dump or a migration that builds its indexes so is understood."""
    database.execute("create schema user_1; create table user_1.doc (id integer)")
    text = "create table doc (id integer);\ncreate index concurrently ix on doc (id);\n"
    desired = _desired(tmp_path, text, "doc.sql")
    assert cli("apply", "--yes", *desired).code == 0
    assert database.value(
        "select indisvalid from pg_index where indexrelid = 'user_1.ix'::regclass"
    )


@pytest.mark.prove
def test_several_metadata(database: Database) -> None:
    """`target_metadata = [a, b]`, as Alembic takes it."""
    case = field_cases.build("metadata_list", database)
    _there_and_back(case, database, "select count(*) from doc")
    plan = case("plan", "--format", "json").json
    assert plan["desired"].endswith("new.py:metadata")


def test_the_same_table_in_two_metadata(database: Database, cli: Cli, tmp_path: Path) -> None:
    """It is said which."""
    database.execute("create schema user_1")
    desired = _desired(
        tmp_path,
        "metadata = [MetaData(), MetaData()]\n"
        'for its in metadata: Table("doc", its, Column("id", Integer))',
    )
    outcome = cli("plan", *desired)
    assert outcome.code == 1
    assert "The table doc is in " in outcome.err
    assert "models.py:metadata[0] and in " in outcome.err


@pytest.mark.prove
def test_models_and_sql_together(database: Database, cli: Cli, tmp_path: Path) -> None:
    """What SQLAlchemy does not know stands in a file that is built after the models."""
    database.execute("create schema user_1")
    models = 'metadata = MetaData()\nTable("doc", metadata, Column("id", Integer))'
    (tmp_path / "models.py").write_text(_IMPORTS + models)
    (tmp_path / "views.sql").write_text("create view doc_view as select id from doc")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.diffapply]\ndesired = ["models.py:metadata", "views.sql"]'
    )
    applied = cli("apply", "--yes", "--format", "json", cwd=tmp_path)
    assert applied.code == 0, applied.err
    assert database.rows("select id from user_1.doc_view") == []
    several = ("--desired", "models.py:metadata", "--desired", "views.sql")
    assert cli("drift", *several, cwd=tmp_path).code == 0
    plan = cli("plan", "--format", "json", *several, cwd=tmp_path)
    assert plan.json["desired"] == "models.py:metadata, views.sql"
    [run] = cli("history", "--format", "json").json["runs"]
    assert run["desired"] == "models.py:metadata, views.sql"
    (tmp_path / "views.sql").write_text("create table doc ()")
    twice = cli("plan", *several, cwd=tmp_path)
    assert twice.code == 1
    assert 'views.sql: relation "doc" already exists (line 1)' in twice.err


@pytest.mark.prove
def test_a_table_that_stands_for_a_view(database: Database, cli: Cli, tmp_path: Path) -> None:
    """It is no table: what creates the view counts."""
    database.execute("create schema user_1")
    desired = _desired(
        tmp_path,
        "metadata = MetaData()\n"
        'Table("doc", metadata, Column("id", Integer, primary_key=True))\n'
        'Table("doc_view", metadata, Column("id", Integer), info={"is_view": True})\n'
        'event.listen(metadata, "after_create", DDL("create view doc_view as select id from doc"))',
    )
    assert cli("apply", "--yes", *desired).code == 0
    assert (
        database.value("select relkind from pg_class where oid = 'user_1.doc_view'::regclass")
        == "v"
    )
    assert cli("drift", *desired).code == 0


@pytest.mark.postgres(18, prove=(15,))
def test_enums_where_create_all_puts_them(database: Database) -> None:
    """Names without a schema are shared when it is said; nothing is made that exists already."""
    case = field_cases.build("enum_without_schema", database)
    before = database.rows(_TYPES)
    assert sorted(before) == [("account_role", "public"), ("thing_state", "public")]
    drift = case("drift", "--exclude", "public", "--schemaless", "shared")
    assert drift.code == 0, drift.out + drift.err
    planned = case("plan", "--exclude", "public", "--format", "json").json["transitions"]
    made = [its["sql"] for transition in planned for its in transition["statements"]]
    assert any("thing_state" in statement for statement in made)
    assert not any("account_role" in statement for statement in made)


def test_tables_without_a_schema_may_be_shared(
    database: Database, cli: Cli, tmp_path: Path
) -> None:
    """Only what bears the token is the tenant's then; without a token, nothing would be."""
    database.execute("create schema user_1; create table public.account (id integer primary key)")
    desired = _desired(
        tmp_path,
        "metadata = MetaData()\n"
        'Table("account", metadata, Column("id", Integer, primary_key=True))\n'
        'Table("doc", metadata, Column("a", ForeignKey("account.id")), schema="tenant")',
    )
    env = {"DIFFAPPLY_SCHEMALESS": "shared"}
    lacking = cli("plan", *desired, env=env)
    assert lacking.code == 1
    assert "--tenant-token" in lacking.err
    assert cli("apply", "--yes", "--tenant-token", "tenant", *desired, env=env).code == 0
    tables = database.rows(
        "select relname::text from pg_class where relnamespace = 'user_1'::regnamespace"
    )
    assert tables == [("doc",)]
    assert cli("plan", "--schemaless", "mine", *desired).code == 1
