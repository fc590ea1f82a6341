"""Owners, grants and default privileges, which are compared only when that is asked for."""

import re

from diffapply.ddl.kind import Kind
from diffapply.ddl.statements import Options, literal, one
from diffapply.model.catalog import Catalog, Fact

_GRANTED = re.compile(
    r"(?P<object>.+) TO (?P<grantee>[^\s\"]+|\"(?:[^\"]|\"\")*\")"
    r"(?P<option> WITH GRANT OPTION| AS OWNER)?",
    re.DOTALL,
)
_ON_COLUMN = re.compile(r"(?P<table>.+) \((?:\"(?:[^\"]|\"\")*\"|\w+)\)", re.DOTALL)


AS_OWNER = " AS OWNER"
"""What a grant that says what an owner itself may do ends with, in the name of its fact."""


def _set_owner(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER {fact.name} OWNER TO {fact.definition}")


def parts(fact: Fact) -> tuple[str, str, str]:
    """Object, grantee and grant option, from the name of a fact."""
    granted = _GRANTED.fullmatch(fact.name)
    assert granted is not None  # noqa: S101 - the queries write no other form
    named = granted["object"]
    if fact.kind == "column privilege" and (column := _ON_COLUMN.fullmatch(named)):
        named = column["table"]
    return named, granted["grantee"], granted["option"] or ""


def _grant(fact: Fact, _: Catalog) -> Options:
    named, grantee, option = parts(fact)
    grant = f"GRANT {fact.definition} ON {named} TO {grantee}{option}"
    if option == AS_OWNER:
        # An owner has everything to begin with.
        revoke = f"REVOKE ALL ON {named} FROM {grantee}"
        grant = grant.removesuffix(option)
        return one(revoke) if fact.definition == "NOTHING" else one(revoke, grant)
    return one(grant)


def _revoke(fact: Fact, _: Catalog) -> Options:
    named, grantee, option = parts(fact)
    if option == AS_OWNER:
        return one(f"GRANT ALL ON {named} TO {grantee}")
    revoke = f"{fact.definition} ON {named} FROM {grantee}"
    only = "GRANT OPTION FOR " if option else ""
    return (f"REVOKE {revoke}",), (f"REVOKE {only}{revoke}",)


def _regrant(old: Fact, new: Fact, goal: Catalog) -> Options:
    return ((*_revoke(old, goal)[0], *_grant(new, goal)[0]),)


def _default(fact: Fact, verb: str, word: str) -> Options:
    """ALTER DEFAULT PRIVILEGES names the schema, which a statement for all tenants must not."""
    role, _, objects = parts(fact)[0].removeprefix("FOR ROLE ").rpartition(" ON ")
    _, grantee, option = parts(fact)
    option = option if verb == "GRANT" else ""
    head = literal(f"ALTER DEFAULT PRIVILEGES FOR ROLE {role} IN SCHEMA ")
    tail = literal(f" {verb} {fact.definition} ON {objects} {word} {grantee}{option}")
    # In full: who may create in a schema behind the tenant may have functions of these names.
    schema = "pg_catalog.quote_ident(pg_catalog.current_schema())"
    body = f"BEGIN EXECUTE pg_catalog.concat({head}, {schema}, {tail}); END"
    return one(f"DO {literal(body)}")


RIGHTS = (
    Kind(
        "owner",
        _set_owner,
        lambda _fact, _: (),
        lambda _old, new, goal: _set_owner(new, goal),
        is_right=True,
    ),
    Kind("privilege", _grant, _revoke, _regrant, is_right=True),
    Kind("column privilege", _grant, _revoke, _regrant, is_right=True),
    Kind(
        "default privilege",
        lambda fact, _: _default(fact, "GRANT", "TO"),
        lambda fact, _: _default(fact, "REVOKE", "FROM"),
        lambda old, new, _: (
            (*_default(old, "REVOKE", "FROM")[0], *_default(new, "GRANT", "TO")[0]),
        ),
        is_right=True,
    ),
)
