"""A team's day: drift, sign-ups, five changes, one way back, a restored copy; see `day/`.

Whoever works is a role that owns the tenants and is no superuser. Around the tenants are
extensions, settings of the database and of the role, an event trigger that logs, a shared schema,
and a view of reports over all of them. Owners and grants are structure here.
"""

import json
import os
import re
import runpy
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy
from psycopg2.extensions import connection as Connection
from sqlalchemy.pool import NullPool

import diffapply
from diffapply.database.embedded_home import installation
from tests.servers import DEFAULT_VERSION, Cli, Database, Outcome, Server

_TEXTS = Path(__file__).parent / "day"
_DESIRED = ("before.sql", "models.py:metadata", "after.sql")
_QUERIES = {
    "customers": "select id, plan_id, email::text, name, city::text from customer order by id",
    "purchases": "select id, customer_id, number, state, total, placed_at::timestamp"
    " from purchase order by id",
    "events": "select id, on_day, kind::text from event where kind = 'login' order by id",
    "found": "select id from customer where email = 'ANN@example.ORG' and name % 'Ann Le'",
    "notes": "select id, customer_id, body from NOTE order by id",
}
"""What the application asks; the answers stay the same all day."""
_REPORTS = {
    "totals": "select id, email::text, total from customer_total order by id",
    "everybody": "select tenant, id, name from reporting.customer order by tenant, id",
}
"""What those ask who only read."""
_STATES = [f"'{its}'::character varying" for its in ("open", "paid", "void")]
_SPELLINGS = (
    f"ARRAY[{', '.join(f'({its})::text' for its in _STATES)}]",
    f"(ARRAY[{', '.join(_STATES)}])::text[]",
)
"""How PostgreSQL tells of a check after a restore, and before; both mean the same."""

Answers = dict[str, list[tuple[Any, ...]]]
Numbers = tuple[int, int, int]


