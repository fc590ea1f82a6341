"""The candidate that begins with what migra proposes, where the facts alone do not do."""
# ruff: noqa: PLC0415 - importing migra takes longer than many comparisons

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from diffapply.model.plan import Shape
from diffapply.model.scope import Scope
from diffapply.rehearsal.search.candidates import Candidate, Leg
from diffapply.rehearsal.search.search import search
from diffapply.scratch.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class ByMigra:
    """Asks migra in one scratch database, and keeps what it has read there.

    Attributes:
        shared: names of the schemas of the surroundings.
    """

    shared: Sequence[str]
    _inspected: dict[tuple[str, Scope], Any] = field(default_factory=dict)

    def candidate(self, sandbox: Sandbox, leg: Leg) -> Candidate:
        """Its statements first, then what the facts propose for what still differs."""
        from diffapply.rehearsal.migra import migra as migra_adapter

        goal = self._inspected_apart(leg.goal, sandbox)
        with sandbox.trial():
            begun = leg.begin(sandbox)
            source = (
                migra_adapter.inspect(sandbox, self.shared)
                if begun.drafts
                else self._inspected_in(sandbox, leg.source)
            )
            first = migra_adapter.propose(source, goal, sandbox.scope.schema, leg.goal.catalog)
            found = search(sandbox, begun.ends, first)
            return Candidate(begun.drafts, begun.risked, found)

    def _inspected_in(self, sandbox: Sandbox, shape: Shape) -> Any | None:  # noqa: ANN401 - migra's
        """What migra reads of a shape, which stands in the sandbox; read when it is first asked."""
        from diffapply.rehearsal.migra import migra as migra_adapter

        key = (shape.fingerprint, sandbox.scope)
        if key not in self._inspected:
            self._inspected[key] = migra_adapter.inspect(sandbox, self.shared)
        return self._inspected[key]

    def _inspected_apart(self, shape: Shape, sandbox: Sandbox) -> Any | None:  # noqa: ANN401
        """What migra reads of a shape that does not stand: it is built in the sandbox's place."""
        if (shape.fingerprint, sandbox.scope) in self._inspected:
            return self._inspected_in(sandbox, shape)
        with sandbox.instead(shape.world) as other:
            if shape.ddl is None or other.try_run(shape.ddl) is not None:
                return None
            return self._inspected_in(other, shape)
