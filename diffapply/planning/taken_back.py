"""Whether a plan to the desired state leads back to what tenants were before an earlier run.

So it does if the checkout is older than what was applied. Or somebody means it, as after
`git revert`, and then nothing must be in the way: it is said, and not refused.
"""

from collections import Counter
from dataclasses import replace

from diffapply import journal
from diffapply.model.plan import Plan
from diffapply.planning.means import Means


def with_what_is_taken_back(means: Means, made: Plan) -> Plan:
    """The forward plan, with the runs that it takes back.

    Of each transition, most tenants must say so: what one of them was by hand, and what became a
    desired state since, is nothing that a run has left behind.
    """
    if not means.others.is_safe_to_read:
        return made
    connection = means.reader.database.connection
    going = [its for its in made.transitions if not its.blocked]
    goals = {name: its.goal for its in going for name in its.tenants}
    found = journal.runs_taken_back(connection, goals)
    back = [
        name
        for its in going
        if 2 * len(going_back := [name for name in its.tenants if name in found]) > len(its.tenants)
        for name in going_back
    ]
    if not back:
        return made
    runs = journal.named_runs(connection, Counter(run for name in back for run in found[name]))
    taken = {name: found[name] for name in back}
    return replace(made, takes_back=runs, takes_back_in=taken)
