"""A rename that the desired state declares loses nothing, forward and backward."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.acceptance import field_cases
from tests.servers import Cli, Database

_BEFORE = """
from sqlalchemy import *
metadata = MetaData()
Table("orders", metadata, Column("id", Integer, primary_key=True), Column("amount", Numeric),
      Column("old col", Text, unique=True), Index("ix_amount", "amount"))
Table("items", metadata, Column("id", Integer, primary_key=True),
      Column("order_id", ForeignKey("orders.id")))
"""
_AFTER = """
from sqlalchemy import *
metadata = MetaData()
Table("Purchases", metadata, Column("id", Integer, primary_key=True),
      Column("total", Numeric, info={"renamed_from": "amount"}),
      Column("note", Text, unique=True, info={"renamed_from": "old col"}),
      Index("ix_total", "total"), info={"renamed_from": "orders"})
Table("items", metadata, Column("id", Integer, primary_key=True),
      Column("order_id", ForeignKey("Purchases.id")))
"""


@pytest.fixture
def tenants(database: Database, cli: Cli, tmp_path: Path) -> Path:
    """Two tenants at the old structure with a row each; the folder has both desired states."""
    (tmp_path / "before.py").write_text(_BEFORE)
    (tmp_path / "after.py").write_text(_AFTER)
    database.execute("create schema user_1; create schema user_2")
    assert cli("apply", "--desired", "before.py:metadata", "--yes", cwd=tmp_path).code == 0
    for tenant in ("user_1", "user_2"):
        database.execute(f"insert into {tenant}.orders values (default, 5.5, 'x')")
        database.execute(f"insert into {tenant}.items values (default, 1)")
    return tmp_path


@pytest.mark.postgres(18, prove=(15,))
def test_declared_renames_keep_the_rows(tenants: Path, database: Database, cli: Cli) -> None:
    """Tables, columns and what is named after them are renamed, and no row is touched."""
    applied = cli("apply", "--desired", "after.py:metadata", "--yes", cwd=tenants)
    assert applied.code == 0, applied.err
    assert "DROP" not in applied.out.upper()
    assert database.rows('select total, note from user_1."Purchases"') == [(5.5, "x")]
    assert cli("drift", "--desired", "after.py:metadata", cwd=tenants).code == 0


@pytest.mark.prove
@pytest.mark.postgres(18, prove=(15,))
def test_going_back_renames_back(tenants: Path, database: Database, cli: Cli) -> None:
    """Renames are turned round, even where the desired state does not know them any more."""
    before = database.dump("user_1")
    assert cli("apply", "--desired", "after.py:metadata", "--yes", cwd=tenants).code == 0
    (tenants / "after.py").unlink()
    back = cli("apply", "--backward", "--yes", cwd=tenants)
    assert back.code == 0, back.err
    assert database.rows('select amount, "old col" from user_1.orders') == [(5.5, "x")]
    assert Database.difference(before, database.dump("user_1")) == ""


@pytest.mark.prove
def test_a_declaration_is_ignored_once_it_is_done(tenants: Path, cli: Cli) -> None:
    """The declaration may stay in the metadata: there is nothing to do the second time."""
    assert cli("apply", "--desired", "after.py:metadata", "--yes", cwd=tenants).code == 0
    again = cli("plan", "--desired", "after.py:metadata", "--exit-code", cwd=tenants)
    assert (again.code, "Nothing to do" in again.out) == (0, True)


@pytest.mark.prove
def test_an_undeclared_rename_is_pointed_out(tenants: Path, database: Database, cli: Cli) -> None:
    """A drop and an add that look alike are pointed out, with how to declare it."""
    undeclared = _BEFORE.replace('Column("amount"', 'Column("total"').replace(
        '"amount")', '"total")'
    )
    (tenants / "undeclared.py").write_text(undeclared)
    plan = cli("plan", "--desired", "undeclared.py:metadata", cwd=tenants)
    assert "looks like a rename" in plan.out
    assert 'info={"renamed_from": "amount"}' in plan.out
    refused = cli("apply", "--desired", "undeclared.py:metadata", "--yes", cwd=tenants)
    assert refused.code == 3
    assert database.rows("select amount from user_2.orders") == [(5.5,)]


def _models(folder: Path, name: str, tables: str) -> tuple[str, ...]:
    (folder / f"{name}.py").write_text(f"from sqlalchemy import *\nmetadata = MetaData()\n{tables}")
    return ("--desired", f"{folder / name}.py:metadata")


@pytest.mark.prove
def test_earlier_names_of_tenants_of_several_ages(database: Database) -> None:
    """Each tenant is renamed from what it has, forward and backward."""
    case = field_cases.build("rename_chain", database)
    dumps = {tenant: database.dump(tenant) for tenant in field_cases.TENANTS}
    case.applied()
    assert set(map(tuple, case.answers("select grand_total from t").values())) == {((7,),)}
    assert case("apply", "--backward", "--yes").code == 0
    for tenant, dump in dumps.items():
        assert Database.difference(dump, database.dump(tenant)) == ""
    assert case.answer("user_1", "select amount from t") == [(7,)]
    assert case.answer("user_2", "select total from t") == [(7,)]


@pytest.mark.prove
def test_earlier_names_of_a_table(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Its columns go back with it, whichever of the names it had."""
    for number, name in enumerate(("orders", "purchases"), 1):
        database.execute(
            f"create schema user_{number}; create table user_{number}.{name} (amount integer);"
            f"insert into user_{number}.{name} values ({number})"
        )
    models = _models(
        tmp_path,
        "models",
        'Table("sales", metadata, Column("total", Integer, info={"renamed_from": "amount"}), '
        'info={"renamed_from": ["orders", "purchases"]})',
    )
    assert cli("apply", "--yes", "--exclude", "public", *models).code == 0
    assert database.rows("select total from user_1.sales") == [(1,)]
    assert database.rows("select total from user_2.sales") == [(2,)]
    assert cli("apply", "--backward", "--yes").code == 0
    assert database.rows("select amount from user_1.orders") == [(1,)]
    assert database.rows("select amount from user_2.purchases") == [(2,)]


