"""
How Hypothesis runs here: the same examples on every machine, and no example is timed, for the machines are noisy.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")
