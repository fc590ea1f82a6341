"""What tenants were found to be earlier, so that only those changed since are read again."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from diffapply.model.catalog import Catalog

JOURNAL_SCHEMA = "diffapply"
"""The schema where this is kept; change tokens tell nothing of it."""

_QUALIFIER = re.compile(r'(?:"((?:[^"]|"")+)"|\b([a-z_][a-z0-9_]*))\.')


class Look(NamedTuple):
    """What a tenant was found to be.

    Attributes:
        token: see `diffapply.tenants.tokens`; it stands for the structure until it moves.
    """

    token: str
    fingerprint: str


@dataclass(frozen=True)
class Memory:
    """What tenants were found to be, earlier and now.

    Attributes:
        known: tenant → what it was earlier; empty to read every tenant again.
        learning: whether to record what tenants are now.
        learned: tenant → what it is now.
    """

    known: Mapping[str, Look] = field(default_factory=dict)
    learning: bool = False
    learned: dict[str, Look] = field(default_factory=dict)

    @property
    def in_use(self) -> bool:
        """Whether change tokens are needed."""
        return self.learning or bool(self.known)

    def emptied(self) -> "Memory":
        """The same without what was known earlier, which turned out to be wrong."""
        return replace(self, known={})

    def recall(self, tokens: Mapping[str, str]) -> dict[str, str]:
        """Tenant → fingerprint, for those whose tokens have not moved."""
        return {
            name: look.fingerprint
            for name, token in tokens.items()
            if (look := self.known.get(name)) and look.token == token
        }

    def learn(
        self,
        tokens: Mapping[str, str],
        tenants: Iterable[str],
        catalog: Catalog,
        beside: Collection[str] = (),
    ) -> None:
        """Remember that tenants have this structure.

        One that names another tenant, or the journal, is passed over: it changes with what that
        one calls its objects, which its own token does not tell.

        Args:
            tokens: tenant → change token.
            beside: tenants without a token.
        """
        if not tokens:
            return
        others = (tokens, self.known, beside, (JOURNAL_SCHEMA,))
        if any(name in those for name in named_schemas(catalog) for those in others):
            return
        for name in tenants:
            if name in tokens:
                self.learned[name] = Look(tokens[name], catalog.fingerprint)

    def tokens(self, tenants: Iterable[str]) -> dict[str, str]:
        """Tenant → the token under which it was found now, for those that have one."""
        return {name: self.learned[name].token for name in tenants if name in self.learned}


def named_schemas(catalog: Catalog) -> set[str]:
    """Whatever stands before a dot in the definitions: names of schemas, and of other things."""
    return {
        quoted.replace('""', '"') or plain
        for fact in catalog.facts.values()
        for quoted, plain in _QUALIFIER.findall(f"{fact.name} {fact.definition}")
    }
