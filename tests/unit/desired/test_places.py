"""Where something stands in SQL, and which extension is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diffapply.database.extensions import missing_extension
from diffapply.desired import load
from diffapply.desired.places import beginning_of, line_of, plainly
from diffapply.desired.sql.user_statements import load_statements
from diffapply.errors import DesiredStateError, DiffapplyError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("create index concurrently i on t (a)", "create index              i on t (a)"),
        (
            "CREATE UNIQUE INDEX\nCONCURRENTLY i ON t (a)",
            "CREATE UNIQUE INDEX\n             i ON t (a)",
        ),
        (
            "create index /* é */ concurrently on t (a)",
            "create index /* é */              on t (a)",
        ),
        ("select 'create index concurrently'", "select 'create index concurrently'"),
        ("create table concurrently_made ()", "create table concurrently_made ()"),
        ("create index concurrently '", "create index concurrently '"),
    ],
)
def test_indexes_are_built_plainly(text: str, expected: str) -> None:
    """What is no keyword stays, and so does where everything stands."""
    assert plainly(text) == expected


def test_the_line_of_a_statement_is_where_its_first_word_is() -> None:
    """Not where the comment before it begins."""
    text = "select 1;\n-- é\n/* more\n*/\n  select 2"
    assert line_of(text, beginning_of(text, text.index(";") + 1)) == 5


@pytest.mark.parametrize(
    ("message", "extension"),
    [
        ('type "citext" does not exist', "citext"),
        ('type "ext.hstore" does not exist', "hstore"),
        ('operator class "gin_trgm_ops" does not exist for access method "gin"', "pg_trgm"),
        ("function uuid_generate_v4() does not exist", "uuid-ossp"),
        ("function public.similarity(text, unknown) does not exist", "pg_trgm"),
        ('access method "hnsw" does not exist', "vector"),
        (
            'data type integer has no default operator class for access method "gist"',
            "btree_gist",
        ),
        ('type "mood" does not exist', None),
        ('relation "citext" does not exist', None),
        ("Typ »citext« existiert nicht", "citext"),
        ("le type « ext.hstore » n'existe pas", "hstore"),
        ("Funktion public.similarity(text, unknown) existiert nicht", "pg_trgm"),
        ("Operatorklasse »gin_trgm_ops« existiert nicht für Zugriffsmethode »gin«", "pg_trgm"),
        (
            "Datentyp integer hat keine Standardoperatorklasse für Zugriffsmethode »gist«",
            "btree_gist",
        ),
        ("Typ »mood« existiert nicht", None),
    ],
)
def test_the_extension_that_has_what_is_missing(message: str, extension: str | None) -> None:
    assert missing_extension(message) == extension


@pytest.mark.parametrize("begin", ["'", '"', "$$", "/*"])
@pytest.mark.parametrize("read", [load, load_statements])
def test_what_has_no_end_is_not_quoted_to_the_end(
    tmp_path: Path, begin: str, read: Callable[[Any], object]
) -> None:
    path = tmp_path / "a.sql"
    path.write_text(f"create table a ();\n\nselect {begin} it;\n" + "select 1;\n" * 1000, "utf-8")
    with pytest.raises(DiffapplyError, match="not valid SQL: unterminated ") as caught:
        read(str(path) if read is load else path)
    assert len(caught.value.message) < 400 + len(str(path))


@pytest.mark.parametrize("read", [load, load_statements])
def test_what_is_no_sql_has_a_line(tmp_path: Path, read: Callable[[Any], object]) -> None:
    path = tmp_path / "a.sql"
    path.write_text("select 1;\n\nupdat a set b = 1;", "utf-8-sig")
    with pytest.raises(DiffapplyError, match=r"a\.sql, line 3, is not valid SQL: syntax error"):
        read(str(path) if read is load else path)


@pytest.mark.parametrize("variable", [":x", ":'x'", ':"x"'])
def test_psqls_variables_are_named(tmp_path: Path, variable: str) -> None:
    path = tmp_path / "a.sql"
    path.write_text(f"select 1;\ncreate table a (x int default {variable});", "utf-8")
    with pytest.raises(DesiredStateError, match=r"a\.sql, line 2, is not valid SQL") as caught:
        load(str(path))
    assert caught.value.remedy.startswith("psql's variables")
