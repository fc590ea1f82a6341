"""A plan as one revision of Alembic, up and down, for teams that must keep their history."""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from importlib.resources import files

from diffapply.database.session import as_written, working_settings
from diffapply.ddl.statements import literal
from diffapply.errors import TenantError
from diffapply.model.listing import in_one_line
from diffapply.model.plan import Plan, Transition
from diffapply.planning.ways_back import ThereAndBack
from diffapply.render.changes.losses import find_losses
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import made_anew, short, summary, told, visible
from diffapply.version import VERSION

_TEMPLATE = (files("diffapply.render.sql") / "revision.txt").read_text(encoding="utf-8")

_LENGTH = 12
"""Characters of a revision's identifier, as Alembic makes them."""


def plan_revision(
    plan: Plan, ways: Sequence[ThereAndBack], head: str | None, templates: Sequence[str] = ()
) -> str:
    """The Python file.

    Args:
        ways: the transitions of the plan, with their ways back.
        head: the revision that it comes after; None if there is none.
        templates: the names in the plan that are no tenants.
    """
    left_out = [name for its in plan.transitions if its.blocked for name in its.tenants]
    left_out += [its.name for its in plan.unreadable]
    changes = "\n".join(line for way in ways for line in _changes(way, plan))
    digest = sha256(f"{head}\n{changes}".encode()).hexdigest()[:_LENGTH]
    filled = {
        "about": _plain("\n".join(_about(plan, ways))),
        "revision": digest,
        "down_revision": repr(head) if head is None else _constant(head),
        "settings": "".join(map(_pair, _settings(plan))),
        "changes": changes,
        "in_sync": _names(plan.in_sync),
        "left_out": _names(left_out),
        "templates": _names(templates),
    }
    # At once: a name may look like a place in the template, too.
    return re.sub(r"\{\{(\w+)\}\}", lambda place: filled[place[1]], _TEMPLATE)


def _about(plan: Plan, ways: Sequence[ThereAndBack]) -> Iterator[str]:
    yield f"Forward to {plan.desired}, by diffapply {VERSION}."
    yield ""
    yield f"{summary(plan)}."
    yield from (losses.line() for losses in find_losses(plan))
    for transition in plan.transitions:
        if transition.blocked:
            names = ", ".join(transition.tenants)
            yield f"Not changed: {names}: {in_one_line(transition.blocked)}."
    for way in ways:
        if way.there.anew:
            yield f"Made anew, and loses its own owner and grants here: {made_anew(way.there.anew)}"


def _settings(plan: Plan) -> list[tuple[str, str]]:
    """The settings under which the statements were rehearsed: name and value, as SET takes them."""
    return [(name, literal(value)) for name, value in working_settings(plan.world)]


def _changes(way: ThereAndBack, plan: Plan) -> Iterator[str]:
    """A `Change` for all tenants in which the statements have the same words."""
    there, back = way.there, way.back
    yield f"    # {short(there.source)} -> {short(there.goal)}"
    if back.blocked:
        yield f"    # no way back: {visible(in_one_line(back.blocked))}"
    alike: dict[tuple[tuple[str, ...], tuple[str, ...] | None], list[str]] = {}
    for name in there.tenants:
        try:
            up = _statements(there, name, plan)
            down = None if back.blocked else _statements(back, name, plan)
        except TenantError as error:
            yield f"    # not changed: {visible(name)}: {visible(str(error))}"
        else:
            alike.setdefault((up, down), []).append(name)
    risks = [
        f"{number}: {told(hazard)}"
        for number, its in enumerate(there.statements, 1)
        for hazard in its.hazards
    ]
    for (up, down), names in alike.items():
        yield from (f"    # statement {visible(risk)}" for risk in risks)
        yield "    Change("
        yield f"        tenants={_tuple(map(_constant, names))},"
        yield f"        behind={_tuple(map(_constant, there.world_in(plan.world).behind))},"
        yield f"        up={_tuple(map(_statement, up))},"
        yield f"        down={'None' if down is None else _tuple(map(_statement, down))},"
        yield "    ),"


def _statements(transition: Transition, name: str, plan: Plan) -> tuple[str, ...]:
    world = transition.world_in(plan.world)
    return tuple(fold(as_written(its.sql, world)) for its in transition.of(name).statements)


def _tuple(items: Iterable[str]) -> str:
    inside = "".join(f"            {item},\n" for item in items)
    return f"(\n{inside}        )" if inside else "()"


def _names(names: Iterable[str]) -> str:
    inside = "".join(f"    {_constant(name)},\n" for name in names)
    return f"(\n{inside})" if inside else "()"


def _statement(text: str) -> str:
    """A statement as a constant of Python, over several lines if that can be."""
    readable = text.replace("\n", "").isprintable()
    if "\n" in text and readable and not any(its in text for its in ("\\", '"""')):
        return f'"""\n{text}\n"""'
    return _constant(text)


def _constant(text: str) -> str:
    """The very text as a constant of Python."""
    plain = text.isprintable() and not any(its in text for its in ("\\", '"'))
    return f'"{text}"' if plain else repr(text)


def _pair(pair: tuple[str, str]) -> str:
    return f"    ({', '.join(map(_constant, pair))}),\n"


def _plain(text: str) -> str:
    """A text in a docstring, which it cannot end."""
    return "\n".join(map(visible, text.split("\n"))).replace("\\", "/").replace('"""', "'''")
