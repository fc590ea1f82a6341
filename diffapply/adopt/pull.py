"""Writes the structure of live tenants as a desired state, and proves what was written."""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from diffapply.adopt.choice import ChosenShape
from diffapply.adopt.shown import require_rebuilt
from diffapply.catalog.comparison import compare
from diffapply.desired import Desired
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Difference
from diffapply.model.own_name import says_own_name, spelled
from diffapply.model.plan import Shape
from diffapply.model.pulled import Pulled
from diffapply.model.scope import Scope
from diffapply.planning.goals import Goals
from diffapply.planning.means import Means
from diffapply.rehearsal.desired_state import build_desired
from diffapply.rehearsal.rehearse import Rehearsal

Load = Callable[[Sequence[str], str | None], Desired]
"""Loads a desired state from files, with a token."""

Write = Callable[[Sequence[str], Sequence[str], str, str], str]
"""Makes a file of statements, the tenants, the fingerprint and the token."""

_TOKENS = ("tenant", "tenant_schema", "its_tenant", "the_tenant_schema")
_NAME = "pulled"
"""The name of the files in which it is proved."""


def pulled_sql(
    means: Means, chosen: ChosenShape, load: Load, token: str | None, write: Write
) -> Pulled:
    """A structure as SQL that diffapply reads.

    Args:
        load: see `Load`.
        token: the name that stands for the tenant, if one must; None: choose one.
        write: see `Write`.

    Raises:
        TenantError: it cannot be rebuilt in scratch; says why.
        DesiredStateError: what was written cannot be read again.
    """
    scope = means.reader.scope
    with means.stage.open(chosen.standing, ends=(chosen.shape.catalog,)) as rehearsal:
        ddl = require_rebuilt(rehearsal, chosen.shape, scope).ddl or ()
        own = _token(ddl, token) if any(map(says_own_name, ddl)) else ""
        statements = [spelled(statement, own) for statement in ddl] if own else [*ddl]
        fingerprint = chosen.shape.fingerprint
        text = write(statements, chosen.tenants, fingerprint, own)
        texts = ((".sql", text),)
        differences = proved(means, rehearsal, chosen.shape, texts, load, own or token)
    return Pulled(texts, chosen.tenants, fingerprint, own, differences)


def proved(  # noqa: PLR0913, PLR0917 - what it needs
    means: Means,
    rehearsal: Rehearsal,
    wanted: Shape,
    texts: Sequence[tuple[str, str]],
    load: Load,
    token: str | None,
) -> tuple[Difference, ...]:
    """How what files build in scratch differs from a structure; nothing if it has all of it."""
    with tempfile.TemporaryDirectory() as folder:
        names = [*_written(Path(folder), texts)]
        built = build_desired(rehearsal, load(names, token), means.reader.scope)
    return _differences(means, rehearsal, wanted, built, means.reader.scope)


def _written(folder: Path, texts: Sequence[tuple[str, str]]) -> Iterator[str]:
    for extension, text in texts:
        path = folder / f"{_NAME}{extension}"
        path.write_text(text, "utf-8")
        yield f"{path}:metadata" if extension == ".py" else str(path)


def _differences(
    means: Means, rehearsal: Rehearsal, wanted: Shape, built: Shape, scope: Scope
) -> tuple[Difference, ...]:
    """Texts that are spelled otherwise and mean the same are no difference, as in `drift`."""
    if built.fingerprint == wanted.fingerprint:
        return ()
    goal = Goals(rehearsal, means.proofs).forward(wanted.catalog, built, scope, ())
    return compare(goal.catalog, wanted.catalog)


def _token(ddl: Sequence[str], given: str | None) -> str:
    """A name for the tenant that the statements do not say.

    Raises:
        DesiredStateError: they say all that could be taken.
    """
    if given is not None:
        return given
    text = "\n".join(ddl)
    for name in _TOKENS:
        if not re.search(rf"(?<!\w){name}(?!\w)", text, re.IGNORECASE):
            return name
    raise DesiredStateError(
        "The structure says the tenant's own name, and also each word that could stand for it.",
        "Give another one with --tenant-token.",
    )
