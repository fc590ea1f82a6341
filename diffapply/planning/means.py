"""What is needed to make plans."""

from dataclasses import dataclass, field, replace

from diffapply import journal
from diffapply.journal import OtherRoles
from diffapply.model.ignoring import Ignoring
from diffapply.model.order import natural
from diffapply.model.unreadable import Unreadable
from diffapply.planning.variants import Branch
from diffapply.progress import Progress, silent
from diffapply.rehearsal.stage import Stage
from diffapply.tenants.discovery import Chosen
from diffapply.tenants.shapes import Reader


@dataclass(frozen=True, slots=True)
class Means:
    """What is needed to make plans.

    Attributes:
        reader: reads the tenants.
        stage: opens scratch databases for rehearsal.
        progress: called during the work.
        others: the roles that can misuse the journal.
        branches: the tenants with variants.
        notes: hints on variants that do not count.
        only_declared: whether nothing goes without consent that was never declared, not even an
            empty table.
    """

    reader: Reader
    stage: Stage
    progress: Progress = silent
    others: OtherRoles = field(default_factory=OtherRoles)
    branches: tuple[Branch, ...] = ()
    notes: tuple[str, ...] = ()
    only_declared: bool = False

    def of(self, branch: Branch) -> "Means":
        """The same for tenants with a variant, as if all had it."""
        reader = replace(self.reader, scope=branch.scope)
        return replace(self, reader=reader, branches=(), notes=())

    def unreadable(self, chosen: Chosen) -> tuple[Unreadable, ...]:
        """The tenants that the role may not read, and those found locked while groups were read."""
        found = (*chosen.unreadable, *self.reader.locked.values())
        return tuple(sorted(found, key=lambda its: natural(its.name)))

    def leaving(self, ignoring: Ignoring) -> Reader:
        """The reader of tenants in which this is left alone."""
        scope = replace(self.reader.scope, ignoring=ignoring)
        return replace(self.reader, scope=scope)

    def known_shapes(self) -> frozenset[str]:
        """The fingerprints of the shapes that the journal knows; none if it is not safe to read."""
        if not self.others.is_safe_to_read:
            return frozenset()
        return journal.known_shapes(self.reader.database.connection)
