"""What is needed to make plans."""

from dataclasses import dataclass, field, replace

from diffapply import journal
from diffapply.journal import OtherRoles
from diffapply.model.ignoring import Ignoring
from diffapply.progress import Progress, silent
from diffapply.rehearsal.cache import ProofCache
from diffapply.rehearsal.stage import Stage
from diffapply.tenants.shapes import Reader


@dataclass(frozen=True, slots=True)
class Means:
    """What is needed to make plans.

    Attributes:
        reader: reads the tenants.
        stage: opens scratch databases for rehearsal.
        proofs: the cache of proofs; new proofs are added.
        progress: called during the work.
        others: the roles that can misuse the journal.
    """

    reader: Reader
    stage: Stage
    proofs: ProofCache = field(default_factory=ProofCache)
    progress: Progress = silent
    others: OtherRoles = field(default_factory=OtherRoles)

    def ignoring_also(self, more: Ignoring) -> "Means":
        """The same, which leaves more alone."""
        its = self.reader.scope
        scope = replace(its, ignoring=its.ignoring.either([more]))
        return replace(self, reader=replace(self.reader, scope=scope))

    def known_shapes(self) -> frozenset[str]:
        """The fingerprints of the shapes that the journal knows; none if it is not safe to read."""
        if not self.others.is_safe_to_read:
            return frozenset()
        return journal.known_shapes(self.reader.database.connection)
