"""Whoever may create in one schema gains nothing by what others run there."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import Cli, Database, Server

_WAYS = {
    name: statements
    for name, _, statements in (
        part.partition("\n")
        for part in (Path(__file__).parent / "attacks.sql").read_text().split("-- name ")[1:]
    )
}

_PAYLOAD = """
create function {there}.gain() returns integer language plpgsql volatile as $body$
begin
    begin {statement}; exception when others then null; end;
    begin execute 'alter role {role} createrole'; exception when others then null; end;
    begin execute 'grant pg_execute_server_program to {role}';
        exception when others then null; end;
    begin execute 'reset role; alter role {role} superuser'; exception when others then null; end;
    begin execute 'set session authorization default; alter role {role} superuser';
        exception when others then null; end;
    begin execute $$copy (select 1) to program 'echo gained > {file}'$$;
        exception when others then null; end;
    begin execute $$copy (select 1) to '{file}'$$; exception when others then null; end;
    begin perform pg_catalog.lo_export(pg_catalog.lo_from_bytea(0, 'x'), '{file}');
        exception when others then null; end;
    return 1;
end $body$;
create function {there}.gain_immutable() returns integer language plpgsql immutable
    as 'begin return {there}.gain(); end';
create function {there}.gain_by_trigger() returns trigger language plpgsql
    as 'begin perform {there}.gain(); return null; end';
"""

_DESIRED = "create table items (id integer primary key, name text, price numeric);"


@dataclass(frozen=True)
class Mallory:
    """A role that may log in, and create in one schema."""

    database: Database
    name: str

    @property
    def statement(self) -> str:
        """What it would like to have run."""
        return f"alter role {self.name} superuser"

    @property
    def file(self) -> Path:
        """What it would like to write on the server."""
        return Path(self.database.server.folder) / f"{self.name}.gained"

    def runs(self, text: str, there: str) -> None:
        """Runs statements, as itself."""
        words = {"there": there, "statement": self.statement, "role": self.name}
        words["file"] = str(self.file)
        for word, value in words.items():
            text = text.replace(f"{{{word}}}", value)
        connection = self.database.connect(self.name)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(text)
        finally:
            connection.close()

    def plants(self, way: str, there: str) -> None:
        """Makes the payload, and something that runs it."""
        self.runs(_PAYLOAD + _WAYS[way], there)

    @property
    def gained(self) -> list[str]:
        """What it has now and had not before."""
        rights = self.database.rows(
            "select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,"
            " exists (select from pg_auth_members m where m.member = r.oid)"
            " from pg_roles r where rolname = %s",
            self.name,
        )
        words = ["superuser", "createrole", "createdb", "bypassrls", "replication", "membership"]
        found = [word for word, has in zip(words, rights[0], strict=True) if has]
        return [*found, "file"] if self.file.exists() else found


@pytest.fixture
def mallory(database: Database) -> Iterator[Mallory]:
    """Gone after the test."""
    name = f"mallory_{uuid.uuid4().hex[:8]}"
    database.execute(
        f"create role {name} login; create schema user_1; create schema user_2;"
        "create table user_1.items (id integer primary key, name text);"
        "create table user_2.items (id integer primary key, name text);"
        "insert into user_1.items values (1, 'a'); insert into user_2.items values (2, 'b')"
    )
    role = Mallory(database, name)
    yield role
    database.execute(f"drop owned by {name} cascade; drop role {name}")
    role.file.unlink(missing_ok=True)


@pytest.fixture
def desired(tmp_path: Path) -> Path:
    """A column more than the tenants have."""
    path = tmp_path / "desired.sql"
    path.write_text(_DESIRED)
    return path


def _leftovers(server: Server) -> list[str]:
    """Scratch databases and throw-away roles that are there."""
    with server.new_database() as database:
        return [
            name
            for (name,) in database.rows(
                "select datname from pg_database where datname ~ '^diffapply_scratch_'"
                " union all select rolname from pg_roles where rolname ~ '^diffapply_scratch_'"
            )
        ]


@pytest.mark.postgres(15, 18)
@pytest.mark.parametrize("way", _WAYS)
def test_in_a_tenant(
    way: str, mallory: Mallory, database: Database, cli: Cli, desired: Path
) -> None:
    """With CREATE on one tenant's schema, whatever an administrator runs."""
    database.execute(f"grant usage, create on schema user_1 to {mallory.name}")
    mallory.plants(way, "user_1")
    for command in ("drift", "plan"):
        outcome = cli(command, "--desired", desired)
        assert "Traceback" not in outcome.err
        assert outcome.code == (2 if command == "drift" else 0), outcome.err
        assert mallory.gained == []
    applied = cli("apply", "--desired", desired, "--yes", "--allow-destructive", "--format", "json")
    assert mallory.gained == []
    statuses = {tenant["name"]: tenant for tenant in applied.json["tenants"]}
    assert statuses["user_2"]["status"] == "applied", applied.out
    assert statuses["user_1"]["status"] == "refused", applied.out
    assert mallory.name in statuses["user_1"]["error"]
    assert applied.code == 3