class Day:
    """A shop's database, and what its team and its application do there.

    Attributes:
        changes: how many of the day's five changes the models have.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self._folder = database, folder
        self.changes = 0
        self._shop = f"shop_{database.name}"
        database.execute(self._text("world.sql"))
        (folder / "models.py").write_text(self._text("models.py"))
        (folder / "pyproject.toml").write_text(
            f"[tool.diffapply]\ndesired = {json.dumps(_DESIRED)}\n"
            'tenant-token = "tenant"\nprivileges = true\n'
        )

    def __call__(
        self, *arguments: str, code: int = 0, role: str = "app", on: Database | None = None
    ) -> Outcome:
        """Run a command, which ends with that code; as the tenants' owner, or another role."""
        self._written()
        database = on or self.database
        cli = Cli(database.server.url(database.name, self.role(role)))
        outcome = cli(*arguments, cwd=self._folder, env={"DAY": str(self.changes)})
        assert outcome.code == code, outcome.out + outcome.err
        return outcome

    def role(self, name: str) -> str:
        """The name that a role has on this server."""
        return f"{self._shop}_{name}"

    @property
    def roles(self) -> str:
        return ", ".join(map(self.role, ("app", "web", "reader", "support", "ci")))

    @property
    def tenants(self) -> list[str]:
        rows = self.database.rows(
            "select nspname from pg_namespace where nspname ~ '^user_' order by 1"
        )
        return [name for (name,) in rows]

    def made(self, *tenants: str) -> None:
        """Make tenants as the application did before it had diffapply, and its report."""
        self._written()
        with patch.dict(os.environ, {"DAY": "0"}):
            metadata = runpy.run_path(str(self._folder / "models.py"))["metadata"]
        for tenant in tenants:
            self._run(tenant, "app", f"create schema {tenant}; {self._own('before.sql', tenant)}")
            engine = sqlalchemy.create_engine(
                "postgresql+psycopg2://",
                creator=lambda its=tenant: self._session(its, "app"),
                poolclass=NullPool,
            )
            metadata.create_all(engine)
            self._run(tenant, "app", self._own("after.sql", tenant))
            self.opened(tenant)
        self._reported()

    def signed_up(self, tenant: str) -> None:
        """A sign-up request: all of it, or nothing, within one transaction."""
        settings = diffapply.Settings(
            database_url=self.database.server.url(self.database.name, self.role("app")),
            desired=tuple(str(self._folder / name) for name in _DESIRED),
            tenant_token="tenant",
            privileges=True,
        )
        with patch.dict(os.environ, {"DAY": str(self.changes)}):
            shape = diffapply.desired_shape(settings)
        with closing(self._session("core", "app")) as connection, connection.cursor() as cursor:
            cursor.execute("insert into plan values (3, 'trial')")
            diffapply.provision_in(connection, tenant, shape)
            cursor.execute("select name from plan where id = 3")
            assert cursor.fetchall() == [("trial",)]
            connection.commit()
        self.opened(tenant)

    def opened(self, tenant: str) -> None:
        """Let those in who work there, and write the first rows."""
        self._run(tenant, "app", f"grant usage on schema {tenant} to {self.roles}")
        self._run(tenant, "web", self._text("rows.sql"))

    def drifted(self, tenant: str) -> None:
        """Change something by hand."""
        self._run(
            tenant,
            "app",
            "drop index ix_purchase_customer; alter table purchase alter state set default 'paid'",
        )

    def restored(self, tenant: str) -> None:
        """Put a tenant's own dump in its place.

        PostgreSQL restores with nothing on the path: the event trigger would not find its table.
        """
        dump = _program("pg_dump", "-n", tenant, self.database.url)
        self.database.execute(f"drop schema {tenant} cascade; alter event trigger log_ddl disable")
        _program("psql", "-qv", "ON_ERROR_STOP=1", self.database.url, stdin=dump)
        self.database.execute("alter event trigger log_ddl enable")
        self._reported()

    @contextmanager
    def elsewhere(self) -> Iterator[Database]:
        """A dump of all, restored into another database. Its settings go with pg_dumpall."""
        with self.database.server.new_database() as other:
            dump = _program("pg_dump", self.database.url)
            _program("psql", "-qv", "ON_ERROR_STOP=1", other.url, stdin=dump)
            other.execute(
                f"alter database {other.name} set timezone = 'America/New_York';"
                f"grant create on database {other.name} to {self.role('app')}"
            )
            yield other

    def answers(self, tenant: str) -> Answers:
        """What the application is told, and the reports."""
        return {
            name: self._run(tenant, role, query.replace("NOTE", self._note))
            for role, queries in (("web", _QUERIES), ("reader", _REPORTS))
            for name, query in queries.items()
        }

    def numbers(self, tenant: str) -> Numbers:
        """The numbers that a new purchase and a new note get; they are used up."""
        with closing(self._session(tenant, "web")) as connection, connection.cursor() as cursor:
            cursor.execute(
                "insert into purchase (customer_id, total) values (1, 1) returning id, number"
            )
            [(purchase, number)] = cursor.fetchall()
            cursor.execute(
                f"insert into {self._note} (customer_id, body) values (1, '') returning id"
            )
            [(note,)] = cursor.fetchall()
            connection.rollback()
        return purchase, number, note

    def structure(self, tenant: str) -> list[str]:
        """The lines of a tenant's dump, grants included, in whatever order columns have come."""
        dump = self.database.dump(tenant, called="it").replace(*_SPELLINGS)
        return sorted(line.rstrip(",") for line in dump.splitlines())

    def alike(self) -> list[str]:
        """The structure that all tenants have."""
        first, *others = map(self.structure, self.tenants)
        for other in others:
            assert other == first
        return first

    def now(self) -> dict[str, tuple[Answers, Numbers]]:
        """Tenant → what its sessions are told."""
        return {its: (self.answers(its), self.numbers(its)) for its in self.tenants}

    def same(self, was: dict[str, tuple[Answers, Numbers]]) -> None:
        """Nobody has noticed anything; each number is the next one."""
        for tenant, (answers, numbers) in was.items():
            assert self.answers(tenant) == answers
            assert self.numbers(tenant) == tuple(its + 1 for its in numbers)

    def may_close(self, tenant: str) -> dict[str, bool]:
        """Role → whether it may call the function that was revoked from everybody."""
        rows = self.database.rows(
            "select name, has_function_privilege(name, %s, 'execute') from unnest(%s) as name",
            f"{tenant}.close_purchase(integer)",
            [self.role(its) for its in ("web", "support", "reader", "ci")],
        )
        return {name.rpartition("_")[2]: may for name, may in rows}

    @property
    def _note(self) -> str:
        return "remark" if self.changes >= 4 else "note"

    def _session(self, tenant: str, role: str) -> Connection:
        """A session of the application, with its own path."""
        connection = self.database.connect(self.role(role))
        with connection.cursor() as cursor:
            cursor.execute(f"set search_path = {tenant}, public")
        connection.commit()
        return connection

    def _run(self, tenant: str, role: str, statements: str) -> list[tuple[Any, ...]]:
        with closing(self._session(tenant, role)) as connection, connection.cursor() as cursor:
            cursor.execute(statements)
            connection.commit()
            return cursor.fetchall() if cursor.description else []

    def _reported(self) -> None:
        view = " union all ".join(
            f"select '{its}' as tenant, id, name from {its}.customer" for its in self.tenants
        )
        made = f"create or replace view reporting.customer as {view}"
        self._run("reporting", "app", f"{made}; grant select on customer to {self.role('reader')}")

    def _text(self, name: str) -> str:
        """A file of the day, as it is in this database and at this hour."""
        text = (_TEXTS / name).read_text()
        words = {"SHOP": self._shop, "DBNAME": self.database.name, "NOTE": self._note}
        for word, meant in words.items():
            text = text.replace(word, meant)
        return text

    def _own(self, name: str, tenant: str) -> str:
        return self._text(name).replace("= tenant,", f"= {tenant},")

    def _written(self) -> None:
        for name in ("before.sql", "after.sql"):
            (self._folder / name).write_text(self._text(name))


