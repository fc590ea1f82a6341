"""Finds drops that need consent: of what people made by hand, as far as the journal knows.

If a desired state that was applied once had an object, to drop it is an ordinary change. Otherwise
somebody else made it, and the models may only say nothing of it.
"""

from collections.abc import Iterator
from dataclasses import replace

from diffapply import journal
from diffapply.ddl import KINDS
from diffapply.model.catalog import FactKey
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Plan, Transition
from diffapply.planning.means import Means

_FOREIGN_TABLE = "foreign table"
"""What the hazard of its drop calls it; its fact is that of a table."""

_NOT_ASKED = frozenset({"column", "constraint", "domain constraint", "index"})
"""What belongs to a declared table or domain is as the desired state says. All else is what people
write; and what holds data asks for consent anyway."""

_LONGEST_FIRST = sorted((*KINDS, _FOREIGN_TABLE), key=len, reverse=True)


def asking_consent(means: Means, made: Plan) -> Plan:
    """A forward plan in which drops of what was never declared need consent."""
    dropped = {
        key
        for transition in made.transitions
        for statement in transition.statements
        for hazard in statement.hazards
        if (key := _dropped(hazard))
    }
    if not dropped:
        return made
    declared: frozenset[FactKey] = frozenset()
    others = means.others
    if others.is_safe_to_read and not others.writers:
        connection = means.reader.database.connection
        declared = journal.declared_objects(connection, map(_fact_key, sorted(dropped)))
    undeclared = {key for key in dropped if _fact_key(key) not in declared}
    transitions = (_asking(its, undeclared) for its in made.transitions)
    return replace(made, transitions=tuple(transitions))


def _asking(transition: Transition, undeclared: set[FactKey]) -> Transition:
    def asking(hazards: tuple[Hazard, ...]) -> Iterator[Hazard]:
        for hazard in hazards:
            if _dropped(hazard) in undeclared:
                message = f"{hazard.message}, which was never declared"
                yield replace(hazard, code=HazardCode.DROPS_UNDECLARED, message=message)
            else:
                yield hazard

    statements = (replace(its, hazards=(*asking(its.hazards),)) for its in transition.statements)
    return replace(transition, statements=tuple(statements))


def _dropped(hazard: Hazard) -> FactKey | None:
    """The object that is dropped, if it is asked about."""
    if hazard.code is not HazardCode.DROPS_OBJECT:
        return None
    what = hazard.message.removeprefix("drops ")
    kind = next((its for its in _LONGEST_FIRST if what.startswith(f"{its} ")), "")
    return (kind, what.removeprefix(f"{kind} ")) if kind and kind not in _NOT_ASKED else None


def _fact_key(dropped: FactKey) -> FactKey:
    kind, name = dropped
    return ("table" if kind == _FOREIGN_TABLE else kind), name
