"""Situations that people reported of their migrations, made anew and small; see `field/`.

field/citext_public/
README                what is right
setup.sql             what public and other schemas hold first
old.sql or old.py     what each of three tenants is, made with the tenant and public on the path;
                      `user_0` stands for the tenant's name
rows.sql              their rows
after_rows.sql        what is done last, once
database.sql          settings of the database, DBNAME
new.sql or new.py     the desired state
kept.sql              a query whose answer tells whether values are right
conf.json             token → --tenant-token; options; contrib: needs PostgreSQL's own extensions
"""

import json
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.pool import NullPool

from tests.servers import Cli, Database, Outcome

FIELD = Path(__file__).parent / "field"
TENANTS = ("user_1", "user_2", "user_3")


@dataclass(frozen=True, slots=True)
class FieldCase:
    """A situation, built in a database of its own.

    Attributes:
        name: its folder's.
        database: where it stands.
        options: of every command that knows the desired state.
    """

    name: str
    database: Database
    options: tuple[str, ...]

    def __call__(self, command: str, *options: str) -> Outcome:
        """Run a command of diffapply's; `plan`, `apply` and `drift` get the desired state."""
        return Cli(self.database.url)(command, *self.options, *options)

    def applied(self, *options: str) -> Outcome:
        """Apply, which must succeed, and find every tenant in sync afterwards."""
        outcome = self("apply", "--yes", *options)
        assert outcome.code == 0, outcome.out + outcome.err
        self.in_sync()
        return outcome

    def in_sync(self) -> None:
        """Nothing is to be done in any tenant."""
        drift = self("drift")
        assert drift.code == 0, drift.out + drift.err

    def answers(self, query: str) -> dict[str, list[tuple[Any, ...]]]:
        """What a query says in each tenant, as the application's sessions see it."""
        return {name: self.answer(name, query) for name in TENANTS}

    def answer(self, tenant: str, query: str) -> list[tuple[Any, ...]]:
        """What a query says in one tenant; what it changes stays."""
        with _entered(self.database, tenant) as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]


def build(name: str, database: Database) -> FieldCase:
    """Build a situation from its folder."""
    folder = FIELD / name
    conf = json.loads(_text(folder / "conf.json") or "{}")
    if settings := _text(folder / "database.sql"):
        database.execute(settings.replace("DBNAME", database.name))
        database.close()  # settings hold from the next connection on
    if setup := _text(folder / "setup.sql"):
        database.execute(setup)
    for tenant in TENANTS:
        database.execute(f"create schema {tenant}")
        with _entered(database, tenant) as connection:
            _make(folder / "old", tenant, connection, conf.get("token"))
            if rows := _text(folder / "rows.sql"):
                connection.exec_driver_sql(rows)
    if after := _text(folder / "after_rows.sql"):
        database.execute(after)
    [found] = folder.glob("new.*")
    desired = f"{found}:metadata" if found.suffix == ".py" else str(found)
    token = ("--tenant-token", conf["token"]) if "token" in conf else ()
    return FieldCase(name, database, ("--desired", desired, *token, *conf.get("options", ())))


def _make(old: Path, tenant: str, connection: sqlalchemy.Connection, token: str | None) -> None:
    """Make what a tenant is, from `old.sql`, or else from `old.py` as applications do."""
    if statements := _text(old.with_suffix(".sql")):
        statements = statements.replace("user_0", tenant)
        if token:
            statements = statements.replace(f"{token}.", f"{tenant}.")
        connection.exec_driver_sql(statements)
        return
    metadata: sqlalchemy.MetaData = runpy.run_path(str(old.with_suffix(".py")))["metadata"]
    if token:
        connection = connection.execution_options(schema_translate_map={token: tenant})
    metadata.create_all(connection)


@contextmanager
def _entered(database: Database, tenant: str) -> Iterator[sqlalchemy.Connection]:
    """A transaction with the tenant first on the path, and public behind it."""
    url = sqlalchemy.make_url(database.url).set(drivername="postgresql+psycopg2")
    engine = sqlalchemy.create_engine(
        url, poolclass=NullPool, execution_options={"no_parameters": True}
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(f"set search_path = {tenant}, public")
        yield connection


def _text(file: Path) -> str:
    """What is in a file; nothing if there is none."""
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""
