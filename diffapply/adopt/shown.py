"""The statements that build a structure: those of the journal, or proved in scratch now."""

from diffapply.adopt.choice import ChosenShape
from diffapply.errors import TenantError
from diffapply.model.listing import in_one_line
from diffapply.model.plan import Shape
from diffapply.model.pulled import ShownShape
from diffapply.model.scope import Scope
from diffapply.planning.means import Means
from diffapply.rehearsal.rehearse import Rehearsal

_WITHOUT = (
    "What is ignored does not stand in scratch: ignore what needs it as well, or leave out a "
    "pattern."
)


def shown_shape(means: Means, chosen: ChosenShape) -> ShownShape:
    """A structure with its statements; scratch is used if the journal has none.

    Raises:
        TenantError: it cannot be rebuilt in scratch; says why.
    """
    if chosen.shape.ddl is not None:
        return ShownShape(chosen.shape, chosen.tenants, chosen.known)
    with means.stage.open(chosen.standing, ends=(chosen.shape.catalog,)) as scene:
        shape = require_rebuilt(scene.rehearsal, chosen.shape, means.reader.scope)
    return ShownShape(shape, chosen.tenants, chosen.known)


def require_rebuilt(rehearsal: Rehearsal, shape: Shape, scope: Scope) -> Shape:
    """The shape with statements that were proved to rebuild it. Raises `TenantError` if none do."""
    rebuilt = rehearsal.rebuild(shape, scope)
    if rebuilt.ddl is None:
        reasons = in_one_line(rehearsal.why_not_rebuilt(shape, scope))
        raise TenantError(
            f"The shape {shape.fingerprint[:12]} cannot be written: {reasons}.",
            _WITHOUT if scope.ignoring.explicit else "",
        )
    return rebuilt
