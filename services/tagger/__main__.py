"""
Runs the tagger: `news-tagger`, or `python -m services.tagger`.
"""

from __future__ import annotations

import os

from services.runtime.app import serve
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology


def main() -> int:
    """
    Read the settings, wire the topology, run it until it is told to stop; return the exit status.
    """
    return serve(tagger_topology(TaggerSettings.from_environ(os.environ)), os.environ)


if __name__ == "__main__":
    raise SystemExit(main())
