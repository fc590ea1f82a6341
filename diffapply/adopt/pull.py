"""Writes the structure of live tenants as a desired state, and proves what was written."""

from collections.abc import Callable, Sequence

from diffapply.adopt.choice import ChosenShape
from diffapply.adopt.models import model_text, remaining, structural
from diffapply.adopt.proof import Load, Workshop
from diffapply.adopt.shown import require_rebuilt
from diffapply.model.pulled import Pulled
from diffapply.planning.means import Means

Write = Callable[[Sequence[str], Sequence[str], str, str], str]
"""Makes a file of statements, the tenants, the fingerprint and the token."""


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
    shape, tenants = chosen.shape, chosen.tenants
    with means.stage.open(chosen.standing, ends=(shape.catalog,)) as scene:
        workshop = Workshop(means, scene, load, token)
        wanted = require_rebuilt(scene.rehearsal, shape, means.reader.scope)
        statements, own = workshop.spelled(wanted.ddl or ())
        texts = ((".sql", write(statements, tenants, shape.fingerprint, own)),)
        differences = workshop.differences(workshop.build(texts, own), wanted)
    return Pulled(texts, tenants, shape.fingerprint, own, differences)


def pulled_models(
    means: Means, chosen: ChosenShape, load: Load, token: str | None, write: Write
) -> Pulled:
    """A structure as SQLAlchemy models, and as SQL what they cannot say; as `pulled_sql`.

    Raises:
        DesiredStateError: no models can be written, or what was written cannot be read again.
    """
    shape, tenants = chosen.shape, chosen.tenants
    with means.stage.open(chosen.standing, ends=(shape.catalog,)) as scene:
        workshop = Workshop(means, scene, load, token)
        wanted = require_rebuilt(scene.rehearsal, shape, means.reader.scope)
        models = (".py", model_text(scene.rehearsal, wanted, means.reader.scope))
        built = workshop.build([models], "")
        rest = remaining(means, scene, built, wanted)
        texts: tuple[tuple[str, str], ...] = (models,)
        own, differences = "", workshop.differences(built, wanted)
        for some in dict.fromkeys(filter(None, (structural(rest), rest))):
            statements, own = workshop.spelled(some)
            texts = (models, (".sql", write(statements, tenants, shape.fingerprint, own)))
            differences = workshop.differences(workshop.build(texts, own), wanted)
            if not differences:
                break
    return Pulled(texts, tenants, shape.fingerprint, own, differences)
