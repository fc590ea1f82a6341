"""Explains what is refused because a throw-away role builds in scratch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

import psycopg2

from diffapply.database import patience
from diffapply.ddl.kinds import KINDS
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog, Fact
from diffapply.scratch.throwaway import NAME
from diffapply.values import Policy
from diffapply.values.grammar import bare


@dataclass(frozen=True, slots=True)
class Confinement:
    """Why a throw-away role builds in scratch, and what it may not build.

    Attributes:
        strangers: roles that own some of what is built, as an error names them.
        role: the connecting role, which would build it otherwise.
        denied: objects of the surroundings that the throw-away role may not build, and why.
    """

    strangers: Sequence[str]
    role: str
    denied: Sequence[str] = ()

    def causes(self, *, denied: bool) -> tuple[str, ...]:
        """Why a transition may be blocked, if the throw-away role may be the cause.

        Args:
            denied: PostgreSQL refused a statement because a right is missing.
        """
        if not (denied or self.denied):
            return ()
        return (*(f"not in scratch: {its}" for its in self.denied), self.sentence)

    def overlong(self, error: psycopg2.Error) -> str:
        """The reason for a statement that was ended because it took too long."""
        while isinstance(error.__context__, psycopg2.Error):  # the first error is the cause
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
        """Why a statement failed that the connecting role could run, and what to do."""
        return (
            "in scratch, a role that can do nothing ran it, because some of what stands there "
            f"belongs to {', '.join(self.strangers)}: connect as the role that owns the tenants, "
            f"or give --trust-tenants to let their code run as {self.role!r} "
            "(`diffapply docs role`)"
        )


def as_own(catalog: Catalog, builder: str, role: str) -> Catalog:
    """The catalog with the connecting role in place of the throw-away role.

    Args:
        catalog: with owners and grants.
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


def with_policies_for(catalog: Catalog, builder: str, role: str) -> Catalog:
    """The catalog in which policies that are for one role are for another.

    Args:
        builder: the one that builds in scratch, quoted: SQL called it ``current_user``.
        role: the connecting role, quoted.
    """

    def own(fact: Fact) -> Fact:
        if fact.kind != "policy":
            return fact
        policy = Policy.of(fact)
        roles = policy.roles.split(", ")
        if builder not in roles:
            return fact
        named = sorted((role if name == builder else name for name in roles), key=bare)
        return replace(fact, definition=str(replace(policy, roles=", ".join(named))))

    return Catalog.of(map(own, catalog.facts.values()), catalog.strangers)


def refused(error: DesiredStateError, confinement: Confinement) -> DesiredStateError:
    """The error for a desired state that the throw-away role may not build."""
    remedy = f"{error.remedy} It may be that {confinement.sentence}."
    return DesiredStateError(error.message, remedy.strip())
