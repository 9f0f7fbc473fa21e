"""What a command costs: seconds, and memory at its peak."""

import json
import subprocess
import sys
from dataclasses import dataclass

_LAUNCHER = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)
seconds = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([done.returncode, seconds, used.ru_utime + used.ru_stime, peak / 1e6, done.stdout]))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took, and what it printed."""

    seconds: float
    """Wall clock."""
    cpu_s: float
    """Seconds that cores computed for it, which other programs on the machine lengthen less."""
    peak_mb: float
    """Largest resident memory of its largest process, in 10^6 bytes."""
    output: str
    """What it printed."""


def measure(command: list[str]) -> Cost:
    """Return the cost of a command, run in a process of its own.

    The system starts a process as a copy of its starter, and counts the copy's memory as the process's own first
    peak. So a small Python stands between this process, which may be large, and the command. Raises SystemExit if the
    command fails.
    """
    said = subprocess.run([sys.executable, "-c", _LAUNCHER, *command], stdout=subprocess.PIPE, text=True, check=True)
    code, seconds, cpu_s, peak_mb, output = json.loads(said.stdout)
    if code != 0:
        raise SystemExit(f"{' '.join(command)} failed with {code}")
    return Cost(seconds, cpu_s, peak_mb, output)
