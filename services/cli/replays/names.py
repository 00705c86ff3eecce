"""
What replays and imports are called, and how one goes on with each.
"""

from __future__ import annotations

IMPORT = "import-"
"""How the ids of imports begin, and no replay's."""


def next_step(replay_id: str) -> str:
    """
    How one goes on with a replay or an import.
    """
    is_import = replay_id.startswith(IMPORT)
    return "give the import once more, as before" if is_import else f"news-ingest replay resume {replay_id}"
