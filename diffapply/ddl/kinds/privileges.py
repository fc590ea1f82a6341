"""Owners, grants and default privileges, which are compared only when that is asked for."""

from dataclasses import replace

from diffapply.ddl.kind import Kind, set_anew
from diffapply.ddl.statements import Drafts, Ways, drafts, literal, one
from diffapply.ddl.structure.belonging import its_granted_column
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Granted, Privileges


def _set_owner(fact: Fact, _: Catalog) -> Ways:
    return one(f"ALTER {fact.name} OWNER TO {fact.definition}")


def _grant(fact: Fact, _: Catalog) -> Ways:
    its = Granted.of(fact)
    grant = f"GRANT {Privileges.of(fact).said} ON {its.on} TO {its.grantee}"
    if its.as_owner:
        # An owner has everything to begin with.
        revoke = f"REVOKE ALL ON {its.on} FROM {its.grantee}"
        return one(revoke) if fact.definition == "NOTHING" else one(revoke, grant)
    return one(f"{grant}{its.option}")


def _revoke(fact: Fact, _: Catalog) -> Ways:
    its = Granted.of(fact)
    if its.as_owner:
        return one(f"GRANT ALL ON {its.on} TO {its.grantee}")
    revoke = f"{Privileges.of(fact).said} ON {its.on} FROM {its.grantee}"
    only = "GRANT OPTION FOR " if its.grantable else ""
    return drafts(f"REVOKE {revoke}"), drafts(f"REVOKE {only}{revoke}")


def _other(fact: Fact, catalog: Catalog) -> Privileges:
    """What the same role may do there with the option if this is without, and the reverse."""
    its = Granted.of(fact)
    other = replace(its, grantable=not its.grantable)
    found = None if its.as_owner else catalog.facts.get((fact.kind, str(other)))
    return Privileges.of(found) if found else Privileges(())


def _option_gone(its: Granted, rights: Privileges) -> Drafts:
    """What takes the option from rights that stay."""
    return drafts(f"REVOKE GRANT OPTION FOR {rights.said} ON {its.on} FROM {its.grantee}")


def _keep(fact: Fact, ends: Ends) -> Ways:
    """Rights that are there with the option lose the option alone."""
    its, wants, had = Granted.of(fact), Privileges.of(fact), _other(fact, ends.live)
    less = Privileges(tuple(right for right in had.privileges if right in wants.privileges))
    if its.grantable or not less.privileges:
        return ()
    more = replace(fact, definition=str(wants.without(less)))
    return ((*_option_gone(its, less), *(_grant(more, ends.goal)[0] if more.definition else ())),)


def _gone(fact: Fact, goal: Catalog) -> Privileges:
    """The rights that go with and without the option."""
    return Privileges.of(fact).without(_other(fact, goal))


def _less(fact: Fact, ends: Ends) -> Privileges:
    """The rights that lose the option alone, unless a fact that comes says it; see `_keep`."""
    if not Granted.of(fact).grantable or not _other(fact, ends.live).privileges:
        return Privileges(())
    return Privileges.of(fact).without(_gone(fact, ends.goal))


def _revoke_gone(fact: Fact, ends: Ends) -> Ways:
    less, gone = _less(fact, ends), str(_gone(fact, ends.goal))
    only = _option_gone(Granted.of(fact), less) if less.privileges else ()
    ways = _revoke(replace(fact, definition=gone), ends.live) if gone else ((),)
    return tuple((*only, *way) for way in ways if only or way)


def _stays(fact: Fact, ends: Ends) -> bool:
    """Whether GRANT and REVOKE of the option say all of it."""
    goes = (_gone(fact, ends.goal), _less(fact, ends))
    return not Granted.of(fact).as_owner and not any(its.privileges for its in goes)


def _regrant(old: Fact, new: Fact, ends: Ends) -> Ways:
    """Only what differs; or all of it again."""
    again = (*_revoke(old, ends.live)[0], *_grant(new, ends.goal)[0])
    if Granted.of(new).as_owner:
        return (again,)
    had, wants = Privileges.of(old), Privileges.of(new)
    gone = replace(old, definition=str(had.without(wants)))
    more = replace(new, definition=str(wants.without(had)))
    revoke = _revoke(gone, ends.live)[0] if gone.definition else ()
    grant = _grant(more, ends.goal)[0] if more.definition else ()
    return (*revoke, *grant), again


def _default(fact: Fact, verb: str, word: str) -> Ways:
    """ALTER DEFAULT PRIVILEGES names the schema, but a statement for all tenants must not."""
    its = Granted.of(fact)
    role, objects = its.by_default
    option = its.option if verb == "GRANT" else ""
    head = literal(f"ALTER DEFAULT PRIVILEGES FOR ROLE {role} IN SCHEMA ")
    tail = literal(f" {verb} {fact.definition} ON {objects} {word} {its.grantee}{option}")
    # In full: who may create in a schema behind the tenant may have functions of these names.
    schema = "pg_catalog.quote_ident(pg_catalog.current_schema())"
    body = f"BEGIN EXECUTE pg_catalog.concat({head}, {schema}, {tail}); END"
    return one(f"DO {literal(body)}")


_PRIVILEGE = Kind(
    "privilege",
    _grant,
    _revoke,
    _regrant,
    create_from=_keep,
    drop_only=_revoke_gone,
    goes_without=_stays,
    value=Privileges,
    is_right=True,
    is_light=True,
)

RIGHTS = (
    Kind(
        "owner",
        lambda _fact, _: (),  # it comes with its object; only then it is known whose that is
        lambda _fact, _: (),
        set_anew(_set_owner),
        is_right=True,
        is_light=True,
    ),
    _PRIVILEGE,
    replace(_PRIVILEGE, name="column privilege", ignored_with=its_granted_column),
    Kind(
        "default privilege",
        lambda fact, _: _default(fact, "GRANT", "TO"),
        lambda fact, _: _default(fact, "REVOKE", "FROM"),
        lambda old, new, _: (
            (*_default(old, "REVOKE", "FROM")[0], *_default(new, "GRANT", "TO")[0]),
        ),
        value=Privileges,
        is_right=True,
    ),
)
