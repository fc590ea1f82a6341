"""Names in text that may be schemas: PostgreSQL does not know what a body calls, or SQL will."""

import re
from collections.abc import Iterable

from diffapply.model.catalog import Catalog

_QUALIFIER = re.compile(r'("(?:[^"]|"")+"|[^\W\d][\w$]*)\s*\.')

_WORD = re.compile(r'"(?:[^"]|"")+"|[^\W\d][\w$]*')
_PATH = re.compile("search_path", re.IGNORECASE)


def mentioned_in(texts: Iterable[str]) -> frozenset[str]:
    """Names that stand before a dot, and whatever may stand on a search path that is set.

    Not all of them are schemas. One that is not quoted is there as PostgreSQL reads it, too.
    """
    found: set[str] = set()
    for text in texts:
        if "." in text:
            found.update(_QUALIFIER.findall(text))
        if _PATH.search(text):
            found.update(_WORD.findall(text))
    return frozenset(meant for name in found for meant in _meant(name))


def mentioned(catalogs: Iterable[Catalog]) -> frozenset[str]:
    """The same for what facts say."""
    return mentioned_in(
        text
        for catalog in catalogs
        for fact in catalog.facts.values()
        for text in (fact.name, fact.definition)
    )


def _meant(name: str) -> tuple[str, ...]:
    if name.startswith('"'):
        return (name[1:-1].replace('""', '"'),)
    return name, name.lower()
