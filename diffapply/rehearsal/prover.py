"""Proves the transitions of a plan: several at a time, and only those not in the cache."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg2

from diffapply.database.pool import share
from diffapply.ddl.risks.work import closes_way_back
from diffapply.errors import UnreadableFactError
from diffapply.model.catalog import FactKey
from diffapply.model.plan import Direction, Shape
from diffapply.model.rename import Rename
from diffapply.model.scope import Scope
from diffapply.model.statement import Statement
from diffapply.model.user_statement import UserStatement
from diffapply.progress import Progress
from diffapply.rehearsal.cache import Proof, proof_key
from diffapply.rehearsal.renames.declared import inverse
from diffapply.rehearsal.renames.defects import without_defects
from diffapply.rehearsal.scene import Scene

if TYPE_CHECKING:
    from diffapply.rehearsal.rehearse import Rehearsal

_WORTH_IT = 4
"""Transitions for one more scratch database; fewer are not worth it."""


@dataclass(frozen=True)
class Wanted:
    """A transition that has to be proved.

    Attributes:
        reworded: what PostgreSQL words as the goal does while columns get other types.
    """

    source: Shape
    goal: Shape
    scope: Scope
    renames: tuple[Rename, ...] = ()
    reworded: frozenset[FactKey] = frozenset()


@dataclass(frozen=True)
class Proved:
    """The result.

    Attributes:
        blocked: reasons why there is no proof; empty if there is.
        left_out: why none of the user's own statements runs, if there are any.
    """

    proof: Proof
    blocked: tuple[str, ...] = ()
    left_out: str = ""


@dataclass(frozen=True)
class Prover:
    """Proves transitions in scratch.

    Attributes:
        scene: where they are rehearsed.
        user_statements: all of them run in a transition, or none; then nothing is recalled.
    """

    direction: Direction
    scene: Scene
    user_statements: tuple[UserStatement, ...] = ()

    def prove(self, wanted: Sequence[Wanted], jobs: int, progress: Progress) -> list[Proved]:
        """Prove transitions; the results are in the order of `wanted`.

        Args:
            wanted: transitions; source and goal may be equal.
            jobs: largest number of scratch databases.
            progress: called during the work.
        """
        keys = [self._key(its) for its in wanted]
        found = {
            number: Proved(proof)
            for number, key in enumerate(keys)
            if not self.user_statements and (proof := self.scene.proofs.recall(key)) is not None
        }
        left = [number for number in range(len(wanted)) if number not in found]
        another = self.scene.another
        others = [another] * min(jobs - 1, len(left) // _WORTH_IT) if another else []
        proved = share(
            [wanted[number] for number in left],
            self._prove,
            self.scene,
            others,
            lambda done: progress("rehearse", len(wanted) - len(left) + done, len(wanted)),
        )
        for number, its in zip(left, proved, strict=True):
            found[number] = its
            if not its.blocked and not self.user_statements and self.scene.may_keep:
                self.scene.proofs.keep(keys[number], its.proof)
        return [found[number] for number in range(len(wanted))]

    def _prove(self, scene: Scene, wanted: Wanted) -> Proved:
        rehearsal = scene.rehearsal
        try:
            return self._rehearsed(wanted, rehearsal)
        except UnreadableFactError as error:  # of this structure; others have no part in it
            return _blocked(f"{error.message} {error.remedy}".rstrip())
        except psycopg2.errors.QueryCanceled as error:
            if rehearsal.confinement is None:
                raise
            return _blocked(rehearsal.confinement.overlong(error))

    def _rehearsed(self, wanted: Wanted, rehearsal: "Rehearsal") -> Proved:
        scope, renames = wanted.scope, wanted.renames
        goal = rehearsal.rebuild(wanted.goal, scope, before=wanted.source)
        source = rehearsal.rebuild(wanted.source, scope, stay=True)
        if source.fingerprint == goal.fingerprint:
            # It is at its goal, but the journal needs a step that says so.
            return Proved(Proof((), source.ddl, goal.ddl))
        there = rehearsal.prove(
            source,
            goal,
            scope,
            renames=renames,
            user_statements=self.user_statements,
            reworded=wanted.reworded,
        )
        no_way_back: tuple[str, ...] = ()
        if self.direction == "forward" and not there.blocked:
            # Prove the way back now, not only when it is needed.
            before = without_defects(source, goal.catalog)
            back = rehearsal.prove_back(goal, before, scope, inverse(renames))
            no_way_back = back.blocked or _closed_by_rows(back.statements)
        proof = Proof(
            there.statements,
            source.ddl,
            goal.ddl,
            no_way_back,
            there.effect,
            there.alone,
        )
        return Proved(proof, there.blocked, there.left_out)

    def _key(self, wanted: Wanted) -> str:
        ends = (wanted.source, wanted.goal)
        conditions = self.scene.conditions
        return proof_key(self.direction, ends, wanted.scope, wanted.renames, conditions)


def _blocked(reason: str) -> Proved:
    return Proved(Proof((), None, None), (reason,))


def _closed_by_rows(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Why a way back fails in tables with rows, although it is proved without rows."""
    hazards = (hazard for statement in statements for hazard in statement.hazards)
    return tuple(filter(None, map(closes_way_back, hazards)))
