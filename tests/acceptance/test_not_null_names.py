"""Names of NOT NULLs that models cannot say are no drift; all others are, and come back."""

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from diffapply.catalog.reader import read_catalog
from diffapply.model.catalog import Ends
from diffapply.planning.goals.not_null_names import named_as_now
from diffapply.values import not_null_name
from tests.servers import Cli, Database

pytestmark = pytest.mark.postgres(18, prove=(15,))

_DATASETS = """
create schema user_1; set search_path = user_1;
create table dataset (id int primary key, name text not null, at date not null)
    partition by list (id);
create table dataset_1 partition of dataset for values in (1);
create table base (n int not null); create table child (m int not null) inherits (base);
"""
_AS_ALEMBIC_DOES = """
set search_path = user_1;
alter table dataset rename to asset; alter table dataset_1 rename to asset_1;
alter table asset rename constraint dataset_pkey to asset_pkey;
alter table asset_1 rename constraint dataset_1_pkey to asset_1_pkey;
alter table asset rename at to made;
alter table base rename n to number; alter table base rename to root;
"""
_MODELS = """
from sqlalchemy import *
md = MetaData()
Table("asset", md, Column("id", Integer, primary_key=True, autoincrement=False),
      Column("name", Text, nullable=False), Column("made", Date, nullable=False),
      postgresql_partition_by="LIST (id)")
part = Table("asset_1", md, Column("id", Integer, primary_key=True, autoincrement=False),
      Column("name", Text, nullable=False), Column("made", Date, nullable=False))
event.listen(part, "after_create",
             DDL("alter table asset attach partition asset_1 for values in (1)"))
Table("root", md, Column("number", Integer, nullable=False))
Table("child", md, Column("m", Integer, nullable=False), postgresql_inherits="root")
"""
_NAMES = """
select relname, conname from pg_constraint join pg_class c on c.oid = conrelid
where contype = 'n' and connamespace = 'user_1'::regnamespace order by 1, 2
"""


@pytest.fixture
def renamed(database: Database) -> Database:
    """A tenant whose tables and columns were renamed by hand, which leaves the names."""
    database.execute(_DATASETS + _AS_ALEMBIC_DOES)
    return database


def _models(folder: Path, text: str = _MODELS) -> tuple[str, ...]:
    (folder / "models.py").write_text(text)
    return "--desired", f"{folder}/models.py:md", "--exclude", "public"


def test_names_of_an_earlier_time_are_no_drift(renamed: Database, tmp_path: Path) -> None:
    """Of table and column, in partitions and children; changes leave them as they are."""
    cli, named = Cli(renamed.url), renamed.server.version >= 18
    drift = cli("drift", *_models(tmp_path))
    assert drift.code == 0, drift.out + drift.err
    before = renamed.rows(_NAMES)
    assert (("asset", "dataset_at_not_null") in before) == named
    # For `ensure_in`, which does not look at what the models are built to:
    assert cli("shape", "--ways", "--out", tmp_path / "shape", *_models(tmp_path)).code == 0
    shape = json.loads((tmp_path / "shape").read_text("utf-8"))["shape"]
    assert (len(shape["alike"]), shape["ways"]) == (int(named), [])
    changed = _models(tmp_path, _MODELS.replace('"name", Text', '"title", Text'))
    plan = cli("plan", "--format", "json", *changed).json
    assert "RENAME" not in str(plan["transitions"][0]["statements"])
    assert cli("apply", "--yes", "--allow-destructive", *changed).code == 0
    assert (("asset_1", "asset_title_not_null") in renamed.rows(_NAMES)) == named
    assert cli("apply", "--backward", "--yes").code == 0
    assert renamed.rows(_NAMES) == before


def test_a_declared_rename_renames_them(renamed: Database, tmp_path: Path) -> None:
    """Those of partitions and children with their table's, and the same way back."""
    cli, before = Cli(renamed.url), renamed.rows(_NAMES)
    text = _MODELS
    for old, new in (("asset", "thing"), ("root", "top")):
        text = re.sub(rf"\b{old}\b", new, text)
        text += f"md.tables['{new}'].info['renamed_from'] = '{old}'\n"
    desired = _models(tmp_path, text)
    [transition] = cli("plan", "--format", "json", *desired).json["transitions"]
    assert not transition.get("no_way_back")
    assert not any("TACH" in its["sql"] for its in transition["statements"])
    assert cli("apply", "--yes", *desired).code == 0
    after = renamed.rows(_NAMES)
    assert not {name for _, name in after if name.startswith(("asset", "dataset_", "base", "root"))}
    assert cli("drift", *desired).code == 0
    assert cli("apply", "--backward", "--yes").code == 0
    assert renamed.rows(_NAMES) == before


