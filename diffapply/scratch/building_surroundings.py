"""Builds the surroundings in scratch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import shorten

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.advice import reason
from diffapply.database.session import enter_schema
from diffapply.model.catalog import Catalog, Ends
from diffapply.model.scope import Scope
from diffapply.proposal.from_facts import propose
from diffapply.proposal.stored import as_stored
from diffapply.scratch.defaults import give_likewise
from diffapply.scratch.sandbox import Sandbox
from diffapply.scratch.surroundings import Surroundings

_SHOWN = 60
"""Characters of a statement that an error shows."""


def surround(surroundings: Surroundings, scratch: Connection) -> tuple[str, ...]:
    """Build the shared schemas, after `Surroundings.prepare`, as far as they can be built.

    Returns:
        What the role may not build: the beginning of each such statement, with PostgreSQL's
        reason.
    """
    give_likewise(surroundings.given, scratch)
    with scratch.cursor() as cursor:
        cursor.execute("begin")
        try:
            for _, statement in surroundings.sequences:
                cursor.execute(statement)
            denied = _build_all(scratch, surroundings.schemas, surroundings.stand_ins)
        except BaseException:
            cursor.execute("rollback")
            raise
        cursor.execute("commit")
    return denied


def _build_all(
    scratch: Connection, goals: Mapping[str, Catalog], stand_ins: Iterable[tuple[str, str]]
) -> tuple[str, ...]:
    """Build schemas that may refer to each other, until nothing more can be built.

    Args:
        stand_ins: replacements for objects that cannot be built: schema and statement.

    Returns:
        What the role may not build.
    """
    waiting = {
        name: [
            [tuple(as_stored(draft.sql) for draft in option) for option in proposal.options]
            for proposal in propose(Ends.from_nothing(goal))
        ]
        for name, goal in goals.items()
    }
    for name, statement in stand_ins:
        waiting[name].append([(statement,)])
    progress = True
    while progress:
        progress = False
        denied: list[str] = []
        for name, proposals in waiting.items():
            enter_schema(scratch, name)
            sandbox = Sandbox(scratch, Scope(name))
            left = []
            for options in proposals:
                if errors := _try_in_turn(sandbox, options):
                    left.append(options)
                    denied += _denied(name, options[0], errors[0])
            progress = progress or len(left) < len(proposals)
            waiting[name] = left
        progress = progress and any(waiting.values())
    return tuple(denied)


def _try_in_turn(sandbox: Sandbox, options: Iterable[Sequence[str]]) -> list[psycopg2.Error]:
    """Run the first option that can be run; the errors of all, if none can."""
    errors = []
    for option in options:
        if (error := sandbox.try_run(option)) is None:
            return []
        errors.append(error)
    return errors


def _denied(schema: str, option: Sequence[str], error: psycopg2.Error) -> Iterator[str]:
    """What the role may not build, if that is the error."""
    if isinstance(error, psycopg2.errors.InsufficientPrivilege):
        shown = shorten(option[0], _SHOWN, placeholder=" …")
        yield f"{shown} in {schema}: {reason(error)}"
