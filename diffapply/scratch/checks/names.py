"""Whether the names of a desired state mean what they seem to mean.

A name without a schema means the tenant's own or, if there is none yet, what stands behind the
tenant on the search path. A reference to a table that is only made later would so lead to
another schema's, without a word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from diffapply.ddl import KINDS
from diffapply.ddl.lookup import quoted, spellings
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog
from diffapply.values.grammar import IDENTIFIER

_NAMED = [kind.name for kind in KINDS.values() if kind.names in ("relation", "type", "routine")]
"""The kinds whose names others say."""


def require_own_names(
    label: str, catalog: Catalog, behind: Iterable[str], texts: Sequence[str]
) -> None:
    """Refuse a desired state in which a name of its own leads to another schema.

    Args:
        label: how the user named it.
        catalog: what has been built.
        behind: the schemas behind the tenant.
        texts: what was executed for that; what is named there with its schema is meant.

    Raises:
        DesiredStateError: says what refers to what.
    """
    own = {fact.name for kind in _NAMED for fact in catalog.by_kind.get(kind, ())}
    for schema in behind:
        named = re.compile(rf'(?<![\w".]){re.escape(quoted(schema))}\.({IDENTIFIER}(?:\(\))?)')
        for fact in catalog.facts.values():
            if fact.kind == "routine":
                continue
            for name in own.intersection(named.findall(fact.definition)):
                if not any(its in text for its in _in_full(schema, name) for text in texts):
                    raise DesiredStateError(
                        f"The {fact.kind} {fact.name} in {label} refers to {schema}.{name}: when "
                        f"it is made, the tenant's own {name} is not there yet.",
                        f"Make the tenant's {name} first; or name the schema, if "
                        f"{schema}.{name} is meant.",
                    )


def _in_full(schema: str, name: str) -> Iterator[str]:
    bare, parentheses = (name[:-2], "()") if name.endswith("()") else (name, "")
    for its in {quoted(schema), f'"{schema}"'}:
        for part in {*spellings(bare), bare, f'"{bare}"'}:
            yield f"{its}.{part}{parentheses}"
