"""The desired state as a shape, with all that an application's worker needs to bring tenants to it.

Made where scratch is, such as in CI, and written to a file. The worker needs neither scratch nor
the right to create a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, Self

from diffapply.config.variant import is_not_over
from diffapply.errors import ShapeFileError
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.own_name import STAND_IN
from diffapply.model.plan import Shape, Transition
from diffapply.model.world import World
from diffapply.planning.files import sealed
from diffapply.planning.files.plan_document import StructureDocument, TransitionDocument
from diffapply.planning.files.sealed import SealedKind
from diffapply.planning.files.sense import (
    require_known,
    require_own_name,
    require_patterns,
    require_settings,
    require_shapes,
    require_statements,
)
from diffapply.typed import MisfitError, plain

SHAPE_FORMAT: Final = 1
"""Version of the format; a file of another one is refused."""

_KIND = SealedKind(
    "shape", SHAPE_FORMAT, ShapeFileError, "Make a new one with diffapply shape --out FILE."
)


@dataclass(frozen=True)
class DesiredShape(Shape):
    """The desired state as a shape, and the ways to it.

    Attributes:
        desired: how the desired state is named.
        git_commit: of the desired state, short; empty if it is in no git checkout.
        server: the major version of the server whose definitions these are; None: not known.
        ways: from shapes that tenants have or had, also those that are blocked; of no tenants.
        ends: the shapes of the ways, by fingerprint.
        alike: fingerprints of shapes that mean the same as this one.
        ignoring: what of a tenant does not count, and is left alone.
        provision_like: the schema whose owners and grants new tenants get; empty: none.
        copy_rows: tables whose rows new tenants get.
        rows_from: the schema that has these rows.
        variants: the shapes of tenants with approved differences.
        tenants: a regular expression that tenants' names match; empty: not known.
    """

    desired: str = "the desired state"
    git_commit: str = ""
    server: int | None = None
    ways: tuple[Transition, ...] = ()
    ends: Mapping[str, Shape] = field(default_factory=dict)
    alike: frozenset[str] = frozenset()
    ignoring: Ignoring = NOTHING
    provision_like: str = ""
    copy_rows: tuple[str, ...] = ()
    rows_from: str = ""
    variants: tuple["ShapeVariant", ...] = ()
    tenants: str = ""

    @classmethod
    def of(cls, shape: Shape) -> "DesiredShape":
        """A shape of which nothing else is known as one of the desired state."""
        if isinstance(shape, DesiredShape):
            return shape
        return cls(shape.catalog, shape.ddl, shape.world)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read one from a file.

        Raises:
            ShapeFileError: it cannot be read, is truncated or altered, or has another format.
        """
        path = Path(path)
        document = sealed.load(_KIND, path, ShapeFile)
        try:
            return cls(**document.shape.fields())
        except MisfitError as error:
            raise sealed.misfit(_KIND, path, error) from error

    def save(self, path: str | Path) -> None:
        """Write it to a file, completely or not at all.

        Raises:
            ShapeFileError: the file cannot be written.
        """
        sealed.save(_KIND, plain(ShapeBody.of(self)), Path(path))

    def for_tenant(self, name: str) -> "DesiredShape":
        """The shape that this tenant should have: its own, while a variant of it holds."""
        found = (its.shape for its in self.variants if name in its.tenants and its.holds)
        return next(found, self)

    def way_from(self, source: str) -> Transition | None:
        """The way from a shape, if there is one."""
        return next((way for way in self.ways if way.source == source), None)


@dataclass(frozen=True)
class ShapeVariant:
    """The shape of tenants with approved differences.

    Attributes:
        tenants: those there are, and those to come.
        expires: the last day on which they have it, in UTC; None: always.
    """

    tenants: frozenset[str]
    expires: date | None
    shape: DesiredShape

    @property
    def holds(self) -> bool:
        """Whether it has not expired."""
        return is_not_over(self.expires)


def hindrance(way: Transition) -> str:
    """Why a way is not taken in the caller's transaction; empty if it is.

    There is nobody to ask, and others wait as long as the transaction goes on.
    """
    if way.blocked:
        return f"the way is blocked: {'; '.join(way.blocked)}"
    for number, statement in enumerate(way.statements, 1):
        for hazard in statement.hazards:
            if hazard.kind != "lock":
                place = f"statement {number} of {len(way.statements)}"
                return f"{place} is more than a short wait: {hazard.message}"
    return ""


def require_writable(path: Path) -> None:
    """Check, before the work, that a file can be written. Raises `ShapeFileError` if not."""
    sealed.require_writable(_KIND, path)


