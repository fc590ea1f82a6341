"""What a schema has whose name a sandbox has taken: `--tenant-token public` names such a schema.

In SQL of `pg_dump`, that name means the tenant, but in front of what belongs to an extension it
means the schema itself. The schema is put aside under another name, and found by that.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from diffapply.model.catalog import Catalog, Fact
from diffapply.model.identifier import quoted
from diffapply.queries import query
from diffapply.scratch.sandbox import ASIDE, Sandbox
from diffapply.values.grammar import bare

_MEMBERS = query("scratch", "aside")
_CREATED = (
    r"\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure|aggregate|type|domain|table|view)\s+"
    r"(?:if\s+not\s+exists\s+)?(?:{}\s*\.\s*)?([\w$]+)"
)


def finding(sandbox: Sandbox) -> Callable[[str], str]:
    """What makes of a statement one that finds extensions in the schema that was put aside.

    A name that the statements themselves create means the tenant's.
    """
    if not sandbox.aside:
        return str
    schema = sandbox.scope.schema
    members = {name for (name,) in sandbox.rows(_MEMBERS, {"schema": ASIDE})}
    created = re.compile(_CREATED.format(re.escape(schema)), re.IGNORECASE)
    own: set[str] = set()

    def found(text: str) -> str:
        own.update(name.lower() for name in created.findall(text))
        return _renamed(text, schema, members - own)

    return found


def _renamed(text: str, schema: str, members: Collection[str]) -> str:
    if not members or schema.lower() not in text.lower():
        return text
    from pglast import parser  # noqa: PLC0415 - takes long, and is seldom needed

    try:
        tokens = [token for token in parser.scan(text) if "COMMENT" not in token.name]
    except parser.ParseError:
        return text  # PostgreSQL will report the error
    words = [text[token.start : token.end + 1] for token in tokens]
    for at in reversed(range(len(words) - 2)):
        first, dot, name = words[at : at + 3]
        if dot == "." and _meant(first) == schema and _meant(name) in members:
            aside = quoted(ASIDE).ljust(len(first))
            text = f"{text[: tokens[at].start]}{aside}{text[tokens[at].end + 1 :]}"
    return text


def _meant(word: str) -> str:
    return bare(word) if word.startswith('"') else word.lower()


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
