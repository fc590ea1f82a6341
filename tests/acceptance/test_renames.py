"""A rename that the desired state declares loses nothing, forward and backward."""

from pathlib import Path

import pytest

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


def test_a_declaration_is_ignored_once_it_is_done(tenants: Path, cli: Cli) -> None:
    """The declaration may stay in the metadata: there is nothing to do the second time."""
    assert cli("apply", "--desired", "after.py:metadata", "--yes", cwd=tenants).code == 0
    again = cli("plan", "--desired", "after.py:metadata", "--exit-code", cwd=tenants)
    assert (again.code, "Nothing to do" in again.out) == (0, True)


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
