"""Refuses a desired state in which the tenant token may mean something else than the tenant."""

import re
from collections.abc import Iterator

from diffapply.ddl.kinds import KINDS
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.own_name import STAND_IN, Naming, says_own_name

_AMONG_OTHERS = re.compile(
    rf"""(?:\bARRAY\[|\bIN\s*\()(?=[^])]*,)[^])]*'{STAND_IN}'""", re.IGNORECASE
)
_COMMON = ("public",)
"""Schema names that applications also use as constants."""
_BODY = re.compile(r"\$(?:function|procedure)x*\$")
"""What PostgreSQL writes before and after a routine's body."""
_NO_CODE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


def require_clear(label: str, token: str, naming: Naming, catalog: Catalog) -> None:
    """Refuse a token that would reach all tenants as it is, but may mean each tenant's own name.

    Args:
        label: how the user named the desired state.
        token: the schema name in it that stands for the tenant.
        naming: how it was read.
        catalog: the facts, with the stand-in wherever the token certainly means the tenant.

    Raises:
        DesiredStateError: names the place.
    """
    for fact in catalog.facts.values():
        if not KINDS[fact.kind].is_right and (why := next(_unclear(fact, token, naming), "")):
            raise DesiredStateError(
                f"{label} says {why} in {fact.kind} {fact.name.replace(STAND_IN, token)}.",
                "Every tenant would get that word. Write it differently, or "
                "use another name as --tenant-token.",
            )


def _unclear(fact: Fact, token: str, naming: Naming) -> Iterator[str]:
    word, text = re.escape(token), f"{fact.name} {fact.definition}"
    if f"{STAND_IN}x" in text:
        yield f"{STAND_IN!r}, which stands for each tenant's own name"
    if naming is Naming.OWN and re.search(rf"(?<![0-9a-z]){word}(?![0-9a-z])", text, re.IGNORECASE):
        yield f"the name {token!r} where no schema is named"
    if naming is Naming.TOKEN and (
        _AMONG_OTHERS.search(text) or (token in _COMMON and f"'{STAND_IN}'" in text)
    ):
        yield f"the constant {token!r}, which may be a word,"
    if (
        naming is not Naming.OWN
        and fact.kind == "routine"
        and says_own_name(text)
        and _says_bare(text, word)
    ):
        yield f"{token!r} both for the tenant's schema and for something else"


def _says_bare(text: str, word: str) -> bool:
    """Whether code uses the word as another name, such as that of a table or a column.

    A literal counts as code if it names the tenant's schema itself.
    """
    bare = re.compile(rf'(?<![\w$."])(?:{word}|"(?-i:{word})")(?![\w$"]|\s*\.)', re.IGNORECASE)
    text = _BODY.sub(" ", text)
    literals = (its[0] for its in _NO_CODE.finditer(text) if its[0].startswith("'"))
    code = (_NO_CODE.sub("", text), *filter(says_own_name, literals))
    return any(map(bare.search, code))
