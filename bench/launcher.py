"""Runs a command; the last line on stderr says its seconds, its CPU, its memory and its exit code.

A script of its own that imports next to nothing: the peak of a process begins with what its parent
held when it was started.
"""

import json
import os
import sys
import time

started = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ), 0)
seconds = time.perf_counter() - started
mebibytes = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
cpu = usage.ru_utime + usage.ru_stime
code = os.waitstatus_to_exitcode(status)
print("\n" + json.dumps([seconds, cpu, mebibytes, code]), file=sys.stderr)
