"""The floor: what the server needs for the same work, without a tool, a check or a journal."""

from bench.commands import planned_statements
from bench.databases import Setting, ddl, in_parallel, rows, tidy
from bench.measure import Measurement, Repeats
from bench.queries import query
from bench.tenant import UNDO
from schema.desired import metadata as marketplace

_READ_DEFINITIONS = query("definitions")


def measure(setting: Setting) -> list[Measurement]:
    """Bare psycopg2 over the same number of connections; one message a tenant."""
    repeats = Repeats("raw")
    planned = planned_statements(setting)
    by_hand = ddl(marketplace)
    for _ in range(setting.repeats):
        with repeats.timing("read every definition, one connection", "look"):
            rows(setting.url, _READ_DEFINITIONS)
        for name, statements in (
            ("the plan's statements", planned),
            ("statements as by hand", by_hand),
        ):
            with repeats.timing(name, "change"):
                in_parallel(setting.url, setting.names, statements, setting.jobs)
            with repeats.timing("drop the two tables", "undo"):
                in_parallel(setting.url, setting.names, UNDO, setting.jobs)
            tidy(setting.url)
    return repeats.measurements()
