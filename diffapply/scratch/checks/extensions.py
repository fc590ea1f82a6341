"""Refuses a desired state that creates an extension: extensions belong to the database."""

from diffapply.errors import DesiredStateError
from diffapply.scratch.sandbox import Sandbox


def extensions(sandbox: Sandbox) -> frozenset[str]:
    """Names of the extensions in scratch now."""
    return frozenset(name for (name,) in sandbox.rows("select extname from pg_extension", {}))


def require_known(label: str, before: frozenset[str], sandbox: Sandbox) -> None:
    """Refuse a desired state that creates an extension; it may name an existing one.

    Otherwise the extension would be created in one tenant's schema, and all others would lack it.

    Args:
        label: how the user named it.
        before: the extensions that the database has.
        sandbox: where it was built.

    Raises:
        DesiredStateError: names the extension.
    """
    if made := sorted(extensions(sandbox) - before):
        schema = next(iter(sandbox.world.behind), "public")
        raise DesiredStateError(
            f"{label} creates the extension {made[0]!r}, which the database does not have: an "
            "extension belongs to the database, not to a tenant.",
            f'Create it once, as a role that may: CREATE EXTENSION "{made[0]}" SCHEMA "{schema}".',
        )
