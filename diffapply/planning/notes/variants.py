"""Notes on variants: those that do not count, and tenants that are held against one."""

from collections.abc import Iterator, Sequence

from diffapply.config import Settings
from diffapply.config.variant import equal
from diffapply.model.listing import some_of
from diffapply.model.order import natural
from diffapply.planning.variants import Branch
from diffapply.tenants.discovery import Tenancy, is_chosen


def on_those_that_do_not_count(settings: Settings, tenancy: Tenancy) -> Iterator[str]:
    """Notes on variants that do not count: of tenants that do not exist, and expired ones."""
    if not settings.variants:
        return
    chosen = {n: its for n, its in settings.variants.items() if is_chosen(n, settings)}
    if missing := chosen.keys() - tenancy.tenants:
        yield f"there is a variant of {_few(missing)}, but no such tenant"
    expired = {n: its for n, its in chosen.items() if n not in missing and not its.holds}
    for variant, names in equal(expired).items():
        yield (
            f"the variant of {_few(names)} expired on {variant.expires} (owner {variant.owner}: "
            f"{variant.reason}); what it approved differs again"
        )


def on_those_that_count(found: Sequence[Branch], names: Sequence[str]) -> Iterator[str]:
    """Notes on the tenants, of these, whose goal is that of their variant."""
    there = frozenset(names)
    for branch in found:
        if held := [name for name in branch.tenants if name in there]:
            yield f"{_few(held)}: held against a variant ({branch.variant.told})"


def of_a_shape(found: Sequence[Branch], names: Sequence[str]) -> Iterator[str]:
    """Why tenants stand apart: there may be others of the same shape, with the same goal."""
    there = frozenset(names)
    for branch in found:
        if not there.isdisjoint(branch.tenants):
            yield f"apart from others, because of a variant ({branch.variant.told})"


def _few(names: Sequence[str] | set[str]) -> str:
    return some_of(sorted(names, key=natural))
