"""Compares tenants one by one, as migra and results do; run by a Python that has the tool.

python -m bench.rivals.compare_worker migra|results

Reads a line of JSON, `[url of the live database, url of the desired one, [tenant, …]]`; writes
for each tenant a line with the seconds that it took.
"""

import json
import sys
import time
import warnings

from tests.acceptance.rival_worker import TOOLS


def main() -> None:
    """Compare all of them."""
    warnings.simplefilter("ignore")
    propose = TOOLS[sys.argv[1]]
    live, desired, tenants = json.loads(sys.stdin.readline())
    for tenant in tenants:
        started = time.perf_counter()
        statements = propose(live, desired, tenant)
        seconds = time.perf_counter() - started
        if "marketplace_tasks" not in statements:
            sys.exit(f"it proposes nothing for {tenant}")
        print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main()
