"""The same in typed Python, and a new tenant within the caller's own transaction."""

from dataclasses import replace
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection

import diffapply
from diffapply.errors import UsageError
from diffapply.tenants import discovery
from tests.servers import Database


@pytest.fixture
def settings(database: Database) -> diffapply.Settings:
    """For two tenants and this repository's desired state."""
    database.execute("create schema user_1; create schema user_2")
    root = Path(__file__).parents[2]
    return diffapply.Settings(
        database_url=database.url, desired=f"{root / 'schema' / 'desired.py'}:metadata"
    )


def test_plan_apply_drift_history(settings: diffapply.Settings, tmp_path: Path) -> None:
    """What the command line wraps."""
    plan = diffapply.plan(settings)
    assert (plan.total, plan.to_change) == (2, 2)
    diffapply.save_plan(plan, tmp_path / "plan.json")
    assert diffapply.load_plan(tmp_path / "plan.json") == plan
    result = diffapply.apply(settings, plan)
    assert [step.status for step in result.tenants] == ["applied", "applied"]
    assert diffapply.drift(settings).in_sync
    [run] = diffapply.history(settings)
    assert (run.id, run.status, run.counts["applied"]) == (result.run, "done", 2)
    back = diffapply.plan(settings, backward=True)
    diffapply.apply(settings, back)
    assert {tenant.state for tenant in diffapply.drift(settings).tenants} == {"behind"}


def test_a_command_asks_once_who_the_tenants_are(
    settings: diffapply.Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query may take its time; and what it says now, holds for a plan that was made before."""
    database.execute("create table public.customers as values ('user_1'), ('user_2')")
    asked = []
    ask = discovery.ask

    def watched(connection: Connection, query: str) -> set[str]:
        asked.append(query)
        return ask(connection, query)

    monkeypatch.setattr(discovery, "ask", watched)
    settings = replace(settings, tenants_query="select column1 from public.customers")
    plan = diffapply.plan(settings)
    assert len(asked) == 1
    assert diffapply.apply(settings, plan).count("applied") == 2
    assert len(asked) == 2
    assert diffapply.drift(settings).in_sync
    assert len(asked) == 3
    database.execute("delete from public.customers where column1 = 'user_2'")
    with pytest.raises(UsageError, match="'user_2' as a tenant; with these settings it is none"):
        diffapply.apply(settings, plan)
    database.execute("drop schema user_2 cascade")
    assert [its.status for its in diffapply.apply(settings, plan).tenants] == [
        "unchanged",
        "refused",
    ]


@pytest.mark.parametrize("committed", [True, False])
def test_a_tenant_in_a_sign_up(
    settings: diffapply.Settings, database: Database, *, committed: bool
) -> None:
    """It comes with the caller's transaction, and goes with it."""
    shape = diffapply.desired_shape(settings)
    connection = database.connect()
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists public.customers (name text)")
        cursor.execute("insert into public.customers values ('user_3')")
        diffapply.provision_in(connection, "user_3", shape)
        cursor.execute("select count(*) from public.customers")
        assert cursor.fetchone() == (1,)
    if committed:
        connection.commit()
    else:
        connection.rollback()
    connection.close()
    there = database.rows("select from pg_namespace where nspname = 'user_3'")
    assert bool(there) == committed
    states = {t.name: t.state for t in diffapply.drift(settings).tenants}
    assert states.get("user_3") == ("in_sync" if committed else None)


def test_errors_are_ours(settings: diffapply.Settings) -> None:
    """Whatever a user can cause is a DiffapplyError with a sentence and a hint."""
    with pytest.raises(diffapply.DiffapplyError) as caught:
        diffapply.provision(settings, ["user_1"])
    assert "user_1" in caught.value.message
    assert caught.value.hint
