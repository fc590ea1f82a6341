"""How long a user waits for help, and to be told of a mistake."""

from bench.commands import diffapply
from bench.databases import Setting
from bench.measure import Measurement, Repeats

_REPEATS = 7


def measure(setting: Setting) -> list[Measurement]:
    """Two commands that touch no database."""
    repeats = Repeats("startup")
    for _ in range(_REPEATS):
        for name, arguments, code in (
            ("diffapply --help", ("--help",), 0),
            ("a usage error", ("plan", "--nonsense"), 1),
        ):
            outcome = diffapply(setting.url, *arguments, expected=(code,))
            repeats.add(name, "other", outcome.seconds, mebibytes=outcome.mebibytes)
    return repeats.measurements()
