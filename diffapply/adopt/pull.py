"""Writes the structure of live tenants as a desired state, and proves what was written."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from diffapply.adopt.choice import ChosenShape
from diffapply.adopt.models import WITHOUT_MODELS, model_text, remaining, structural
from diffapply.adopt.proof import Load, Texts, Workshop
from diffapply.adopt.shown import require_rebuilt
from diffapply.errors import DesiredStateError
from diffapply.model.plan import Shape
from diffapply.model.pulled import Pulled
from diffapply.planning.means import Means
from diffapply.scratch.checks.bodies import UNCHECKED, UnsoundBodyError


class Write(Protocol):
    """Makes a file of statements."""

    def __call__(
        self, statements: Sequence[str], tenants: Sequence[str], fingerprint: str, token: str
    ) -> str:
        """The text."""


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
        written = partial(write, tenants=tenants, fingerprint=shape.fingerprint, token=own)
        texts, built = _built(workshop, (), statements, own, written)
        differences = workshop.differences(built, wanted)
    return Pulled(tuple(texts), tenants, shape.fingerprint, own, differences)


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
        built = _built_by_models(workshop, models)
        rest = remaining(means, scene, built, wanted)
        texts: Texts = (models,)
        own, differences = "", workshop.differences(built, wanted)
        for some in dict.fromkeys(filter(None, (structural(rest), rest))):
            statements, own = workshop.spelled(some)
            written = partial(write, tenants=tenants, fingerprint=shape.fingerprint, token=own)
            texts, built = _built(workshop, (models,), statements, own, written)
            differences = workshop.differences(built, wanted)
            if not differences:
                break
    return Pulled(tuple(texts), tenants, shape.fingerprint, own, differences)


def _built_by_models(workshop: Workshop, models: tuple[str, str]) -> Shape:
    try:
        return workshop.build([models], "")
    except DesiredStateError as error:
        raise DesiredStateError(
            f"What sqlacodegen has written cannot be used: {error.message}", WITHOUT_MODELS
        ) from error


def _built(
    workshop: Workshop,
    models: Texts,
    statements: Sequence[str],
    own: str,
    write: Callable[[Sequence[str]], str],
) -> tuple[Texts, Shape]:
    """Files of models and statements, and what they build.

    Args:
        own: the token.
    """

    def texts(*first: str) -> Texts:
        return (*models, (".sql", write([*first, *statements])))

    try:
        return texts(), workshop.build(texts(), own)
    except UnsoundBodyError:  # as a tenant has it: what it names may be there when it runs
        return texts(UNCHECKED), workshop.build(texts(UNCHECKED), own)
