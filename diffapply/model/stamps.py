"""What tenants say of the revisions that they are at, and at which they are, as values."""

from dataclasses import dataclass

from diffapply.model.catalog import Catalog, Difference


@dataclass(frozen=True)
class Replay:
    """Alembic's revisions, run one by one in scratch.

    Attributes:
        folder: where they are, as people name it.
        revisions: all of them, each after those that it builds upon.
        heads: those that no other builds upon.
        structures: the structure after each that ran, in that order.
        stopped: why not all of them ran; empty if they did.
    """

    folder: str
    revisions: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    structures: tuple[tuple[str, Catalog], ...] = ()
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class StampedTenants:
    """Tenants of one shape that say the same of their revision.

    Attributes:
        tenants: in natural order.
        shape: its fingerprint.
        stamps: the revisions that their table alembic_version names; none without one.
        at: the revisions after which a tenant has this structure; none if there is no such.
        nearest: the revision after which the structure differs least; empty if none ran.
        differences: from that one.
    """

    tenants: tuple[str, ...]
    shape: str
    stamps: tuple[str, ...]
    at: tuple[str, ...] = ()
    nearest: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def as_stamped(self) -> bool:
        """Whether the structure is that of a revision which they name."""
        return bool({*self.stamps} & {*self.at})


@dataclass(frozen=True)
class Revisions:
    """A survey beside Alembic's revisions.

    Attributes:
        replay: what ran in scratch.
        tenants: those of the most tenants first.
    """

    replay: Replay
    tenants: tuple[StampedTenants, ...]
