"""Leaves out what a search did in vain, and gathers what it did to a table in several turns."""

from dataclasses import replace

from diffapply.rehearsal.candidates import Candidate, Leg
from diffapply.rehearsal.change import Change
from diffapply.rehearsal.running import Runner
from diffapply.rehearsal.search import Found
from diffapply.rehearsal.steps import gathered, is_gathered, needed
from diffapply.scratch.sandbox import Sandbox


def tidied(sandbox: Sandbox, leg: Leg, candidate: Candidate) -> Candidate:
    """The candidate with the steps that it needs, if they reach its goal, too; on trial."""
    if candidate.remaining:
        return candidate
    found = candidate.found.steps
    steps = needed(found, candidate.before)
    if steps == found and is_gathered(steps):
        return candidate
    for tried in (gathered(steps), steps):
        with sandbox.trial():
            leg.begin(sandbox)
            runner = Runner(sandbox)
            runner.run(Change((step.way,), key=step.key) for step in tried)
            if sandbox.catalog().fingerprint == candidate.goal.fingerprint:
                return replace(candidate, found=Found(tuple(runner.ran)))
    return candidate