def _program(name: str, *arguments: str, stdin: str | None = None) -> str:
    """Run a program of PostgreSQL; returns what it prints."""
    outcome = subprocess.run(
        [installation(DEFAULT_VERSION) / "bin" / name, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert outcome.returncode == 0, outcome.stderr
    # A setting that older servers do not know.
    return outcome.stdout.replace("SET transaction_timeout = 0;\n", "")


@pytest.fixture
def day(database: Database, tmp_path: Path) -> Iterator[Day]:
    """The shop's database; its roles, which are the server's, are gone after the test."""
    day = Day(database, tmp_path)
    yield day
    database.execute(
        f"drop event trigger log_ddl; drop owned by {day.roles} cascade; drop role {day.roles}"
    )


_SAID = {
    1: "public.short_id()",
    2: "ALTER COLUMN city TYPE public.citext",
    3: "made anew: view customer_total; each tenant's own owner and grants are kept",
    4: "ALTER TABLE note RENAME TO remark",
    5: "USING placed_at AT TIME ZONE 'America/New_York'",
}
"""Change → what its plan says."""


@pytest.mark.prove
@pytest.mark.postgres(18, prove=(15,))
def test_all_changes_of_a_day_at_once(day: Day) -> None:
    """The short way: forward, and back."""
    day.made("user_1", "user_2")
    was, before = day.now(), day.alike()
    day.changes = 5
    applied = day("apply", "--yes")
    assert [words for words in _SAID.values() if words not in applied.out] == []
    day.same(was)
    day.alike()
    was = day.now()
    day("apply", "--backward", "--yes", "--allow-destructive")
    day.changes = 0
    day.same(was)
    assert day.alike() == before


@pytest.mark.prove
@pytest.mark.postgres(18, 15)
def test_from_morning_to_evening(day: Day, server: Server) -> None:
    day.made(*(f"user_{number}" for number in range(1, 7)))
    day.restored("user_5")
    structure = day.alike()
    day.drifted("user_6")

    told = day("drift", "--format", "github", code=2)
    assert "Drift: 1 of 6 tenants not at the desired state (1 drifted)." in told.out
    assert "drifted%3A 1 tenant::user_6%0A~ changed default purchase.state" in told.out
    assert "- missing index ix_purchase_customer" in told.out
    day("apply", "--yes")
    assert day.alike() == structure

    day("provision", "user_7")
    day.opened("user_7")
    day.signed_up("user_8")
    day("drift")
    assert day.alike() == structure

    structures = [structure]
    for change, words in _SAID.items():
        was = day.now()
        day.changes = change
        plan = day("plan", "--exit-code", code=2)
        assert words in plan.out
        assert "8 tenants: 0 in sync, 7 change alike, 1 differs, 0 blocked" in plan.out
        assert day("apply", "--yes").out.endswith(": 8 applied.\n")
        day.same(was)
        structures.append(day.alike())
        for tenant in day.tenants:
            may = {"web": True, "support": True, "reader": False, "ci": False}
            assert day.may_close(tenant) == may
        day("drift")

    was = day.now()
    day("apply", "--backward", "--yes")
    day.same(was)
    assert day.alike() == structures[4]
    day("drift", code=2)
    was = day.now()
    day("apply", "--yes")
    day.same(was)
    assert day.alike() == structures[5]

    with day.elsewhere() as other:
        assert "In sync: 8 tenants" in day("drift", on=other).out

    with server.new_database() as scratch:
        told = day("drift", "--scratch-url", scratch.url, role="ci")
    assert "In sync: 8 tenants" in told.out

    runs = day("history", "--format", "json").json["runs"]
    assert [run["undoes"] for run in runs if run["direction"] == "backward"] == [
        [{"run": 8, "tenants": 8}]
    ]
    assert [run["provisions"] for run in reversed(runs)] == [False, True, True, *[False] * 7]
    history = day("history").out
    assert re.search(
        r"^ +9 .* backward +done +8 applied .* takes back run 8$", history, re.MULTILINE
    )
    assert re.search(r"^ +8 .* forward +done +8 applied .* undone by run 9$", history, re.MULTILINE)
    logged = day.database.rows("select distinct done_by from public.ddl_log")
    assert (day.role("app"),) in logged
