"""
Keeps what the present version writes and publishes, as part of its release: `python -m tests.past.keep 0.1.0`.
"""

from __future__ import annotations

import sys

from tests.past.keeping import FOLDER, keep_contract, present, write

if __name__ == "__main__":
    folder = FOLDER / sys.argv[1]
    folder.mkdir(parents=True)
    for name, records in present():
        write(records, folder / name)
    keep_contract(folder)
