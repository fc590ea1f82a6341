"""A structure that was asked for by name, and what was written of it, as values."""

from dataclasses import dataclass

from diffapply.model.catalog import Difference
from diffapply.model.plan import Shape


@dataclass(frozen=True, slots=True)
class ShownShape:
    """A shape with the statements that build it.

    Attributes:
        tenants: those that have it now, as far as that was looked at; in natural order.
        known: whether the journal has it.
    """

    shape: Shape
    tenants: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Pulled:
    """A structure as a desired state, and how it was proved.

    Attributes:
        texts: a file extension, such as ``.sql``, and the text for it; built in this order.
        tenants: those that have the structure, in natural order.
        fingerprint: of the structure.
        token: the name in the texts that stands for the tenant; empty if none does.
        differences: how what the texts build in scratch differs from the tenants, which take the
            place of the desired state; empty if it does not.
    """

    texts: tuple[tuple[str, str], ...]
    tenants: tuple[str, ...]
    fingerprint: str
    token: str = ""
    differences: tuple[Difference, ...] = ()
