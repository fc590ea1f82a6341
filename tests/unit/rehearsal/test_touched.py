"""What a transition takes from those who may hang on a tenant's objects."""

from diffapply.hazards.given import given
from diffapply.model.affected import Touched
from diffapply.rehearsal.proof.touched import Identities, ObjectId, ObjectState, touched

_TABLE = ObjectId("relation", 1, 0)
_COLUMN = ObjectId("column", 1, 1)
_BEFORE: Identities = {
    _TABLE: ObjectState("doc", "", "10", "table"),
    _COLUMN: ObjectState("doc", "id", "23 -1 0", "integer"),
    ObjectId("relation", 2, 0): ObjectState("doc_pkey", "", "", "index"),
    ObjectId("constraint", 3, 1): ObjectState("doc", "doc_pkey", "", "constraint"),
}
_RETYPED: Identities = {
    _TABLE: ObjectState("doc", "", "11", "table"),
    _COLUMN: ObjectState("doc", "id", "20 -1 0", "bigint"),
    ObjectId("relation", 4, 0): ObjectState("doc_pkey", "", "", "index"),
    ObjectId("constraint", 5, 1): ObjectState("doc", "doc_pkey", "", "constraint"),
}
_COLUMN_RETYPED = Touched("column", "doc", "id", "retyped", "bigint")
_ROWS_REWRITTEN = Touched("relation", "doc", "", "rewritten", "table")


def test_nothing() -> None:
    assert touched(_BEFORE, _BEFORE, (given("drop something"),)) == ()


def test_a_key_that_follows_its_column() -> None:
    """PostgreSQL makes it anew, and whoever hangs on it follows."""
    ran = (given("ALTER TABLE doc ALTER COLUMN id SET DATA TYPE bigint"),)
    assert touched(_BEFORE, _RETYPED, ran) == (_COLUMN_RETYPED, _ROWS_REWRITTEN)


def test_a_key_that_is_dropped_for_its_column() -> None:
    statements = (
        'ALTER TABLE doc DROP CONSTRAINT "doc_pkey"',
        "…",
        "ALTER TABLE doc ADD PRIMARY KEY (id)",
    )
    ran = tuple(map(given, statements))
    assert Touched("constraint", "doc", "doc_pkey", "anew", "constraint") in touched(
        _BEFORE, _RETYPED, ran
    )


def test_a_table_takes_its_parts_along() -> None:
    assert touched(_BEFORE, {}, (given("DROP TABLE doc"),)) == (
        Touched("relation", "doc", "", "dropped", "table"),
        Touched("relation", "doc_pkey", "", "dropped", "index"),
    )


def test_a_table_made_anew_without_a_column() -> None:
    """A publication may list it."""
    after: Identities = {
        ObjectId("relation", 9, 0): ObjectState("doc", "", "12", "table"),
        ObjectId("column", 9, 1): ObjectState("doc", "other", "23 -1 0", "integer"),
    }
    ran = (given("DROP TABLE doc"), given("CREATE TABLE doc (other integer)"))
    found = touched(_BEFORE, after, ran)
    assert Touched("column", "doc", "id", "dropped", "integer") in found
    assert Touched("relation", "doc", "", "anew", "table") in found
