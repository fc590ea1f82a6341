"""Refuses names in a desired state that mean another schema's object by accident.

A name without a schema means the tenant's own object or, if that does not exist yet, the object of
a schema after the tenant on the search path. So a reference to a table that is created later would
silently refer to a table in another schema.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from diffapply.ddl.kinds import KINDS
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog
from diffapply.model.identifier import quoted, spellings
from diffapply.values.grammar import IDENTIFIER

_NAMED = [kind.name for kind in KINDS.values() if kind.namespace in ("relation", "type", "routine")]
"""The kinds whose names others say."""


def require_own_names(
    label: str, catalog: Catalog, behind: Mapping[str, str], texts: Sequence[str]
) -> None:
    """Refuse a desired state in which the name of an own object means another schema's.

    Args:
        label: how the user named it.
        catalog: what was built.
        behind: the schemas after the tenant on the search path, each with what users call it.
        texts: the statements that were executed; a name with its schema is intended.

    Raises:
        DesiredStateError: says what refers to what.
    """
    own = {fact.name for kind in _NAMED for fact in catalog.by_kind.get(kind, ())}
    for schema, called in behind.items():
        named = re.compile(rf'(?<![\w".]){re.escape(quoted(schema))}\.({IDENTIFIER}(?:\(\))?)')
        for fact in catalog.facts.values():
            if fact.kind == "routine":
                continue
            for name in own.intersection(named.findall(fact.definition)):
                # Where it is called otherwise, its name means the tenant.
                other = f"; or write the schema, if you mean {schema}.{name}"
                other = other if called == schema else ""
                if not any(its in text for its in _in_full(schema, name) for text in texts):
                    raise DesiredStateError(
                        f"The {fact.kind} {fact.name} in {label} refers to {called}.{name}: when "
                        f"it is created, the tenant's own {name} does not exist yet.",
                        f"Create the tenant's {name} first{other}.",
                    )


def _in_full(schema: str, name: str) -> Iterator[str]:
    bare, parentheses = (name[:-2], "()") if name.endswith("()") else (name, "")
    for qualifier in {quoted(schema), f'"{schema}"'}:
        for part in {*spellings(bare), bare, f'"{bare}"'}:
            yield f"{qualifier}.{part}{parentheses}"
