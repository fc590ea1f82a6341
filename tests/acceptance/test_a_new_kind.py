"""A new kind of fact is one entry in the table of kinds and one query: nothing else names it.

What PostgreSQL has, and diffapply does not read, is the comment on a tenant's schema itself. The
test adds it to a copy of the program.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from diffapply.ddl.kinds import KINDS
from tests.servers import BASE, ROOT, Cli, Database
from tests.warm import Warm

_BEFORE = '    Kind("extension dependency", '
_ENTRY = """\
    Kind(
        "schema comment",
        lambda fact, _: one(f"COMMENT ON SCHEMA diffapply_tenant IS {literal(fact.definition)}"),
        lambda _fact, _: one("COMMENT ON SCHEMA diffapply_tenant IS NULL"),
    ),
"""
_DESIRED = {"DIFFAPPLY_DESIRED": "desired.sql", "DIFFAPPLY_TENANT_TOKEN": "tenant"}
_QUERY = """
select s.oid as schema, 'its own' as name, 'its own' as owner, d.description as definition,
    0 as position
from schema s
join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = s.oid
"""


class _Copy:
    """The program with the new kind."""

    def __init__(self, folder: Path, cli: Cli) -> None:
        self._folder, self._cli = folder, cli
        self.warm = Warm(Path(os.environ[BASE]), folder)
        shutil.copytree(
            ROOT / "diffapply", folder / "diffapply", ignore=shutil.ignore_patterns("*.pyc.*")
        )
        notes = folder / "diffapply/ddl/kinds/notes.py"
        written = notes.read_text("utf-8")
        assert written.count(_BEFORE) == 1
        notes.write_text(written.replace(_BEFORE, _ENTRY + _BEFORE), "utf-8")
        (folder / "diffapply/catalog/sql/schema_comment.sql").write_text(_QUERY, "utf-8")
        (folder / "desired.sql").write_text(
            "create table jobs (id integer primary key);\n"
            "comment on schema tenant is 'One customer''s jobs';\n",
            "utf-8",
        )

    def __call__(self, *arguments: str, code: int) -> Any:  # noqa: ANN401 - a document
        """Run a command of the copy; its document."""
        environment = self._cli.environment(_DESIRED)
        command = [*arguments, "--format=json"]
        ended, out, err = self.warm.run(command, environment, self._folder, "", 300)
        assert ended == code, err + out
        return json.loads(out)


def _comments(database: Database) -> list[str | None]:
    rows = database.rows(
        "select obj_description(oid, 'pg_namespace') from pg_namespace "
        "where nspname ~ '^user_' order by nspname"
    )
    return [comment for (comment,) in rows]


@pytest.mark.postgres(18, prove=(15,))
def test_drift_sees_it_ignores_it_if_told_and_apply_brings_and_takes_it(
    database: Database, cli: Cli, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It comes to all tenants, is altered where it is another one, and goes back to what it was."""
    database.execute(
        "create schema user_1; create schema user_2; comment on schema user_2 is 'Another'"
    )
    for name in ("user_1", "user_2"):
        database.execute(f"create table {name}.jobs (id integer primary key)")
    program = _Copy(tmp_path, cli)
    request.addfinalizer(program.warm.end)

    drift = program("drift", code=2)
    assert [
        (tenant["name"], [(its["kind"], its["change"]) for its in tenant["differences"]])
        for tenant in drift["tenants"]
    ] == [
        ("user_1", [("schema comment", "missing")]),
        ("user_2", [("schema comment", "changed")]),
    ]
    assert program("drift", "--ignore", "schema comment:*", code=0)["in_sync"]
    program("apply", "--yes", code=0)
    assert _comments(database) == ["One customer's jobs"] * 2
    program("drift", code=0)
    program("apply", "--backward", "--yes", code=0)
    assert _comments(database) == [None, "Another"]


def test_each_kind_has_its_query_and_each_query_its_kind() -> None:
    queries = {path.stem for path in (ROOT / "diffapply/catalog/sql").glob("[!_]*.sql")}
    assert {name.replace(" ", "_") for name in KINDS} == queries
