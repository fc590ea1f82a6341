"""The tenant's own name in texts: a stand-in in facts, the real name in statements that run.

Function bodies, search paths, literals and comments may contain the tenant's own name, and so may
the names of indexes, constraints, triggers and policies. In facts, and in statements made from
them, a stand-in replaces it, so that it is one fact for all tenants. The sandbox in scratch has the
stand-in as its name, so these statements run there unchanged. `spelled` puts a tenant's own name
back.
"""

import re
from dataclasses import replace
from enum import Enum
from functools import lru_cache, partial
from string import digits

from diffapply.errors import TenantError
from diffapply.model.catalog import Catalog
from diffapply.model.identifier import in_quotes, is_plain

STAND_IN = "diffapply_tenant"
"""The text that replaces the tenant's own name in facts and statements."""


class Naming(Enum):
    """How a schema's own name is treated when its facts are read."""

    AS_IT_IS = 1
    """It stays: the schema is no tenant, or its name is the stand-in."""
    OWN = 2
    """The stand-in replaces it."""
    TOKEN = 3
    """The stand-in replaces it only where a schema is named: before a dot, in a search path, as a
    constant. The name is a token, which texts may also use as an ordinary word."""
    MODELS = 4
    """As `TOKEN`, but constants in columns, checks and indexes of metadata are ordinary words."""


# By what is none: to compile a set of a million letters would take 20 ms.
LETTER = r"[^\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f]"
"""What a word consists of, as a regular expression for Python and for PostgreSQL."""

LONGEST_NAME = 63
"""Bytes of a name that PostgreSQL keeps."""

