"""The application's world: the search path and settings of its sessions.

The schemas after the tenant on the path decide what a name means; TimeZone, DateStyle and the like
decide what a literal means.
"""

from dataclasses import dataclass, replace

MEANING = (
    *("TimeZone", "timezone_abbreviations", "DateStyle", "IntervalStyle"),
    *("lc_monetary", "lc_numeric", "lc_time", "default_text_search_config"),
    *("extra_float_digits", "bytea_output", "xmlbinary", "xmloption", "transform_null_equals"),
    *("standard_conforming_strings", "array_nulls"),
)
"""The settings that change the meaning of a literal, a cast or a comparison."""

_OURS = frozenset({"standard_conforming_strings", "array_nulls"})
"""Settings on which the texts that PostgreSQL writes depend; always at their default."""


@dataclass(frozen=True, slots=True)
class World:
    """The search path and settings of the application's sessions.

    Attributes:
        behind: the schemas after the tenant on the search path, in order.
        settings: name and value of settings that differ from PostgreSQL's defaults.
    """

    behind: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def zone(self) -> str:
        """The time zone of local times."""
        return dict(self.settings).get("TimeZone", "UTC")

    @property
    def alone(self) -> "World":
        """The same with the tenant alone on the search path."""
        return replace(self, behind=())

    @property
    def of_transitions(self) -> tuple[tuple[str, str], ...]:
        """The settings for statements that are made from definitions."""
        return tuple((name, value) for name, value in self.settings if name not in _OURS)


PLAIN = World()
"""The tenant alone on the search path, and PostgreSQL's default settings."""
