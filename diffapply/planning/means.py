"""What plans are made with."""

from dataclasses import dataclass, field

from diffapply.progress import Progress, silent
from diffapply.rehearsal.cache import ProofCache
from diffapply.rehearsal.stage import Stage
from diffapply.tenants.shapes import Reader


@dataclass(frozen=True, slots=True)
class Means:
    """What plans are made with.

    Attributes:
        reader: reads the tenants.
        stage: where transitions are rehearsed.
        proofs: what was proved before; it keeps what is proved now.
        progress: told how far it is.
    """

    reader: Reader
    stage: Stage
    proofs: ProofCache = field(default_factory=ProofCache)
    progress: Progress = silent