@pytest.mark.postgres(18)
def test_other_names_are_told(renamed: Database, tmp_path: Path) -> None:
    """Those that somebody gave, those that SQL means, and those that others need."""
    cli = Cli(renamed.url)
    renamed.execute(
        "set search_path = user_1;"
        "alter table root rename constraint base_n_not_null to must_have;"
        "alter table asset rename constraint dataset_name_not_null to must_have_it;"
        # The name that the other column of it will need:
        "alter table child rename m to k"
    )
    more = 'Column("k", Integer, nullable=False), Column("m", Integer, nullable=False)'
    desired = _models(tmp_path, _MODELS.replace('Column("m", Integer, nullable=False)', more))
    [transition] = cli("plan", "--format", "json", *desired).json["transitions"]
    assert [its["sql"] for its in transition["statements"]] == [
        "ALTER TABLE asset RENAME CONSTRAINT must_have_it TO asset_name_not_null",
        "ALTER TABLE root RENAME CONSTRAINT must_have TO root_number_not_null",
        "ALTER TABLE child RENAME CONSTRAINT child_m_not_null TO child_k_not_null",
        "ALTER TABLE child ADD COLUMN m integer NOT NULL",
    ]
    (tmp_path / "s.sql").write_text("create table asset (made date not null)")
    drift = cli("drift", "--desired", f"{tmp_path}/s.sql", "--exclude", "public")
    assert "desired  name none\n      live     name dataset_at_not_null\n" in drift.out


_PARTS = """
create table p (id int not null, d date not null) partition by list (id);
create table p1 {};
create table r (id int primary key, n int not null);
"""
_APART = "(id int not null, d date not null); alter table p attach partition p1 for values in (1)"
_AS_PART = "partition of p for values in (1)"


@pytest.mark.parametrize(("had", "wanted"), [(_APART, _AS_PART), (_AS_PART, _APART)])
def test_partitions_may_have_names_of_their_own(
    database: Database, tmp_path: Path, had: str, wanted: str
) -> None:
    """As they have after a dump and a restore from a server where NOT NULLs had no names."""
    database.execute("create schema user_1; set search_path = user_1;" + _PARTS.format(had))
    (tmp_path / "s.sql").write_text(_PARTS.format(wanted))
    drift = Cli(database.url)("drift", "--desired", tmp_path / "s.sql", "--exclude", "public")
    assert drift.code == 0, drift.out + drift.err


_KEYED = "create table p (id int not null); create table c (b int{}) inherits (p);"
_AT_ONCE, _LATER = ", primary key (id)", "alter table c add primary key (id)"


@pytest.mark.postgres(18)
@pytest.mark.parametrize("models", [True, False])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_childs_key_may_be_there_from_the_beginning(
    database: Database, tmp_path: Path, *, models: bool, at_once: bool
) -> None:
    """Then its NOT NULL is the child's own; else the parent's, which it cannot become."""
    ends = (_KEYED.format(_AT_ONCE), _KEYED.format("") + _LATER)
    had, wanted = ends if at_once else reversed(ends)
    database.execute("create schema user_1; set search_path = user_1;" + had)
    (tmp_path / "s.sql").write_text(wanted)
    desired: list[str | Path] = ["--desired", tmp_path / "s.sql"]
    if models:
        database.execute("create table user_1.z (n int)")
        table = 'Table("z", md, Column("n", Integer))'
        (tmp_path / "m.py").write_text(f"from sqlalchemy import *; md = MetaData(); {table}")
        desired += ["--desired", f"{tmp_path}/m.py:md"]
    drift = Cli(database.url)("drift", *desired, "--exclude", "public")
    assert drift.code == 0, drift.out + drift.err


