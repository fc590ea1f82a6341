"""Tenants with variants: what they are held against, and what is told of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from diffapply.catalog.ignored import ignoring
from diffapply.config import Settings
from diffapply.desired import Desired, with_files
from diffapply.model.listing import some_of
from diffapply.model.order import natural
from diffapply.model.scope import Scope
from diffapply.tenants.discovery import Tenancy, is_chosen
from diffapply.variant import Variant, equal


@dataclass(frozen=True, slots=True)
class Branch:
    """Tenants with equal variants, and what they are held against.

    Attributes:
        variant: which has not expired.
        tenants: in the order of the settings; not all of them need exist.
        scope: which part of them counts.
        desired: the desired state with what the variant adds; None if it adds nothing.
    """

    variant: Variant
    tenants: tuple[str, ...]
    scope: Scope
    desired: Desired | None = None

    @property
    def goal(self) -> tuple[Scope, Desired | None]:
        """What decides which goal they have; variants for other reasons may have the same."""
        return self.scope, self.desired


def branches(
    settings: Settings,
    base: Scope,
    desired: Desired | None,
    scope_of: Callable[[Desired], Scope],
) -> tuple[Branch, ...]:
    """The tenants with variants that hold, in groups.

    Args:
        settings: with all variants.
        base: the scope of tenants without any.
        desired: the desired state of these; None on the way back.
        scope_of: the scope of tenants with another desired state.

    Raises:
        DesiredStateError: a file of a variant cannot be read, or is no valid SQL.
        UsageError: a pattern names no kind.
    """
    held = {name: its for name, its in settings.variants.items() if its.holds}
    found: list[Branch] = []
    goals: dict[tuple[str, ...], tuple[Scope, Desired | None]] = {(): (base, None)}
    for variant, tenants in equal(held).items():
        if desired is not None and variant.sql not in goals:
            more = with_files(desired, variant.sql)
            goals[variant.sql] = scope_of(more), more
        scope, its_desired = goals.get(variant.sql, (base, None))
        if variant.ignore:
            scope = scope.approving(ignoring(variant.ignore))
        found.append(Branch(variant, tenants, scope, its_desired))
    return tuple(found)


def by_tenant(found: Sequence[Branch]) -> Mapping[str, Branch]:
    """Tenant → its branch, for those that have one."""
    return {name: branch for branch in found for name in branch.tenants}


def told_of_variants(settings: Settings, tenancy: Tenancy) -> Iterator[str]:
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


def told_of_branches(found: Sequence[Branch], names: Sequence[str]) -> Iterator[str]:
    """Notes on the tenants, of these, whose goal is that of their variant."""
    there = frozenset(names)
    for branch in found:
        if its := [name for name in branch.tenants if name in there]:
            yield f"{_few(its)}: held against a variant ({branch.variant.told})"


def _few(names: Sequence[str] | set[str]) -> str:
    return some_of(sorted(names, key=natural))