_SAID = re.compile(rf"(?<!{LETTER})({STAND_IN})(x*)(?!{LETTER})", re.IGNORECASE)
_TOKENS = re.compile(
    r"""
      \$(?P<tag>(?:[a-z_]\w*)?)\$(?P<body>.*?)\$(?P=tag)\$
    | (?P<escaped>e'(?:[^'\\]|''|\\.)*'|u&'(?:[^']|'')*'|u&"(?:[^"]|"")*")
    | '(?P<literal>(?:[^']|'')*)'
    | "(?P<quoted>(?:[^"]|"")*)"
    | (?P<note>--[^\n]*|/\*.*?\*/)
    | (?P<word>[^\x00-@\[-^`{-\x7f][\w$]*)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_IN_LITERAL = re.compile(
    rf"""(?P<quotes>'+){STAND_IN}(?P=quotes)|"{STAND_IN}"|{STAND_IN}(?=\s*\.)"""
)
_ENDS_NOTE = re.compile(r"[\r\n]|/\*|\*/")
_QUOTE = re.compile(r"''|\\.", re.DOTALL)


def reads_otherwise(name: str, text: str) -> bool:
    """Whether facts may be different in a tenant of this name, although its structure is equal.

    That is so if the name is also a word in the structure, or if it needs quotes and the structure
    says the tenant's own name.

    Args:
        text: all texts of the structure, in lower case.
    """
    word = name.lower()
    return word in _names_in(text, word.rstrip(digits)) or (
        not is_plain(name) and bool(_names_in(text, STAND_IN))
    )


@lru_cache(maxsize=1024)
def _names_in(text: str, prefix: str) -> frozenset[str]:
    """The names in a text with this prefix and digits; cached for thousands of tenants."""
    if prefix not in text:
        return frozenset()
    return frozenset(re.findall(rf"(?<!{LETTER}){re.escape(prefix)}[0-9]*(?!{LETTER})", text))


def is_stand_in(name: str) -> bool:
    """Whether a schema's name is the stand-in, or what a text that says the stand-in becomes."""
    return name.startswith(STAND_IN) and not name.removeprefix(STAND_IN).strip("x")


def says_own_name(text: str) -> bool:
    """Whether a text of facts or statements contains the stand-in."""
    return STAND_IN in text.lower()


def spelled(text: str, tenant: str) -> str:
    """Statements with the tenant's own name in place of the stand-in.

    Args:
        text: one statement or more.
        tenant: name of the schema, not quoted.

    Raises:
        TenantError: the name of an object would be too long for PostgreSQL, or the tenant's name
            would end the text that contains it.
    """
    if not says_own_name(text):
        return text
    rest, example = _longest_rest(text)
    if (length := rest + len(tenant.encode())) > LONGEST_NAME:
        raise TenantError(
            f"The name {example.replace(STAND_IN, tenant)!r} would have {length} bytes; PostgreSQL "
            f"keeps {LONGEST_NAME} of a name."
        )
    if is_plain(tenant):
        return _said(text, tenant)
    return _TOKENS.sub(partial(_token_spelled, tenant=tenant), text)


def shown(text: str, tenant: str = "<tenant>") -> str:
    """A text for people, who do not know the stand-in: with a tenant's name, never quoted."""
    return _said(text, tenant) if says_own_name(text) else text


def with_own_name(catalog: Catalog, schema: str) -> Catalog:
    """The same structure with the name of a schema in place of the stand-in."""
    return Catalog.of(
        (
            replace(
                fact,
                name=spelled(fact.name, schema),
                definition=_said(fact.definition, schema)
                if fact.kind == "comment"
                else spelled(fact.definition, schema),
            )
            for fact in catalog.facts.values()
        ),
        catalog.strangers,
    )


def _said(text: str, tenant: str) -> str:
    def name(said: re.Match[str]) -> str:
        if said[2]:  # the original text contained the stand-in; it is marked with an x
            return said[1] + said[2][1:]
        return tenant.upper() if said[1].isupper() and is_plain(tenant) else tenant

    return _SAID.sub(name, text)


def _token_spelled(token: re.Match[str], tenant: str) -> str:
    """A token of SQL with the name in it, quoted as the kind of token requires."""
    if not says_own_name(token[0]):
        return token[0]
    if token["word"] is not None:
        return in_quotes(_said(token[0], tenant)) if _SAID.search(token[0]) else token[0]
    if token["note"] is not None and _ENDS_NOTE.search(tenant):
        raise _ends_it(tenant, "a remark")
    if token["note"] is not None or token["quoted"] is not None:
        named = tenant if token["quoted"] is None else tenant.replace('"', '""')
        return _said(token[0], named)
    if token["literal"] is not None:
        text = _in_literal(token["literal"].replace("''", "'"), tenant)
        return "'" + text.replace("'", "''") + "'"
    if token["escaped"] is not None:
        return _escaped_spelled(token["escaped"], tenant)
    return _body_spelled(f"${token['tag']}$", token["body"], tenant)


def _body_spelled(tag: str, body: str, tenant: str) -> str:
    """The same for a dollar-quoted text."""
    body = _TOKENS.sub(partial(_token_spelled, tenant=tenant), body)
    if (body + tag).index(tag) < len(body):
        raise _ends_it(tenant, f"a text between {tag}")
    return tag + body + tag


def _escaped_spelled(text: str, tenant: str) -> str:
    """The same for a literal or quoted name in which a backslash has a special meaning."""
    if "\\" in tenant:
        raise _ends_it(tenant, "a text in which a backslash has a meaning")
    if text.endswith('"'):
        return _said(text, tenant.replace('"', '""'))
    start, _, rest = text.partition("'")
    value = _QUOTE.sub(lambda its: "'" if its[0] in {"''", "\\'"} else its[0], rest[:-1])
    return f"{start}'" + _in_literal(value, tenant).replace("'", "''") + "'"


def _ends_it(tenant: str, text: str) -> TenantError:
    return TenantError(
        f"Its name, {tenant!r}, cannot stand where the structure says it: it would end {text}."
    )


def _in_literal(text: str, tenant: str) -> str:
    """The same for the text of a literal, which may itself be SQL."""

    def name(said: re.Match[str]) -> str:
        quotes = said["quotes"]
        if quotes is None:
            return in_quotes(tenant)
        return quotes + tenant.replace("'", quotes * 2) + quotes

    return _said(_IN_LITERAL.sub(name, text), tenant)


@lru_cache(maxsize=1024)
def _longest_rest(text: str) -> tuple[int, str]:
    """The longest name that contains the stand-in: its other bytes, and the name."""
    names = [
        (token["word"] or token["quoted"])
        for token in _TOKENS.finditer(text)
        if _SAID.search(token["word"] or token["quoted"] or "")
    ]
    longest = max(names, key=lambda name: len(name.encode()), default=STAND_IN)
    return len(longest.encode()) - len(STAND_IN), longest
