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
        ("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()", []),
        ("DROP TRIGGER t ON a", [Needed("TABLE", "a")]),
        ("DROP TABLE a, b CASCADE", [Needed("TABLE", "a"), Needed("TABLE", "b")]),
        ("COMMENT ON COLUMN a.n IS 'x'", [Needed("TABLE", "a")]),
        ("ALTER SEQUENCE s INCREMENT BY 2", [Needed("SEQUENCE", "s")]),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", [Needed("VIEW", "v")]),
        ("DROP MATERIALIZED VIEW mv", [Needed("MATERIALIZED VIEW", "mv")]),
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
