"""
Locks between processes, which the system releases when their holder ends, however it ends.
"""

import fcntl
from typing import BinaryIO


def try_lock(file: BinaryIO) -> bool:
    """
    Lock the open file if no other process holds it; tell whether it is locked now.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