@dataclass(kw_only=True)
class ShapeBody:
    """The desired state as a shape, and the ways to it.

    Attributes:
        fingerprint: the name of the shape.
        server: the major version of the server that it was made on.
        search_path: the schemas behind the tenant, in order.
        settings: of those that change what literals mean, those that are not PostgreSQL's usual.
        own_name: stands for each tenant's own name.
        ways: from shapes that tenants have or had.
        shapes: this one, and those that ways begin and end with, by fingerprint.
        alike: fingerprints of shapes that mean the same.
        git_commit: of the desired state, short; empty if it is in no git checkout.
        ignored: lists of patterns; what any list ignores is left alone.
        provision_like: the schema whose owners and grants new tenants get; empty: none.
        copy_rows: tables whose rows new tenants get.
        rows_from: the schema that has these rows.
        variants: the shapes of tenants with approved differences.
        tenants: a regular expression that tenants' names match; empty: not known.
    """

    fingerprint: str
    desired: str
    git_commit: str = ""
    server: int | None
    search_path: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    own_name: str = STAND_IN
    ways: tuple[TransitionDocument, ...] = ()
    shapes: dict[str, StructureDocument]
    alike: tuple[str, ...] = ()
    ignored: tuple[tuple[str, ...], ...] = ()
    provision_like: str = ""
    copy_rows: tuple[str, ...] = ()
    rows_from: str = ""
    variants: tuple["ShapeVariantDocument", ...] = ()
    tenants: str = ""

    @classmethod
    def of(cls, shape: DesiredShape) -> Self:
        """What is written of a shape."""
        return cls(
            fingerprint=shape.fingerprint,
            desired=shape.desired,
            git_commit=shape.git_commit,
            server=shape.server,
            search_path=shape.world.behind,
            settings=dict(shape.world.settings),
            ways=tuple(map(TransitionDocument.of, shape.ways)),
            shapes={
                name: StructureDocument.of(its)
                for name, its in ({**shape.ends, shape.fingerprint: shape}).items()
            },
            alike=tuple(sorted(shape.alike)),
            ignored=shape.ignoring.lists,
            provision_like=shape.provision_like,
            copy_rows=shape.copy_rows,
            rows_from=shape.rows_from,
            variants=tuple(map(ShapeVariantDocument.of, shape.variants)),
            tenants=shape.tenants,
        )

    def fields(self) -> dict[str, Any]:
        """What the shape that was written is made of.

        Raises:
            MisfitError: it is none that would ever be made.
        """
        ways = tuple(its.transition for its in self.ways)
        shapes = {name: its.shape for name, its in self.shapes.items()}
        self._require_sense(ways, shapes)
        itself = shapes[self.fingerprint]
        return {
            "catalog": itself.catalog,
            "ddl": itself.ddl,
            "world": World(self.search_path, tuple(self.settings.items())),
            "desired": self.desired,
            "git_commit": self.git_commit,
            "server": self.server,
            "ways": ways,
            "ends": {name: its for name, its in shapes.items() if name in _ends(ways)},
            "alike": frozenset(self.alike),
            "ignoring": Ignoring(self.ignored),
            "provision_like": self.provision_like,
            "copy_rows": self.copy_rows,
            "rows_from": self.rows_from,
            "variants": tuple(its.variant for its in self.variants),
            "tenants": self.tenants,
        }

    def _require_sense(self, ways: tuple[Transition, ...], shapes: Mapping[str, Shape]) -> None:
        require_own_name(self.own_name, "$.shape.own_name")
        require_settings(self.settings, "$.shape.settings")
        require_patterns(self.ignored, "$.shape.ignored")
        require_shapes(shapes, "$.shape.shapes")
        require_statements(ways, "$.shape.ways")
        require_known({self.fingerprint, *_ends(ways)}, shapes, "$.shape.shapes")
        current = {self.fingerprint, *self.alike}
        for number, way in enumerate(ways):
            if way.goal not in current or way.managed is not None or way.tenants:
                raise MisfitError(f"It leads elsewhere - at `$.shape.ways[{number}]`")


@dataclass
class ShapeVariantDocument:
    """The shape of tenants with approved differences.

    Attributes:
        expires: the last day on which they have it, in ISO 8601; null: always.
    """

    tenants: tuple[str, ...]
    expires: date | None
    shape: ShapeBody

    @classmethod
    def of(cls, variant: ShapeVariant) -> Self:
        """What is written of it."""
        return cls(tuple(sorted(variant.tenants)), variant.expires, ShapeBody.of(variant.shape))

    @property
    def variant(self) -> ShapeVariant:
        """What was written. Raises `MisfitError` as `ShapeBody.fields`."""
        shape = DesiredShape(**self.shape.fields())
        return ShapeVariant(frozenset(self.tenants), self.expires, shape)


def _ends(ways: tuple[Transition, ...]) -> frozenset[str]:
    return frozenset(end for way in ways for end in (way.source, way.goal))


@dataclass
class ShapeFile:
    """A desired shape that was written down.

    Attributes:
        diffapply_shape: version of the format.
        digest: SHA-256, in hex, of the shape as JSON: sorted keys, no spaces, ASCII.
    """

    diffapply_shape: Literal[1]
    digest: str
    shape: ShapeBody
