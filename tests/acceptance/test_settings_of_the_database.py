"""Settings of the database or the role that change how SQL is read: all works as without them."""

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from tests.servers import Cli, Database

_READ = {
    "standard_conforming_strings": "off",
    "escape_string_warning": "on",
    "backslash_quote": "off",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "quote_all_identifiers": "on",
}
_WRITTEN = {
    "extra_float_digits": "-4",
    "bytea_output": "escape",
    "xmlbinary": "hex",
    "xmloption": "document",
    "datestyle": "German",
    "intervalstyle": "iso_8601",
    "gin_fuzzy_search_limit": "1",
    "default_toast_compression": "pglz",
}
_LIVE = r"""
create table r (id integer primary key, mail text default E'\\d+''x', half real default 0.1,
    raw bytea default E'\\x00ff', day date default '2024-02-01', check (mail ~ E'^\\w'));
create table t (id integer primary key, r integer references r, said text default E'\\');
create view all_of as select r.id, r.mail, t.said from r left join t on t.r = r.id;
comment on table t is E'\\''; select 1/0; -- \\b \\\\ %';
"""
"""The comment would end its literal, if who quotes it and who reads it disagreed on backslashes."""
_ROWS = r"insert into r (id, mail) values (1, E'a\\b'); insert into t values (1, 1)"
_DESIRED = _LIVE.replace("r integer", "r bigint").replace("half real", "half real, x integer")
_TENANTS = ("user_1", "user_2", "[]^'\"\\")
"""The last one would not end in a regular expression, nor in a literal."""


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("where", ["database", pytest.param("role", marks=pytest.mark.prove)])
def test_there_and_back(database: Database, owner_url: str, tmp_path: Path, where: str) -> None:
    """All commands, with a change of what outsiders could depend on."""
    with closing(psycopg2.connect(owner_url)) as connection, connection.cursor() as cursor:
        for tenant in _TENANTS:
            path = sql.SQL("create schema {0}; set search_path = {0};{1}{2}")
            parts = sql.Identifier(tenant), sql.SQL(_LIVE), sql.SQL(_ROWS)
            cursor.execute(path.format(*parts))
        cursor.execute("select format('role %I', current_user)")
        [[role]] = cursor.fetchall()
        connection.commit()
    dumps = [database.dump(tenant) for tenant in _TENANTS]
    changed = role if where == "role" else f"database {database.name}"
    for name, value in (_READ | _WRITTEN).items():
        database.execute(f"alter {changed} set {name} = '{value}'")
    for name, text in (("live", _LIVE), ("desired", _DESIRED)):
        (tmp_path / f"{name}.sql").write_text(text)

    def done(
        command: str, *options: str, of: tuple[str, ...] = ("--desired", "desired.sql")
    ) -> None:
        tenants = ("--tenants", r"user_\d|\[.*", "--search-path", "public")
        outcome = Cli(owner_url)(command, *of, *options, *tenants, cwd=tmp_path)
        assert outcome.code == 0, outcome.out + outcome.err

    done("drift", of=("--desired", "live.sql"))
    done("survey", of=())
    done("plan")
    done("apply", "--yes")
    done("provision", "user_3")
    done("drift")
    done("apply", "--backward", "--yes", "--allow-destructive", "--to", "1", of=())
    database.execute(f"alter {changed} reset all")
    for tenant, dump in zip(_TENANTS, dumps, strict=True):
        assert not Database.difference(dump, database.dump(tenant))
