"""
`news-fetcher`: settings, topology, run.
"""

from __future__ import annotations

import os
import sys

from services.fetcher.client import Client
from services.fetcher.settings import FetcherSettings
from services.fetcher.topology import fetcher_topology
from services.runtime.app import serve


def main() -> int:
    """
    Run the fetcher until it is told to stop; return the exit status.
    """
    settings = FetcherSettings.from_environ(os.environ)
    return serve(fetcher_topology(settings, Client(settings)), os.environ)


if __name__ == "__main__":
    sys.exit(main())
