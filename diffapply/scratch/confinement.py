"""What it means that scratch is built by a role that can do nothing: what is refused, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

import psycopg2

from diffapply.database import patience
from diffapply.ddl import KINDS
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog, Fact
from diffapply.scratch.throwaway import NAME


@dataclass(frozen=True, slots=True)
class Confinement:
    """Scratch is built by a throw-away role, because some of it belongs to others.

    Attributes:
        strangers: those, as a sentence names them.
        role: the connecting role, as which it would be built otherwise.
        denied: what of the surroundings the throw-away role may not build, and why.
    """

    strangers: Sequence[str]
    role: str
    denied: Sequence[str] = ()

    def explained(self, blocked: Sequence[str], *, denied: bool) -> tuple[str, ...]:
        """Reasons why a transition is blocked, and what that has to do with who builds scratch.

        Args:
            blocked: the reasons.
            denied: whether PostgreSQL refused a statement for lack of a right.
        """
        if not (denied or self.denied):
            return tuple(blocked)
        missing = (f"not in scratch: {its}" for its in self.denied)
        return (*blocked, *missing, self.sentence)

    def overlong(self, error: psycopg2.Error) -> str:
        """What was ended because it took too long, and whose code it may be."""
        while isinstance(error.__context__, psycopg2.Error):  # the first one tells
            error = error.__context__
        ran = error.cursor.query if error.cursor is not None else None
        statement = f" at {shorten(ran.decode(), 300, placeholder=' …')!r}" if ran else ""
        where = error.diag.context
        inside = f" (in {' '.join(where.split())})" if where else ""
        return (
            f"what stands in scratch belongs to {', '.join(self.strangers)} in part, and was ended "
            f"when it had run for {patience.PATIENCE:.0f} s{statement}{inside}"
        )

    @property
    def sentence(self) -> str:
        """Why a statement was refused that the connecting role could run, and the way out."""
        return (
            "in scratch, a role that can do nothing ran it, because some of what stands there "
            f"belongs to {', '.join(self.strangers)}: connect as the role that owns the tenants, "
            f"or give --trust-tenants to let their code run as {self.role!r} (docs/role.md)"
        )


def as_own(catalog: Catalog, builder: str, role: str) -> Catalog:
    """What a throw-away role has built, as if it were the connecting role's.

    Args:
        catalog: owners and grants included.
        builder: the throw-away role.
        role: the connecting role, quoted.
    """
    if NAME.fullmatch(builder) is None:
        return catalog

    def own(fact: Fact) -> Fact:
        if not KINDS[fact.kind].is_right:
            return fact
        return replace(
            fact,
            name=fact.name.replace(builder, role),
            definition=fact.definition.replace(builder, role),
        )

    return Catalog.of(map(own, catalog.facts.values()))


def refused(error: DesiredStateError, confinement: Confinement) -> DesiredStateError:
    """The refusal of a desired state that the throw-away role may not build."""
    remedy = f"{error.remedy} It may be that {confinement.sentence}."
    return DesiredStateError(error.message, remedy.strip())