@pytest.mark.postgres(18)
def test_names_of_a_partition_change_while_it_is_detached_once(
    database: Database, tmp_path: Path
) -> None:
    text = (
        _PARTS
        + "alter table p add primary key (id); alter table r add foreign key (n) references p"
    )
    database.execute(
        "create schema user_1; set search_path = user_1;"
        + text.format(
            _APART.replace("id int", "id int constraint a").replace("d date", "d date constraint b")
        )
    )
    (tmp_path / "s.sql").write_text(text.format(_APART))
    options = ("--desired", tmp_path / "s.sql", "--exclude", "public")
    [transition] = Cli(database.url)("plan", "--format", "json", *options).json["transitions"]
    assert [its["sql"] for its in transition["statements"]] == [
        "ALTER TABLE r DROP CONSTRAINT r_n_fkey",
        "ALTER TABLE p DETACH PARTITION p1",
        "ALTER TABLE p1 RENAME CONSTRAINT a TO p1_id_not_null",
        "ALTER TABLE p1 RENAME CONSTRAINT b TO p1_d_not_null",
        "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1)",
        "ALTER TABLE r ADD CONSTRAINT r_n_fkey FOREIGN KEY (n) REFERENCES p(id)",
    ]
    assert Cli(database.url)("apply", "--yes", *options).code == 0


_AB = "create table t (a int not null, b int not null);"
_SWAPPED = "alter table t rename a to x; alter table t rename b to a; alter table t rename x to b"
_MOVED = "alter table t rename b to c; alter table t rename a to b"
NAMED = [
    (
        _AB + _SWAPPED,
        _AB,
        {"a": "t_b_not_null", "b": "t_a_not_null"},
    ),
    (
        _AB + _MOVED,
        "create table t (b int not null, c int not null)",
        {"b": "t_a_not_null", "c": "t_b_not_null"},
    ),
    (
        _AB + _MOVED,
        "create table t (b int not null, c int not null, a int not null)",
        {its: f"t_{its}_not_null" for its in "abc"},
    ),
]
"""What was done in a tenant, what is desired → column: the name that its NOT NULL should have."""


@pytest.mark.postgres(18)
@pytest.mark.parametrize(("did", "wanted", "names"), NAMED, ids=["swapped", "moved", "needed"])
def test_one_keeps_its_name_unless_another_needs_it(
    database: Database, did: str, wanted: str, names: dict[str, str]
) -> None:
    """What the other columns are called at last counts, not what they would be called anew."""
    with closing(database.connect()) as connection:
        for schema, sql in (("live", did), ("goal", wanted)):
            database.execute(f"create schema {schema}; set search_path = {schema}; {sql}")
        live, goal = (read_catalog(connection, schema) for schema in ("live", "goal"))
    facts = named_as_now(Ends(live, goal)).parts("not null", "t")
    assert {its.part: not_null_name(its) for its in facts} == names


@pytest.mark.postgres(18)
def test_a_new_partition_has_the_names_of_its_table(renamed: Database, tmp_path: Path) -> None:
    """Which are of an earlier time: so it comes with them, as PostgreSQL makes it."""
    (tmp_path / "parts.sql").write_text(
        "create table asset (id int primary key, name text not null, made date not null)"
        " partition by list (id); create table asset_1 partition of asset for values in (1);"
        "create table asset_2 partition of asset for values in (2)"
    )
    before, _, after = _MODELS.partition('Table("asset"')
    models = _models(tmp_path, before + after[after.index('Table("root"') :])
    plan = Cli(renamed.url)(
        "plan", "--format", "json", "--desired", tmp_path / "parts.sql", *models
    )
    [transition] = plan.json["transitions"]
    assert [its["sql"] for its in transition["statements"]] == [
        "CREATE TABLE asset_2 PARTITION OF asset FOR VALUES IN (2)"
    ]


@pytest.mark.postgres(18)
def test_a_child_may_have_the_names_of_its_parents(database: Database, tmp_path: Path) -> None:
    """A key gives it its own if it is there from the beginning; a key that comes does not."""
    text = "create table base (id int not null); create table img (w int{}) inherits (base);"
    database.execute("create schema user_1; set search_path = user_1;" + text.format(""))
    (tmp_path / "s.sql").write_text(text.format(", primary key (id)"))
    desired = ("--desired", tmp_path / "s.sql", "--exclude", "public")
    cli = Cli(database.url)
    [transition] = cli("plan", *desired, "--format", "json").json["transitions"]
    [statement] = transition["statements"]
    assert statement["sql"] == (
        "ALTER TABLE img ADD CONSTRAINT base_id_not_null NOT NULL id, "
        "ADD CONSTRAINT img_pkey PRIMARY KEY (id)"
    )
    applied = cli("apply", "--yes", *desired)
    assert applied.code == 0, applied.out + applied.err
    assert cli("drift", *desired).code == 0
    (tmp_path / "s.sql").write_text(text.format(", primary key (id), constraint own not null id"))
    drift = cli("drift", *desired)
    assert "~ changed not null img.id" in drift.out
    assert "desired  name own\n      live     name base_id_not_null\n" in drift.out
