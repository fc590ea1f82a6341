"""Drift is told object by object, and looking for it changes nothing."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from tests.fleets import made_once
from tests.servers import Cli, Database


@made_once
def made(database: Database) -> None:
    """Three tenants as desired, of which user_2 was changed by hand."""
    _let_drift(database, Cli(database.url))


def _let_drift(database: Database, cli: Cli) -> None:
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    assert cli("apply", "--yes").code == 0
    database.execute(
        "alter table user_2.marketplace_tasks add column note text,"
        " alter column status set default 'RUNNING';"
        "drop index user_2.ix_marketplace_tasks_job_status"
    )


def test_each_difference_is_named(fleet: Database) -> None:
    """Exit 2, and of each tenant what is missing, extra or changed."""
    cli = Cli(fleet.url)
    outcome = cli("drift", "--format", "json")
    assert outcome.code == 2
    states = {t["name"]: t["state"] for t in outcome.json["tenants"]}
    assert states == {
        "public": "in_sync",
        "user_1": "in_sync",
        "user_2": "drifted",
        "user_3": "in_sync",
    }
    [tenant] = [t for t in outcome.json["tenants"] if t["differences"]]
    assert tenant["differences"] == [
        {
            "kind": "column",
            "name": "marketplace_tasks.note",
            "change": "extra",
            "desired": None,
            "live": "text",
            "fields": [],
        },
        {
            "kind": "default",
            "name": "marketplace_tasks.status",
            "change": "changed",
            "desired": "'PENDING'::character varying",
            "live": "'RUNNING'::character varying",
            "fields": [
                {
                    "field": "expression",
                    "desired": "'PENDING'::character varying",
                    "live": "'RUNNING'::character varying",
                }
            ],
        },
        {
            "kind": "index",
            "name": "ix_marketplace_tasks_job_status",
            "change": "missing",
            "desired": "ON marketplace_tasks USING btree (job_id, status)",
            "live": None,
            "fields": [],
        },
    ]


def test_behind_is_a_shape_that_the_journal_knows(fleet: Database) -> None:
    """A tenant that was taken back is behind; one that nobody has seen so is drifted."""
    cli = Cli(fleet.url)
    assert cli("apply", "--backward", "--only", "user_3", "--yes").code == 0
    states = {t["name"]: t["state"] for t in cli("drift", "--format", "json").json["tenants"]}
    assert (states["user_2"], states["user_3"]) == ("drifted", "behind")


@pytest.mark.parametrize(
    "format_",
    [
        *("text", "json", "github"),
        *(
            pytest.param(its, marks=pytest.mark.prove)
            for its in ("junit", "markdown", "html", "sarif")
        ),
    ],
)
def test_every_format(fleet: Database, format_: str) -> None:
    """Each names the tenant and what differs, and nothing else is on standard output."""
    cli = Cli(fleet.url)
    outcome = cli("drift", "--format", format_)
    assert outcome.code == 2
    assert "user_2" in outcome.out
    assert "ix_marketplace_tasks_job_status" in outcome.out
    if format_ == "json":
        json.loads(outcome.out)
    if format_ == "junit":
        suite = ET.fromstring(outcome.out)  # noqa: S314 - our own
        assert len(list(suite.iter("failure"))) == 1


@pytest.fixture
def reader(database: Database) -> Iterator[str]:
    """A role that may look at the tenants, and do nothing else."""
    with database.role("reader") as role:
        database.execute(
            f"revoke all on database {database.name} from public;"
            f"grant connect on database {database.name} to {role}"
        )
        yield role


def _grant(database: Database, role: str) -> None:
    for name in ("public", "user_1", "user_2", "user_3"):
        database.execute(f"grant usage on schema {name} to {role}")
        database.execute(f"grant select on all tables in schema {name} to {role}")


@pytest.mark.prove
@pytest.mark.postgres(18, prove=(15,))
def test_a_role_that_may_only_read_is_enough(database: Database, cli: Cli, reader: str) -> None:
    """With an empty database to compare in; neither that nor the live one keeps a trace.

    Not even where the role is held to it: that is for the live database, not for scratch.
    """
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    assert cli("apply", "--yes").code == 0
    _grant(database, reader)
    database.execute(f"alter role {reader} set default_transaction_read_only = on")
    database.execute(f"alter role {reader} set idle_in_transaction_session_timeout = '1s'")
    with database.server.new_database() as scratch:
        scratch.execute(f"grant create on database {scratch.name} to {reader}")
        scratch.execute(f"alter schema public owner to {reader}")
        before = database.dump()
        url = database.server.url(database.name, reader)
        environ = {
            "DATABASE_URL": url,
            "DIFFAPPLY_SCRATCH_URL": database.server.url(scratch.name, reader),
        }
        in_sync = cli("drift", env=environ)
        assert in_sync.code == 0, in_sync.out + in_sync.err
        database.execute("alter table user_2.marketplace_jobs add column note text")
        assert cli("drift", env=environ).code == 2
        database.execute("alter table user_2.marketplace_jobs drop column note")
        assert Database.difference(before, database.dump()) == ""
        assert (
            scratch.value(
                "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
            )
            == 0
        )


@pytest.mark.prove
def test_nothing_is_written(fleet: Database) -> None:
    """The live database is as it was, the journal included."""
    before = fleet.dump()
    assert Cli(fleet.url)("drift").code == 2
    assert Database.difference(before, fleet.dump()) == ""


def test_it_needs_no_journal(database: Database, cli: Cli) -> None:
    """On a database that diffapply has never written to."""
    database.execute("create schema user_1")
    assert cli("drift").code == 2
    assert database.rows("select from pg_namespace where nspname = 'diffapply'") == []


def test_an_unreadable_tenant_is_no_drift(database: Database, cli: Cli, reader: str) -> None:
    """A role without USAGE is told so: it would see other definitions than others do."""
    database.execute("create schema user_1")
    outcome = cli("drift", env={"DATABASE_URL": database.server.url(database.name, reader)})
    assert (outcome.code, "USAGE" in outcome.err) == (1, True)
