"""Tenants with variants, and what they are held against."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from diffapply.catalog.ignored import ignoring
from diffapply.config import Settings
from diffapply.config.variant import Variant, equal
from diffapply.desired import Desired, with_files
from diffapply.model.scope import Scope


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
