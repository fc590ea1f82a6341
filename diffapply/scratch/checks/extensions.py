"""Extensions that a desired state creates: they belong to the database, not to a tenant."""

from diffapply.errors import DesiredStateError
from diffapply.scratch.sandbox import Sandbox


def extensions(sandbox: Sandbox) -> frozenset[str]:
    """Names of the extensions that scratch has now."""
    return frozenset(name for (name,) in sandbox.rows("select extname from pg_extension", {}))


def require_known(label: str, before: frozenset[str], sandbox: Sandbox) -> None:
    """Refuse a desired state that creates an extension; one that is there already it may name.

    Within a tenant's transaction it would come into that tenant's schema, and be missing in all
    others.

    Args:
        label: how the user named it.
        before: the extensions that the database has.
        sandbox: where it has been built.

    Raises:
        DesiredStateError: names the extension.
    """
    if made := sorted(extensions(sandbox) - before):
        schema = next(iter(sandbox.world.behind), "public")
        raise DesiredStateError(
            f"{label} creates the extension {made[0]!r}, which the database does not have: an "
            "extension is the database's, not a tenant's.",
            f'Create it once, as who may: CREATE EXTENSION "{made[0]}" SCHEMA "{schema}".',
        )
