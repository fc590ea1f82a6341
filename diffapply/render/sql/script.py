"""A plan as a psql script: the statements of apply, without gates, journal and retries."""

from collections.abc import Iterator

from diffapply.database.session import as_written, working_settings
from diffapply.ddl.statements import literal
from diffapply.errors import TenantError
from diffapply.model.identifier import in_quotes
from diffapply.model.plan import Plan, Transition
from diffapply.model.statement import Statement
from diffapply.model.world import World
from diffapply.render.changes.losses import find_losses
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import (
    counted,
    made_anew,
    short,
    summary,
    terminated,
    told,
    visible,
)


def plan_script(plan: Plan) -> str:
    """The script: one transaction for each tenant; stops at the first error."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    yield f"-- diffapply plan: {plan.direction} to {visible(plan.desired)}"
    yield f"-- {summary(plan)}"
    yield from (f"-- {losses.line()}" for losses in find_losses(plan))
    yield from (f"-- unreadable: {visible(its.remedy)};" for its in plan.unreadable)
    yield from (f"-- note: {visible(note)}" for note in plan.all_notes)
    if plan.to_change:
        yield r"\set ON_ERROR_STOP on"
        yield "SET client_encoding = 'UTF8';"
        yield "-- The settings under which the statements were rehearsed."
        for name, value in working_settings(plan.world):
            yield f"SET {name} = {literal(value)};"
    for transition in plan.transitions:
        yield ""
        yield from _transition(transition, transition.world_in(plan.world))


def _transition(transition: Transition, world: World) -> Iterator[str]:
    yield (
        f"-- {short(transition.source)} -> {short(transition.goal)}: "
        f"{counted(len(transition.tenants), 'tenant')}"
    )
    if transition.blocked:
        yield from (f"-- blocked: {visible(reason)}" for reason in transition.blocked)
        yield from (f"-- not changed: {visible(name)}" for name in transition.tenants)
        return
    yield from (f"-- no way back: {visible(reason)}" for reason in transition.no_way_back)
    if transition.anew:
        yield f"-- made anew: {visible(made_anew(transition.anew))} by apply, not by this script"
    behind = ", ".join(["pg_catalog", *map(in_quotes, world.behind), "pg_temp"])
    for name in transition.tenants:
        yield ""
        yield f"-- {visible(name)}"
        try:
            statements = transition.of(name).statements
        except TenantError as error:
            yield f"-- not changed: {visible(str(error))}"
            continue
        yield "BEGIN;"
        yield f"SET LOCAL search_path TO {in_quotes(name)}, {behind};"
        yield "SET LOCAL check_function_bodies = off;"
        for number, statement in enumerate(statements, 1):
            yield from _statement(number, statement, world)
        yield "COMMIT;"


def _statement(number: int, statement: Statement, world: World) -> Iterator[str]:
    yield f"-- statement {number}"
    for hazard in statement.hazards:
        yield f"-- {hazard.kind}: {visible(told(hazard))}"
    yield fold(terminated(as_written(statement.sql, world)))