def test_an_exchange_that_nothing_shows(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Of columns that are alike, it cannot be told whether it was done: nothing is."""
    database.execute("create schema user_1; create table user_1.t (a text, b text)")
    models = _models(
        tmp_path,
        "models",
        'Table("t", metadata, Column("a", Text, info={"renamed_from": "b"}), '
        'Column("b", Text, info={"renamed_from": "a"}))',
    )
    plan = cli("plan", "--exclude", "public", *models)
    assert plan.code == 0
    assert "column t.a is not renamed to t.b, as declared, in exchange with others" in plan.out


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_columns_that_exchange_their_names(database: Database) -> None:
    """They do so through a third name; once done, nothing is exchanged again."""
    case = field_cases.build("swap_columns", database)
    before = database.dump("user_1")
    case.applied()
    assert set(map(tuple, case.answers("select a, b from t").values())) == {(("was b", "was a"),)}
    database.execute("alter table user_1.t add note text")
    again = case.applied("--allow-destructive")
    assert "it looks as if that was done" in again.out
    assert case.answer("user_1", "select a, b from t") == [("was b", "was a")]
    assert case("apply", "--backward", "--to", "1", "--yes").code == 0
    assert Database.difference(before, database.dump("user_1")) == ""
    assert case.answer("user_1", "select a, b from t") == [("was a", "was b")]


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_tables_that_exchange_their_names(database: Database, cli: Cli, tmp_path: Path) -> None:
    """Three in a circle, with indexes, constraints and sequences; one name has to be quoted."""
    kinds = {"one": "Integer", "Two": "Text", "three": "Numeric"}

    def tables(names: Sequence[str], *, renamed: bool) -> str:
        return "\n".join(
            f'Table("{new}", metadata, Column("id", Integer, primary_key=True), '
            f'Column("v", {kind}, index=True)'
            + (f', info={{"renamed_from": "{old}"}})' if renamed else ")")
            for new, (old, kind) in zip(names, kinds.items(), strict=True)
        )

    before = _models(tmp_path, "before", tables([*kinds], renamed=False))
    after = _models(tmp_path, "after", tables(["Two", "three", "one"], renamed=True))
    database.execute("create schema user_1")
    assert cli("apply", "--yes", *before).code == 0
    database.execute(
        'insert into user_1.one (v) values (1); insert into user_1."Two" (v) values (2), (2)'
    )
    dump = database.dump("user_1")
    applied = cli("apply", "--yes", "--format", "json", *after)
    assert applied.code == 0, applied.err
    assert "DROP" not in applied.err.upper()
    assert cli("drift", *after).code == 0
    assert database.rows('select v from user_1."Two"') == [(1,)]
    assert database.rows("insert into user_1.three (v) values ('3') returning id") == [(3,)]
    assert cli("apply", "--backward", "--yes").code == 0
    assert Database.difference(dump, database.dump("user_1")) == ""
    assert database.rows('select id, v from user_1."Two"') == [(1, "2"), (2, "2"), (3, "3")]


@pytest.mark.prove
def test_indexes_that_exchange_their_names(database: Database, cli: Cli, tmp_path: Path) -> None:
    """None is built again."""
    table = 'Table("t", metadata, Column("a", Integer), Column("b", Integer), {indexes})'
    straight = _models(
        tmp_path, "straight", table.format(indexes='Index("x", "a"), Index("y", "b")')
    )
    crossed = _models(tmp_path, "crossed", table.format(indexes='Index("y", "a"), Index("x", "b")'))
    database.execute("create schema user_1")
    assert cli("apply", "--yes", *straight).code == 0
    plan = cli("plan", "--exclude", "public", "--format", "json", *crossed).json
    [transition] = plan["transitions"]
    assert all(" RENAME TO " in statement["sql"] for statement in transition["statements"])
    assert cli("apply", "--yes", *crossed).code == 0
    assert cli("drift", *crossed).code == 0


@pytest.mark.prove
def test_a_name_that_moves_up(database: Database, cli: Cli, tmp_path: Path) -> None:
    """What gives its name to another one is renamed first."""
    database.execute(
        "create schema user_1; create table user_1.t (a text, b text);"
        "insert into user_1.t values ('was a', 'was b')"
    )
    models = _models(
        tmp_path,
        "models",
        'Table("t", metadata, Column("b", Text, info={"renamed_from": "a"}), '
        'Column("c", Text, info={"renamed_from": "b"}))',
    )
    for _ in range(2):
        assert cli("apply", "--yes", *models).code == 0
        assert database.rows("select b, c from user_1.t") == [("was a", "was b")]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (
            "amount integer, total integer",
            "column t.amount is not renamed to t.total, as declared: both are there",
        ),
        (
            "amont integer",
            "column t.total is declared as renamed from t.sum or t.amount, which is not there",
        ),
        ("amount integer", ""),
        ("total integer, note text", ""),
        ("sum integer, note text", ""),
    ],
)
def test_a_rename_that_is_passed_over_is_said(
    database: Database, cli: Cli, tmp_path: Path, columns: str, says: str
) -> None:
    """With the reason; not where it is done, or was done long ago."""
    database.execute(f"create schema user_1; create table user_1.t ({columns})")
    models = _models(
        tmp_path,
        "models",
        'Table("t", metadata, Column("total", Integer, info={"renamed_from": ["sum", "amount"]}))',
    )
    plan = cli("plan", "--exclude", "public", "--format", "json", *models)
    notes = " ".join(note for its in plan.json["transitions"] for note in its["notes"])
    assert ("as declared" in notes or "is declared" in notes) == bool(says)
    assert says in notes
