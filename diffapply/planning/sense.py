"""What a written document must say to be one that would ever be made.

Each check raises `MisfitError`, with the path in the document where it does not hold.
"""

from collections.abc import Collection, Iterable, Mapping

from diffapply.ddl import KINDS
from diffapply.model.ignoring import Pattern
from diffapply.model.own_name import STAND_IN
from diffapply.model.plan import Shape
from diffapply.model.world import MEANING
from diffapply.typed import MisfitError


def require_own_name(text: str, place: str) -> None:
    """It is our stand-in: no other could be told from a statement, and statements are shown."""
    if text != STAND_IN:
        raise MisfitError(f"It is not what stands for a tenant's own name - at `{place}`")


def require_settings(names: Iterable[str], place: str) -> None:
    """Each is one that literals depend on."""
    if strange := {*names} - {*MEANING}:
        raise MisfitError(f"There is no setting {min(strange)!r} - at `{place}`")


def require_patterns(lists: Iterable[Iterable[str]], place: str) -> None:
    """Each can be read."""
    for text in (text for texts in lists for text in texts):
        if Pattern.read(text) is None:
            raise MisfitError(f"{text!r} is no pattern - at `{place}`")


def require_shapes(shapes: Mapping[str, Shape], place: str) -> None:
    """Each is what it is called, and of known kinds."""
    for name, shape in shapes.items():
        if shape.fingerprint != name:
            raise MisfitError(f"Its facts are another shape's - at `{place}.{name}`")
        if strange := shape.catalog.by_kind.keys() - KINDS.keys():
            raise MisfitError(f"There is no kind {min(strange)!r} - at `{place}.{name}`")


def require_known(names: Iterable[str], shapes: Collection[str], place: str) -> None:
    """Each is one of the shapes."""
    if missing := {*names} - {*shapes}:
        raise MisfitError(f"There is no shape {min(missing)!r} - at `{place}`")
