"""Builds what was written of a structure in scratch, and holds it against the structure."""

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diffapply.catalog.comparison import compare
from diffapply.desired import Desired
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Difference
from diffapply.model.own_name import says_own_name, spelled
from diffapply.model.plan import Shape
from diffapply.planning.goals.goals import Goals
from diffapply.planning.means import Means
from diffapply.rehearsal.desired_state import build_desired
from diffapply.rehearsal.scene import Scene

Load = Callable[[Sequence[str], str | None], Desired]
"""Loads a desired state, as it is named, with a token."""

Texts = Sequence[tuple[str, str]]
"""Files of a desired state, in order: extension, such as ``.sql``, and text."""

_TOKENS = ("tenant", "tenant_schema", "its_tenant", "the_tenant_schema")
_NAME = "pulled"
_BASE = re.compile(r"^class Base\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where files are built.

    Attributes:
        load: see `Load`.
        token: the name that stands for the tenant; None: none was given.
    """

    means: Means
    scene: Scene
    load: Load
    token: str | None = None

    def build(self, texts: Texts, token: str) -> Shape:
        """What files build.

        Args:
            token: the name in them that stands for the tenant; empty if none does.

        Raises:
            DesiredStateError: PostgreSQL refuses it.
        """
        with tempfile.TemporaryDirectory() as folder:
            names = []
            for extension, text in texts:
                path = Path(folder) / f"{_NAME}{extension}"
                path.write_text(text, "utf-8")
                names.append(named(str(path), text))
            desired = self.load(names, token or self.token)
            return build_desired(self.scene, desired, self.means.reader.scope)

    def differences(self, built: Shape, wanted: Shape) -> tuple[Difference, ...]:
        """How what was built differs from a structure, which takes the desired state's place.

        Texts that are spelled otherwise and mean the same are no difference, as in `drift`.
        """
        if built.fingerprint == wanted.fingerprint:
            return ()
        goals, scope = Goals(self.scene), self.means.reader.scope
        return compare(goals.forward(wanted.catalog, built, scope, ()).catalog, wanted.catalog)

    def spelled(self, statements: Sequence[str]) -> tuple[list[str], str]:
        """Statements with a token for the tenant's own name, and the token; empty without one.

        Raises:
            DesiredStateError: they say each word that could stand for it.
            TenantError: the name of an object would be too long.
        """
        if not any(map(says_own_name, statements)):
            return [*statements], ""
        token = self.token or _unsaid(statements)
        return [spelled(statement, token) for statement in statements], token


def named(path: str, text: str) -> str:
    """A file as `--desired` names it: with its MetaData or declarative base, if it is Python."""
    if not path.endswith(".py"):
        return path
    return f"{path}:{'Base' if _BASE.search(text) else 'metadata'}"


def _unsaid(statements: Sequence[str]) -> str:
    text = "\n".join(statements)
    for name in _TOKENS:
        if not re.search(rf"(?<!\w){name}(?!\w)", text, re.IGNORECASE):
            return name
    raise DesiredStateError(
        "The structure says the tenant's own name, and also each word that could stand for it.",
        "Give another one with --tenant-token.",
    )
