"""
What this release reads and does not write yet: the next one may. As `comparing` tells it, `<schema> <path>: <what>`.
"""

from __future__ import annotations

NOTED: frozenset[str] = frozenset()
