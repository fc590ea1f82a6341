"""What a schema has whose name a sandbox has taken: `--tenant-token public` names such a schema.

In SQL of `pg_dump`, that name means the tenant, but in front of what belongs to an extension it
means the schema itself. The schema is put aside under another name, and found by that.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from diffapply.database.advice import reason
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.identifier import quoted
from diffapply.model.listing import some_of
from diffapply.queries import query
from diffapply.scratch.lacking import UNFOUND
from diffapply.scratch.sandbox import ASIDE, Sandbox
from diffapply.values.grammar import meant

if TYPE_CHECKING:
    from diffapply.proposal.stored import Token

_MEMBERS = query("scratch", "aside")
_STRANGERS = query("scratch", "astray")

_MISTAKEN = (
    "{0}.{1} means the tenant's here, as in bodies and literals, and where the SQL itself makes "
    "one of that name: write {1} without schema to mean the extension's."
)


def members(sandbox: Sandbox) -> frozenset[str]:
    """The names of what extensions have in the schema that was put aside."""
    if not sandbox.aside:
        return frozenset()
    return frozenset(name for (name,) in sandbox.rows(_MEMBERS, {"schema": ASIDE}))


def finding(schema: str, members: Collection[str]) -> Callable[[str], str]:
    """What makes of a statement one that finds extensions in the schema that was put aside.

    A name that the statements themselves create means the tenant's.

    Args:
        schema: its name, which the sandbox has.
        members: the names of what extensions have in it.
    """
    if not members:
        return str
    others = set(members)

    def found(text: str) -> str:
        # Importing it takes long, and is seldom needed.
        from pglast import parser  # noqa: PLC0415

        from diffapply.desired.sql.declarable import COMMENTS  # noqa: PLC0415
        from diffapply.desired.sql.homes import names_made  # noqa: PLC0415
        from diffapply.proposal.stored import scan  # noqa: PLC0415

        try:
            made = names_made((its.stmt for its in parser.parse_sql(text)), schema)
            others.difference_update(made)
            tokens = [token for token in scan(text) if token.name not in COMMENTS]
        except parser.ParseError:
            return text  # PostgreSQL will report the error
        return _renamed(text, tokens, schema, others)

    return found


def _renamed(text: str, tokens: Sequence["Token"], schema: str, members: Collection[str]) -> str:
    for at in reversed(range(len(tokens) - 2)):
        first, dot, name = tokens[at : at + 3]
        if dot.text == "." and meant(first.text) == schema and meant(name.text) in members:
            aside = quoted(ASIDE).ljust(len(first.text))
            text = f"{text[: first.start]}{aside}{text[first.end + 1 :]}"
    return text


def mistaken(error: BaseException | None, schema: str, members: Collection[str]) -> str:
    """What to do if an extension's member is not found, because its name means the tenant's.

    Args:
        error: PostgreSQL's.
        schema: as for `finding`, and so are the members.

    Returns:
        A sentence; empty if it is something else.
    """
    if not isinstance(error, UNFOUND):
        return ""
    names = re.findall(rf'(?<!\w){re.escape(schema)}"?\."?([^\s"()]+)', reason(error))
    return next((_MISTAKEN.format(schema, name) for name in names if name in members), "")


def standing_aside(sandbox: Sandbox) -> frozenset[str]:
    """What stands in the schema that was put aside, and belongs to no extension."""
    if not sandbox.aside:
        return frozenset()
    return frozenset(name for (name,) in sandbox.rows(_STRANGERS, {"schema": ASIDE}))


def require_none_astray(label: str, before: Collection[str], sandbox: Sandbox) -> None:
    """Nothing of the tenant's was made in the schema that was put aside: it would be missing.

    Args:
        label: how the user named the desired state.
        before: what stood there already.

    Raises:
        DesiredStateError: something was; names it.
    """
    schema = sandbox.scope.schema
    if made := sorted(standing_aside(sandbox) - {*before}):
        named = some_of(made, shown=lambda its: its.replace(quoted(ASIDE), schema))
        raise DesiredStateError(
            f"{label} makes in {schema} what has the name of something of an extension there, "
            f"and would be no part of a tenant: {named}.",
            f"Create it without {schema} in front of its name.",
        )


def put_back(catalog: Catalog, schema: str, seen_from: str) -> Catalog:
    """The catalog of such a sandbox, with the schema that was put aside under its name.

    Args:
        schema: its name.
        seen_from: the schema that has the structure. PostgreSQL writes names in it without schema.
    """
    before, after = f"{quoted(ASIDE)}.", "" if schema == seen_from else f"{quoted(schema)}."

    def named(fact: Fact) -> Fact:
        name, definition = (its.replace(before, after) for its in (fact.name, fact.definition))
        return replace(fact, name=name, definition=definition)

    return Catalog.of(map(named, catalog.facts.values()), catalog.strangers)
