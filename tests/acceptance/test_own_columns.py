"""What a child has of its own, and what it only inherits, goes there and back with its rows."""

import pytest

from tests.acceptance.field_cases import TENANTS, build
from tests.servers import Database


@pytest.mark.postgres(18, prove=(15,))
def test_a_column_that_a_child_keeps(database: Database) -> None:
    """The parent gives it up alone; going back the child has it from there, with its values."""
    case = build("column_kept_by_child", database)
    values = {name: [(1, 2, 3)] for name in TENANTS}
    plan = case("plan")
    assert "ALTER TABLE ONLY p DROP COLUMN e" in plan.out
    case.applied()
    assert case.answers("select c, e, a1 from a") == values
    back = case("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    assert case.answers("select c, e, a1 from a") == values
    assert case.answers("select c, e from p") == {name: [(1, 2)] for name in TENANTS}
    case.applied()
    assert case.answers("select c, e, a1 from a") == values


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_a_key_on_an_inherited_column(database: Database) -> None:
    """What else changes is planned, and the NOT NULL that comes with the key is rebuilt."""
    case = build("not_null_on_inherited", database)
    case.applied()
    back = case("apply", "--backward", "--allow-destructive", "--yes")
    assert back.code == 0, back.out + back.err
    case.applied()


@pytest.mark.prove
def test_grants_on_a_column_that_is_made_anew(database: Database) -> None:
    """They are given back, as to whatever is made anew."""
    case = build("column_kept_by_child", database)
    role = f"reader_{database.name}"
    database.execute(f'create role "{role}"')
    try:
        case.applied()
        database.execute(f'grant select (e) on user_1.a to "{role}"')
        assert case("apply", "--backward", "--yes").code == 0
        assert database.value("select has_column_privilege(%s, 'user_1.a', 'e', 'select')", role)
    finally:
        database.execute(f'drop owned by "{role}"; drop role "{role}"')
