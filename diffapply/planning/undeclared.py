"""Finds drops that need consent: of what people made by hand, as far as the journal knows.

If a desired state that was applied once had an object, to drop it is an ordinary change. Otherwise
somebody else made it, and the models may only say nothing of it.

With `manage = "everything"`, what can hold data asks for consent only where it does: an empty table
goes. With `manage = "declared"`, it asks even so.
"""

from collections.abc import Iterator
from dataclasses import replace

from diffapply import journal
from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import FactKey
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.plan import Plan, Transition
from diffapply.planning.means import Means


def asking_consent(means: Means, made: Plan) -> Plan:
    """A forward plan in which drops of what was never declared need consent."""
    dropped = {
        key
        for transition in made.transitions
        for statement in transition.statements
        for hazard in statement.hazards
        if (key := _asked(hazard)) and (hazard.kind != "data" or means.only_declared)
    }
    if not dropped:
        return made
    declared: frozenset[FactKey] = frozenset()
    others = means.others
    if others.is_safe_to_read and not others.writers:
        connection = means.reader.database.connection
        declared = journal.declared_objects(connection, sorted(dropped))
    transitions = (_asking(its, dropped - declared) for its in made.transitions)
    return replace(made, transitions=tuple(transitions))


def _asking(transition: Transition, undeclared: set[FactKey]) -> Transition:
    def asking(hazards: tuple[Hazard, ...]) -> Iterator[Hazard]:
        for hazard in hazards:
            if _asked(hazard) not in undeclared:
                yield hazard
                continue
            what = hazard.message
            if hazard.kind == "data":  # asks where there is any
                yield hazard
                what = f"drops {' '.join(hazard.dropped or ())}"
            message = f"{what}, which was never declared"
            yield Hazard(HazardCode.DROPS_UNDECLARED, message, dropped=hazard.dropped)

    statements = (replace(its, hazards=(*asking(its.hazards),)) for its in transition.statements)
    return replace(transition, statements=tuple(statements))


def _asked(hazard: Hazard) -> FactKey | None:
    """What is dropped for good, if it is asked about."""
    if hazard.dropped is None or KINDS[hazard.dropped[0]].follows_declared:
        return None
    return hazard.dropped
