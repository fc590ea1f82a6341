"""What a role must own, or may refer to, so that statements run."""

import pytest

from diffapply.ddl.ownership import Needed, needed


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("ALTER TABLE ONLY a ADD COLUMN n integer", [Needed("TABLE", "a")]),
        ('CREATE UNIQUE INDEX i ON "A a" USING btree (n)', [Needed("TABLE", '"A a"')]),
        ("CREATE TABLE p PARTITION OF a DEFAULT", [Needed("TABLE", "a")]),
        ("CREATE POLICY p ON a", [Needed("TABLE", "a")]),
        (
            'CREATE TRIGGER t BEFORE UPDATE OF " ON b" ON a FOR EACH ROW EXECUTE FUNCTION f()',
            [Needed("TABLE", "a", "trigger")],
        ),
        ("DROP TRIGGER t ON a", [Needed("TABLE", "a")]),
        ("DROP TABLE a, b CASCADE", [Needed("TABLE", "a", "drop"), Needed("TABLE", "b", "drop")]),
        ("DROP TYPE IF EXISTS t", [Needed("TYPE", "t", "drop")]),
        ("DROP FUNCTION f(a integer, b text)", [Needed("ROUTINE", "f", "drop")]),
        ("DROP TABLE shared.a", []),
        (
            "CREATE STATISTICS s (ndistinct) ON (EXTRACT(year FROM at)), n FROM a",
            [Needed("TABLE", "a")],
        ),
        ("ALTER STATISTICS s SET STATISTICS 10", [Needed("STATISTICS", "s")]),
        ("DROP STATISTICS s", [Needed("STATISTICS", "s", "drop")]),
        ("DROP COLLATION c", [Needed("COLLATION", "c", "drop")]),
        ("COMMENT ON CONSTRAINT k ON a IS 'x'", [Needed("TABLE", "a")]),
        ("COMMENT ON CONSTRAINT k ON DOMAIN d IS 'x'", [Needed("TYPE", "d")]),
        ("COMMENT ON TRIGGER t ON a IS 'x'", [Needed("TABLE", "a")]),
        (
            "ALTER TABLE a ATTACH PARTITION b DEFAULT",
            [Needed("TABLE", "a"), Needed("TABLE", "b")],
        ),
        (
            "CREATE TABLE n (i integer) INHERITS (a, b)",
            [Needed("TABLE", "a"), Needed("TABLE", "b")],
        ),
        (
            "ALTER TABLE a INHERIT b, ADD CHECK (true) NO INHERIT, NO INHERIT c",
            [Needed("TABLE", "a"), Needed("TABLE", "b")],
        ),
        ("COMMENT ON COLUMN a.n IS 'x'", [Needed("TABLE", "a")]),
        ("ALTER SEQUENCE s INCREMENT BY 2", [Needed("SEQUENCE", "s")]),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", [Needed("VIEW", "v")]),
        ("DROP MATERIALIZED VIEW mv", [Needed("MATERIALIZED VIEW", "mv", "drop")]),
        ("ALTER DOMAIN d SET NOT NULL", [Needed("TYPE", "d")]),
        ("CREATE OR REPLACE FUNCTION f() RETURNS integer", [Needed("ROUTINE", "f")]),
        ("CREATE TABLE n (a integer REFERENCES a)", [Needed("TABLE", "a", "refer")]),
        ("ALTER TABLE shared.a ADD COLUMN n integer", []),
        ("CREATE TABLE n (a integer REFERENCES shared.a)", []),
    ],
)
def test_what_a_statement_needs(statement: str, wanted: list[Needed]) -> None:
    """Objects of the tenant alone; those of other schemas are asked about elsewhere."""
    assert [*needed([statement])] == wanted


def test_what_is_dropped_and_made_again() -> None:
    """The new one is the role's own."""
    statements = ["COMMENT ON VIEW w IS 'x'", "DROP VIEW v", "CREATE VIEW v AS SELECT 1"]
    statements += ["COMMENT ON VIEW v IS 'x'", "DROP VIEW w"]
    assert [*needed(statements)] == [
        Needed("VIEW", "w"),
        Needed("VIEW", "v", "drop"),
        Needed("VIEW", "w", "drop"),
    ]
