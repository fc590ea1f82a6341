"""What another tool proposes: a script of its own, run by a Python that has the tool installed.

    python rival_worker.py migra|results

A line of JSON in, `[url from, url to, schema]`; a line of JSON out, the statements or the error.
"""

import json
import sys
import warnings
from collections.abc import Callable


def migra(url_from: str, url_to: str, schema: str) -> str:
    """As `migra --unsafe --schema` says."""
    from migra import Migration
    from sqlbag import S  # type: ignore[import-untyped]  # it has no types

    with S(url_from) as source, S(url_to) as goal:
        migration = Migration(source, goal, schema=schema)
        migration.set_safety(False)
        migration.add_all_changes()
        return str(migration.sql)


def results(url_from: str, url_to: str, schema: str) -> str:
    """As `results dbdiff --schema` says."""
    import results as library  # type: ignore[import-not-found, unused-ignore]

    source, goal = library.db(url_from), library.db(url_to)
    return str(source.schemadiff_as_sql(goal, schema=schema))


TOOLS: dict[str, Callable[[str, str, str], str]] = {"migra": migra, "results": results}


def main() -> None:
    """Answer until the input ends."""
    warnings.simplefilter("ignore")
    propose = TOOLS[sys.argv[1]]
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            answer = {"statements": propose(*json.loads(line))}
        except (Exception, RecursionError) as error:  # noqa: BLE001 - whatever it is, it is an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
