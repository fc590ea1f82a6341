"""Makes plans: the transitions that lead from the shape of each live schema to its goal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from diffapply.desired import Desired
from diffapply.model.ignoring import Ignoring
from diffapply.model.mentions import mentioned_in
from diffapply.model.order import natural
from diffapply.model.plan import Direction, Plan, Shape, Transition
from diffapply.model.user_statement import UserStatement
from diffapply.planning.finding_outsiders import without_held_up
from diffapply.planning.goals.aims import Aim, Aims
from diffapply.planning.goals.backward import backward_aims, ignoring_on_the_way_back
from diffapply.planning.goals.forward import forward_aims
from diffapply.planning.goals.reworded import proved_as_reworded
from diffapply.planning.goals.undo import Undoing, noting_what_is_forgotten
from diffapply.planning.means import Means
from diffapply.planning.notes import (
    of_transition,
    passed_over,
    reference_rights,
    rights,
    unmanaged,
    user_sql,
    variants,
)
from diffapply.planning.notes.new_objects import with_notes_as_now
from diffapply.planning.notes.subject import Subject
from diffapply.planning.outsider import LeftAlone
from diffapply.planning.taken_back import with_what_is_taken_back
from diffapply.planning.undeclared import asking_consent
from diffapply.rehearsal.prover import Proved, Prover
from diffapply.tenants.discovery import Chosen


def plan_forward(
    means: Means, desired: Desired, chosen: Chosen, user_statements: Sequence[UserStatement] = ()
) -> Plan:
    """The plan that brings tenants and templates to the desired state.

    Args:
        user_statements: in each transition, all of them run, or none.
    """
    with forward_aims(means, desired, chosen, _named(means, user_statements)) as aims:
        made = asking_consent(means, _made(means, aims, "forward", user_statements))
        left_alone = unmanaged.notes(means.reader, aims.usual_tenants)
        made = replace(
            made,
            desired=desired.label,
            renames=aims.renames,
            unreadable=means.unreadable(chosen),
            notes=(*made.notes, *left_alone, *_of_variants(means, made)),
            unspoken=means.reader.scope.unspoken,
        )
    return with_what_is_taken_back(means, made)


def plan_backward(
    means: Means, undoing: Undoing, chosen: Chosen, user_statements: Sequence[UserStatement] = ()
) -> Plan:
    """The plan that brings tenants and templates back to their snapshots.

    Args:
        undoing: the goals; schemas with nothing to undo are in sync.
        user_statements: as for `plan_forward`.
    """
    undos, ignoring_in = undoing.undos, ignoring_on_the_way_back(means, undoing)
    everywhere = means.reader.scope.ignoring.either([undoing.ignoring])
    means = replace(means, reader=means.leaving(everywhere))
    with backward_aims(means, undos, ignoring_in, _named(means, user_statements)) as aims:
        made = _made(means, aims, "backward", user_statements)
    names = (*chosen.templates, *chosen.tenants)
    made = replace(
        made,
        desired=undoing.label,
        in_sync=(*made.in_sync, *(name for name in names if name not in undos)),
        undoes={name: undo.runs for name, undo in undos.items()},
        undone=undoing.runs,
        unreadable=means.unreadable(chosen),
    )
    if means.reader.scope.privileges:  # then owners and grants are part of the goal
        return made
    return noting_what_is_forgotten(means.reader.database.connection, made)


def _named(means: Means, user_statements: Iterable[UserStatement]) -> frozenset[str]:
    """The schemas that they may name, beside the tenants."""
    return mentioned_in(its.sql for its in user_statements) - means.stage.tenants


def _made(
    means: Means, aims: Aims, direction: Direction, user_statements: Sequence[UserStatement]
) -> Plan:
    """The plan, without the name of its goal. Rehearses each transition."""
    # Going back, a tenant that is at its goal still needs a step in the journal.
    reached = [aim for aim in aims.all if aim.is_reached and direction == "forward"]
    others = [aim for aim in aims.all if not aim.is_reached or direction == "backward"]
    prover = Prover(direction, aims.scene, tuple(user_statements))
    prove = partial(prover.prove, jobs=means.reader.jobs, progress=means.progress)
    steps = proved_as_reworded(aims.scene, others, prove)
    database, scope = means.reader.database, means.reader.scope
    ignoring_in = _ignoring_in(others, scope.ignoring)
    transitions = _transitions(means, aims, direction, steps, ignoring_in)
    plan = Plan(
        direction=direction,
        database=database.server.identity,
        desired="",
        in_sync=tuple(sorted((name for aim in reached for name in aim.group.names), key=natural)),
        transitions=transitions,
        shapes={shape.fingerprint: shape for aim, its in steps for shape in ends(aim, its)},
        notes=(
            *dict.fromkeys(
                note for aim in reached for note in passed_over.notes(_subject(aim, aims))
            ),
            *user_sql.notes(user_statements, transitions),
        ),
        privileges=scope.privileges,
        world=means.stage.world,
        ignoring=scope.ignoring,
        ignoring_in=ignoring_in,
        proofs=dict(means.stage.proofs.to_store),
        tokens=means.reader.memory.tokens(_only_added_to(transitions)),
    )
    return with_notes_as_now(database.connection, plan)


def _transitions(
    means: Means,
    aims: Aims,
    direction: Direction,
    steps: Sequence[tuple[Aim, Proved]],
    ignoring_in: Mapping[str, Ignoring],
) -> tuple[Transition, ...]:
    """What was proved, with notes; tenants that something outside depends on are blocked."""
    connection, scope = means.reader.database.connection, means.reader.scope
    changing = {name for aim, its in steps if not its.blocked for name in aim.group.names}
    made = [
        (
            transition_of(aim, its, _notes(aim, its, aims, direction, means)),
            its.proof.effect.touched,
        )
        for aim, its in steps
    ]
    left_alone = LeftAlone(scope.ignoring, ignoring_in, scope.unspoken)
    free = without_held_up(connection, made, changing, left_alone)
    return rights.noting_lacks(connection, free)


def _ignoring_in(aims: Iterable[Aim], usual: Ignoring) -> dict[str, Ignoring]:
    """Tenant → what is left alone in it, where that is not what is in most."""
    return {
        name: aim.scope.ignoring
        for aim in aims
        if aim.scope.ignoring != usual
        for name in aim.group.names
    }


def _only_added_to(transitions: Iterable[Transition]) -> Iterator[str]:
    """The tenants that lose nothing, so that their change tokens say enough."""
    for transition in transitions:
        if transition.only_adds and not transition.blocked:
            yield from transition.tenants


def _of_variants(means: Means, made: Plan) -> Iterator[str]:
    """Notes on tenants that are held against a variant, and on variants that do not count."""
    compared = (*made.in_sync, *(name for its in made.transitions for name in its.tenants))
    yield from variants.on_those_that_count(means.branches, compared)
    yield from means.notes


def ends(aim: Aim, proved: Proved) -> tuple[Shape, Shape]:
    """Source and goal, with the DDL that was proved to rebuild them."""
    source = Shape(aim.group.catalog, proved.proof.source_ddl)
    return source, replace(aim.goal, ddl=proved.proof.goal_ddl)


def transition_of(aim: Aim, proved: Proved, notes: Iterable[str]) -> Transition:
    """What was proved, as the transition of the aim's tenants."""
    proof = proved.proof
    return Transition(
        source=aim.group.catalog.fingerprint,
        goal=aim.goal.fingerprint,
        tenants=aim.group.names,
        statements=proof.statements,
        differences=aim.differences,
        blocked=proved.blocked,
        no_way_back=proof.no_way_back,
        notes=tuple(notes),
        managed=aim.scope.managed,
        anew=proof.effect.anew,
        dropped=proof.effect.dropped,
        created=proof.effect.created,
        alone=proof.alone,
    )


def _notes(
    aim: Aim, proved: Proved, aims: Aims, direction: Direction, means: Means
) -> Iterator[str]:
    """The hints for a transition."""
    proof = proved.proof
    subject = replace(_subject(aim, aims), statements=proof.statements, effect=proof.effect)
    if proved.left_out and not proved.blocked:
        yield proved.left_out
    yield from variants.of_a_shape(means.branches, aim.group.names)
    yield from aim.notes
    yield from of_transition.notes(subject, direction, blocked=bool(proved.blocked))
    yield from reference_rights.notes(subject, means.reader.database.connection)


def _subject(aim: Aim, aims: Aims) -> Subject:
    """The aim, as notes are made of it where nothing runs."""
    return Subject(
        aim.group.catalog,
        aim.goal.catalog,
        aim.renames,
        declarable=aims.declarable,
        leaving_stamps=aims.leaving_stamps,
        of_template=aim.scope.managed is not None,
    )
