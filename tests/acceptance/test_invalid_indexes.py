"""Tenants with an index that a failed CREATE INDEX CONCURRENTLY has left: there is a way back."""

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.projects import make_tenant
from tests.servers import Cli, Database

_TABLE = "create table a (id integer, n integer);"
_UNIQUE = "create unique index ux on a (id);"
_VALIDITY = """
select i.relname, x.indisvalid from pg_index x join pg_class i on i.oid = x.indexrelid
where i.relnamespace = 'user_1'::regnamespace
"""
_GONE = "is not made again"
_VALID = "stays valid"


_CASES = {
    "dropped": ("", _GONE, [], []),
    "built again": (_UNIQUE, _VALID, [("ux", True)], [("ux", True)]),
    "another": ("create index ux on a (n);", _GONE, [("ux", True)], []),
    "parameters": (f"{_UNIQUE[:-1]} with (fillfactor=50);", _GONE, [("ux", True)], []),
}
"""Desired, what becomes of it on the way back, and the indexes after apply, and after that."""


@pytest.mark.parametrize(
    "case",
    [
        "dropped",
        *(
            pytest.param(its, marks=pytest.mark.prove)
            for its in ("built again", "another", "parameters")
        ),
    ],
)
def test_there_is_a_way_back(database: Database, cli: Cli, tmp_path: Path, case: str) -> None:
    """It does without the invalid index; there and back, the plan says so."""
    desired, told, then, back = _CASES[case]
    make_tenant(database, "user_1", _TABLE, "insert into a values (1), (1)")
    with closing(database.connect()) as connection:
        connection.autocommit = True
        with pytest.raises(psycopg2.errors.UniqueViolation), connection.cursor() as cursor:
            cursor.execute("create unique index concurrently ux on user_1.a (id)")
    assert database.rows(_VALIDITY) == [("ux", False)]
    if case in ("built again", "parameters"):
        database.execute("delete from user_1.a")
    (tmp_path / "desired.sql").write_text(f"{_TABLE} {desired} create table b ();")
    for way, indexes in (((), then), (("--backward",), back)):
        done = cli("apply", *way, "--yes", "--desired", "desired.sql", cwd=tmp_path)
        assert done.code == 0, done.out + done.err
        assert "no way back" not in done.out
        assert ("REINDEX" in done.out) == (case in ("built again", "parameters") and not way)
        assert f"note: Index ux, invalid before, {told} on the way back." in " ".join(
            done.out.split()
        )
        assert database.rows(_VALIDITY) == indexes
    assert database.value("select to_regclass('user_1.b')") is None
