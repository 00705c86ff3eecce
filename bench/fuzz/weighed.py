"""
The stage as a worker process of the memory run has it: its outcome, and what the process weighs. In a module of its
own, because a worker must be able to import it.
"""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path

from schemas.events import PageFetched
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import clean
from services.runtime.outcome import Outcome


@dataclass(frozen=True)
class Weighed:
    """
    What the service's worker would have answered, and what the worker weighs after it.
    """

    outcome: Outcome
    process: int
    rss_bytes: int


def clean_and_weigh(page: PageFetched, settings: CleanerSettings) -> Weighed:
    """
    The stage's work, in the worker; then a look at `/proc/self/statm`.
    """
    outcome = clean(page, settings)
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Weighed(outcome, os.getpid(), resident * resource.getpagesize())
