"""
Runs the tagger: `news-tagger`, or `python -m services.tagger`; and `news-tagger linker`, its second topology.
"""

from __future__ import annotations

import os
import sys

from services.runtime.app import serve
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.topology import linker_topology
from services.tagger.registry import chosen
from services.tagger.settings import TaggerSettings
from services.tagger.topology import tagger_topology

LINKER = ["linker"]


def main() -> int:
    """
    Read the settings, wire the topology, run it until it is told to stop; return the exit status.
    """
    if sys.argv[1:] == LINKER:
        return linker()
    settings = TaggerSettings.from_environ(os.environ)
    chosen(settings)
    return serve(tagger_topology(settings), os.environ)


def linker() -> int:
    """
    The same for the linker.
    """
    return serve(linker_topology(LinkerSettings.from_environ(os.environ)), os.environ)


if __name__ == "__main__":
    raise SystemExit(main())
