"""Objects that going back creates again, after a run has dropped them with owner and grants."""

from collections.abc import Mapping, Sequence

from diffapply.catalog.owned import class_of
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Transition


def without_rights(
    transition: Transition, goal: Catalog, remembered: Mapping[tuple[str, str], Sequence[str]]
) -> tuple[str, ...]:
    """Notes on owners and grants that a way back cannot give back.

    Args:
        transition: a backward one.
        goal: its goal.
        remembered: class and name of objects whose owner and grants the journal has for all tenants
            → roles among these that no longer exist.
    """
    things = [(class_of(its.kind), its.name) for its in transition.created]
    gone = {role for thing in things for role in remembered.get(thing, ())}
    again = [
        f"{its.kind} {its.name}"
        for its in transition.created
        if (class_of(its.kind), its.name) not in remembered
        and its.kind != "column"
        and (its.kind != "sequence" or stands_alone(its.name, goal))
    ]
    sentences = []
    if again:
        sentences.append(
            f"Made again without the owner and the grants that it had: {', '.join(again)}. The "
            "run that dropped it did not remember them: grant them anew. It will belong to the "
            "tenant's owner if this role may give it to that one, and else to this role."
        )
    if gone:
        sentences.append(
            f"What is made again had an owner or grants of roles that are gone: "
            f"{', '.join(sorted(gone))}. The role that goes back stands for the owner; those "
            "grants are not given back."
        )
    return tuple(sentences)


def stands_alone(sequence: str, catalog: Catalog) -> bool:
    """Whether no column owns the sequence."""
    owned = ("sequence owner", sequence) in catalog.facts
    return ("sequence", sequence) in catalog.facts and not owned
