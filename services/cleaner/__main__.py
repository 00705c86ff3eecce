"""
The cleaner service.
"""

from __future__ import annotations

import os
import sys

from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.runtime.app import serve


def main() -> int:
    """
    Run until told to stop.
    """
    return serve(cleaner_topology(CleanerSettings.from_environ(os.environ)), os.environ)


if __name__ == "__main__":
    sys.exit(main())
