"""The application's world: what its sessions have that gives names and literals their meaning.

Which schema stands behind the tenant decides what a name is; TimeZone and DateStyle decide what
a literal is.
"""

from dataclasses import dataclass, replace

MEANING = (
    *("TimeZone", "timezone_abbreviations", "DateStyle", "IntervalStyle"),
    *("lc_monetary", "lc_numeric", "lc_time", "default_text_search_config"),
    *("extra_float_digits", "bytea_output", "xmlbinary", "xmloption", "transform_null_equals"),
    *("standard_conforming_strings", "array_nulls"),
)
"""The settings that change what a literal, a cast or a comparison means."""

_OURS = frozenset({"standard_conforming_strings", "array_nulls"})
"""Those that text of PostgreSQL's own, as we read it, takes for granted."""


@dataclass(frozen=True, slots=True)
class World:
    """What sessions of the application have.

    Attributes:
        behind: the schemas that are searched after the tenant, in order.
        settings: name and value of those that are not PostgreSQL's usual ones.
    """

    behind: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def zone(self) -> str:
        """The time zone that local times are of."""
        return dict(self.settings).get("TimeZone", "UTC")

    @property
    def alone(self) -> "World":
        """The same with nothing behind the tenant."""
        return replace(self, behind=())

    @property
    def of_transitions(self) -> tuple[tuple[str, str], ...]:
        """The settings under which statements run that are made from definitions."""
        return tuple((name, value) for name, value in self.settings if name not in _OURS)


PLAIN = World()
"""Nothing behind the tenant, and PostgreSQL's usual settings."""
