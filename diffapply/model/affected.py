"""What a transition drops, creates or changes."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Renewed:
    """An object that a transition drops and creates again; it gets its owner and grants back.

    Attributes:
        kind: what it is afterwards, such as ``view``, ``function`` or ``column``.
        old: its name before, quoted; of a routine with its arguments, of a column with its table.
        new: its name afterwards.
        stated: ``owner`` or ``grants``, if the desired state sets it differently from the tenants:
            then that is not given back.
    """

    kind: str
    old: str
    new: str
    stated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Owned:
    """An object with its own owner and grants, or a column; names as in `Renewed`."""

    kind: str
    name: str


TouchedKind = Literal["relation", "column", "constraint", "type", "routine"]
TouchedChange = Literal["dropped", "anew", "retyped", "rewritten"]


@dataclass(frozen=True, slots=True)
class Touched:
    """Something that a transition drops or changes, and that objects outside may depend on.

    Attributes:
        name: not quoted, nor is `part`.
        part: of a relation, the column or constraint; of a routine, the types of its arguments.
        change: what happens to it; ``retyped``: a column gets another type, or a type other
            attributes; ``rewritten``: of a table.
        sort: such as ``view``; of a column that is retyped, the new type.
    """

    kind: TouchedKind
    name: str
    part: str
    change: TouchedChange
    sort: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What the statements of a transition do to objects.

    Attributes:
        anew: objects that they drop and create again.
        dropped: objects that they drop and do not create again, without those dropped together
            with their relation.
        created: objects that they create and that did not exist before, without those created
            together with their relation.
        touched: what they drop or change that objects outside may depend on.
    """

    anew: tuple[Renewed, ...] = ()
    dropped: tuple[Owned, ...] = ()
    created: tuple[Owned, ...] = ()
    touched: tuple[Touched, ...] = ()


NO_EFFECT = Effect()
