"""What a statement says that it does to a table."""

import pytest

from diffapply.ddl.table_statements import ActionKind, table_alteration


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ('ADD CONSTRAINT "my, key" UNIQUE (a, b)', "add constraint", '"my, key"'),
        ("DROP CONSTRAINT IF EXISTS c", "drop constraint", "c"),
        ("ALTER CONSTRAINT c ENFORCED", "enforce", "c"),
        ("ALTER CONSTRAINT c NOT ENFORCED", "not enforce", "c"),
        ("DROP COLUMN a CASCADE", "drop column", "a"),
        ("ALTER COLUMN a TYPE numeric(10, 2)", "retype", "a"),
        ("ALTER a SET DATA TYPE text", "retype", "a"),
        ("ALTER COLUMN a SET EXPRESSION AS (b)", "retype", "a"),
        ("ATTACH PARTITION s.p FOR VALUES IN (1, 2)", "attach", "s.p"),
        ("DETACH PARTITION p", "detach", "p"),
        ("ALTER COLUMN a SET DEFAULT 'DROP COLUMN b'", "other", ""),
    ],
)
def test_an_action(text: str, kind: ActionKind, name: str) -> None:
    alteration = table_alteration(f"ALTER TABLE ONLY s.t OWNER TO o, {text}")
    assert alteration is not None
    assert (alteration.table, alteration.only) == ("s.t", True)
    [owner, action] = alteration.actions
    assert (owner.kind, owner.text) == ("other", "OWNER TO o")
    assert (action.kind, action.name, action.text) == (kind, name, text)


@pytest.mark.parametrize(
    ("text", "refers_to"),
    [
        ("ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES s.u(b)", "s.u"),
        ("ADD COLUMN a integer REFERENCES u", "u"),
        ("ADD COLUMN a integer", ""),
    ],
)
def test_what_an_action_refers_to(text: str, refers_to: str) -> None:
    alteration = table_alteration(f"ALTER TABLE t {text}")
    assert alteration is not None
    assert [its.refers_to for its in alteration.actions] == [refers_to]


def test_what_is_no_alter_table() -> None:
    assert table_alteration("COMMENT ON TABLE t IS 'ALTER TABLE t DROP COLUMN a'") is None
    assert table_alteration("ALTER TYPE t ADD ATTRIBUTE a integer") is None
