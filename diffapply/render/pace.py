"""How fast work goes on, in words."""

QUIET_SECONDS = 1.0
"""Shorter work shows no progress."""
_IN_MINUTES = 120
"""From so many seconds on, times are shown in minutes."""
_EXACTLY = 10
"""Rates below this are shown with a decimal."""


def rate(per_second: float) -> str:
    """How much is done in a second."""
    return f"{per_second:,.{1 if per_second < _EXACTLY else 0}f}/s"


def duration(seconds: float) -> str:
    """How long something takes."""
    return f"{seconds / 60:,.0f} min" if seconds >= _IN_MINUTES else f"{seconds:.0f} s"


def failures(count: int) -> str:
    """How many tenants were not changed."""
    return f"{count:,} failed or refused"
