"""
The core of the services under simulated faults: `python -m tests.simulation [--seeds N] [--seed N]`.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from functools import partial
from multiprocessing import Pool

from tests.simulation.bugs import Bug
from tests.simulation.campaign import judge, shrunk
from tests.simulation.plan import plan_of

RARELY = 50_000
"""Allocations between two collections: a third of the time goes into them otherwise."""


def find(seed: int, bug: Bug | None) -> str | None:
    """
    Run one seed; tell of what it breaks, if anything, as small as it gets.
    """
    found = judge(plan_of(seed), bug)
    return str(shrunk(found, bug)) if found else None


def main() -> int:
    """
    Run seeds; print what breaks a promise, with the smallest plan that does; 1 if any did.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--bug", choices=[bug.name for bug in Bug], help="plant a mistake, to see that it is found")
    options = parser.parse_args()
    bug = Bug[options.bug] if options.bug else None
    seeds = range(options.first, options.first + options.seeds) if options.seed is None else [options.seed]
    began, count = time.monotonic(), 0
    with Pool(initializer=gc.set_threshold, initargs=(RARELY,)) as pool:
        for found in pool.imap(partial(find, bug=bug), seeds, chunksize=8):
            if found is not None:
                count += 1
                print(found, flush=True)
    seconds = time.monotonic() - began
    print(f"{len(seeds)} seeds in {seconds:.0f} s ({len(seeds) / seconds:.0f} a second), {count} break a promise")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
