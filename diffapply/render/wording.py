"""The words that the formats for people share: counts, examples, names made harmless."""

from collections.abc import Sequence

from diffapply.model.hazards import Hazard
from diffapply.model.own_name import shown
from diffapply.model.plan import Direction, Plan, Renewed
from diffapply.model.run import StepStatus

EXAMPLES = 3
"""How many tenants stand for all of them."""

STEP_STATUSES: tuple[StepStatus, ...] = ("applied", "unchanged", "failed", "refused", "skipped")


DIRECTIONS: dict[Direction, str] = {"forward": "Forward", "backward": "Back"}
"""What stands before the goal of a plan."""


def visible(text: str, keep: str = "") -> str:
    """The text with everything that does not print written as an escape.

    What stands for the tenant's own name is ``<tenant>``.

    Control characters, line breaks, escape sequences, direction marks and lone surrogates do not
    print; those that `keep` holds stay.
    """
    text = shown(text)
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode()
        for char in text
    )


def visible_block(text: str) -> str:
    """SQL or a definition of several lines: its line breaks and tabs stay."""
    return visible(text, keep="\n\t")


def terminated(sql: str) -> str:
    """The statement with the semicolon that it may lack."""
    sql = sql.rstrip()
    if "--" in sql.rpartition("\n")[2]:
        return f"{sql}\n;"  # in the last line, a comment may swallow it
    return sql if sql.endswith(";") else f"{sql};"


def told(hazard: Hazard) -> str:
    """What a statement risks, and what puts it right afterwards."""
    return f"{hazard.message}. Renew: {hazard.remedy}" if hazard.remedy else hazard.message


def short(fingerprint: str) -> str:
    """Enough of a fingerprint to tell it from the others."""
    return fingerprint[:12]


def counted(number: int, noun: str) -> str:
    """Such as ``1 tenant`` or ``10,000 tenants``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def examples(names: Sequence[str], limit: int = EXAMPLES) -> str:
    """The first few names, and how many there are besides."""
    if len(names) <= limit + 1:  # "and 1 more" is no shorter than the name
        limit += 1
    shown = [visible(name) for name in names[:limit]]
    if (rest := len(names) - len(shown)) > 0:
        return f"{', '.join(shown)} and {rest:,} more"
    return ", ".join(shown)


def question(plan: Plan) -> str:
    """What to ask before a plan is applied: to how many tenants, and what it takes back."""
    tenants = counted(plan.to_change, "tenant")
    if plan.direction == "forward":
        return f"Apply to {tenants}?"
    if not plan.undone:  # a plan file that an older version has saved
        return f"Go back to {visible(plan.desired)} in {tenants}?"
    *others, last = [visible(run.named) for run in reversed(plan.undone)]
    runs = f"{', '.join(others)} and {last}" if others else last
    return f"Take back {runs} in {tenants}?"


def made_anew(anew: Sequence[Renewed]) -> str:
    """A sentence on what is made anew, and what becomes of whose it was; empty if nothing is."""
    if not anew:
        return ""
    named = ", ".join(f"{its.kind} {its.new}" for its in anew)
    return f"{named}; each tenant's own owner and grants are kept"
