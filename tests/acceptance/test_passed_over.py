"""What SQL files say in vain neither builds nor breaks a structure: rows, a transaction, rights."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from psycopg2.extensions import TRANSACTION_STATUS_INTRANS
from psycopg2.extensions import connection as Connection

from diffapply.desired import Desired, load
from diffapply.errors import DesiredStateError
from diffapply.model.scope import Scope
from tests.servers import Database

_TABLES = "create table a (id int primary key);\ncreate table b (a int references a);\n"
_COPY = "copy a from stdin;\n1\n\\.\n"
_FROM_ROWS = (
    "do $$ declare its record; begin for its in select id from a loop "
    "execute format('create table of_%s ()', its.id); end loop; end $$;\n"
)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """In a transaction, with an empty schema first on the path."""
    database.execute("create schema user_1")
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("begin; set local search_path = user_1")
        yield connection


def _loaded(folder: Path, text: str) -> Desired:
    path = folder / "a.sql"
    path.write_text(text, "utf-8")
    return load(str(path))


def _built(connection: Connection, desired: Desired, *, privileges: bool = False) -> list[str]:
    """The tables that are built."""
    desired.build(connection, Scope("user_1", privileges=privileges))
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'user_1' order by 1")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize(
    "rows",
    [
        f"{_COPY}insert into b values (1);",
        "insert into a values ('x');",
        "insert into no_such values (1); update a set id = 2; truncate a; delete from b;",
        "create sequence s; select setval('s', coalesce(max(id), 0)) from a;",
    ],
)
def test_rows_are_not_run(
    connection: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture, rows: str
) -> None:
    desired = _loaded(tmp_path, f"{_TABLES}{rows}")
    assert _built(connection, desired) == ["a", "b"]
    assert "contains rows; they are skipped" in caplog.text
    assert desired.digest() is not None


def test_what_code_makes_of_rows_is_built(
    connection: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows that need skipped ones are left out, and told; so are those of a check that waits."""
    desired = _loaded(
        tmp_path,
        f"{_TABLES}{_COPY}"
        "alter table b alter constraint b_a_fkey deferrable initially deferred;\n"
        "insert into b\nvalues (1);\ninsert into a values (2);\nalter table b add x int;\n"
        f"{_FROM_ROWS}",
    )
    assert _built(connection, desired) == ["a", "b", "of_2"]
    assert "code that may build from rows" in caplog.text
    assert 'a.sql, line 7: insert or update on table "b" violates' in caplog.text
    assert desired.digest() is None


def test_what_a_trigger_makes_of_rows_is_built(connection: Connection, tmp_path: Path) -> None:
    text = (
        "create function f() returns trigger language plpgsql as $$ begin "
        "execute format('create table of_%s ()', new.id); return new; end $$;\n"
        "create trigger t after insert on a for each row execute function f();\n"
        "insert into a values (3);\n"
    )
    assert _built(connection, _loaded(tmp_path, f"{_TABLES}{text}")) == ["a", "b", "of_3"]


def test_other_rows_do_not_change_the_digest(tmp_path: Path) -> None:
    digests = [_loaded(tmp_path, f"{_TABLES}insert into a values ({n})").digest() for n in (1, 2)]
    assert digests[0] == digests[1] is not None


def test_a_transaction_around_all_does_nothing(connection: Connection, tmp_path: Path) -> None:
    desired = _loaded(tmp_path, f"set client_min_messages = warning;\nBEGIN;\n{_TABLES}COMMIT;\n")
    assert _built(connection, desired) == ["a", "b"]
    assert connection.info.transaction_status == TRANSACTION_STATUS_INTRANS


_RIGHTS = (
    "alter table a owner to nobody_here;\n"
    "grant select on a to nobody_here;\n"
    "set role nobody_here;\n"
    "alter default privileges grant select on tables to nobody_here;\n"
)


def test_owners_and_grants_that_do_not_count_need_no_role(
    connection: Connection, tmp_path: Path
) -> None:
    """With --privileges, they count, and are refused."""
    desired = _loaded(tmp_path, f"{_TABLES}{_RIGHTS}create view v as select 1 as x;")
    assert _built(connection, desired) == ["a", "b"]
    for line, text in enumerate(_RIGHTS.splitlines(), 3):
        if "set role" in text:
            continue
        with connection.cursor() as cursor:
            cursor.execute("rollback; begin; set local search_path = user_1")
        kept = "".join(f"{its if its == text else ''}\n" for its in _RIGHTS.splitlines())
        with pytest.raises(DesiredStateError, match=rf'"nobody_here" .*line {line}'):
            _built(connection, _loaded(tmp_path, f"{_TABLES}{kept}"), privileges=True)


def test_rights_that_models_give_need_no_role(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "models.py"
    path.write_text(
        "from sqlalchemy import *\n"
        "metadata = MetaData()\n"
        "Table('a', metadata, Column('id', Integer))\n"
        f"event.listen(metadata, 'after_create', DDL({_RIGHTS!r}))\n"
        "event.listen(metadata, 'after_create', DDL('CREATE TABLE b (); '\n"
        "    'GRANT SELECT ON b TO nobody_here'))\n",
        "utf-8",
    )
    assert _built(connection, load(f"{path}:metadata")) == ["a", "b"]
    with connection.cursor() as cursor:
        cursor.execute("rollback; begin; set local search_path = user_1")
    with pytest.raises(DesiredStateError, match="nobody_here"):
        _built(connection, load(f"{path}:metadata"), privileges=True)


@pytest.mark.parametrize(
    "said",
    [
        "GRANT SELECT ON a\tTO nobody_here",
        "GRANT SELECT ON a TO nobody_here; -- rights",
        "GRANT SELECT ON a\r\nTO nobody_here;\r\n",
        "-- rights\nGRANT SELECT ON a TO nobody_here",
        "/* rights */ GRANT SELECT ON a TO nobody_here; REVOKE ALL ON a FROM nobody_here;",
    ],
)
def test_however_models_spell_them(connection: Connection, tmp_path: Path, said: str) -> None:
    """What is left of them is nothing, and PostgreSQL gets no empty statement."""
    path = tmp_path / "models.py"
    path.write_text(
        "from sqlalchemy import *\n"
        "metadata = MetaData()\n"
        "Table('a', metadata, Column('id', Integer))\n"
        f"event.listen(metadata, 'after_create', DDL({said!r}))\n",
        "utf-8",
    )
    assert _built(connection, load(f"{path}:metadata")) == ["a"]
