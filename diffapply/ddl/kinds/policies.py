"""Row security and its policies."""

from diffapply.ddl.kind import Kind, Text, Turn, drop_on_table, rename_on_table
from diffapply.ddl.statements import Ways, alter_table, one
from diffapply.ddl.structure.belonging import nothing
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Policy


def _create_policy(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE POLICY {fact.part} ON {fact.object}{Policy.of(fact).said}")


def _alter_policy(old: Fact, new: Fact, _: Ends) -> Ways:
    """ALTER POLICY changes roles and expressions, but takes none away."""
    had, wants = Policy.of(old), Policy.of(new)
    if (had.mode, had.command) != (wants.mode, wants.command):
        return ()
    if (had.using and not wants.using) or (had.check and not wants.check):
        return ()
    return one(f"ALTER POLICY {new.part} ON {new.object}{wants.changes_from(had)}")


def _row_security(name: str, on: str, off: str) -> Kind:
    return Kind(
        name,
        lambda fact, _: one(alter_table(fact.name, f"{on} ROW LEVEL SECURITY")),
        lambda fact, _: one(alter_table(fact.name, f"{off} ROW LEVEL SECURITY")),
        is_action=True,
        turn=Turn.SET,
        left_alone_as="policy",
    )


ROW_SECURITY = (
    _row_security("row security", "ENABLE", "DISABLE"),
    _row_security("forced row security", "FORCE", "NO FORCE"),
)

POLICY = Kind(
    "policy",
    _create_policy,
    drop_on_table("POLICY"),
    _alter_policy,
    value=Policy,
    text=Text.CODE,
    rename=rename_on_table("POLICY"),
    renamed_freely="policy",
    is_part=True,
    ignored_with=nothing,
    keeps_types=True,
    left_alone_as="policy",
    is_light=True,
)
