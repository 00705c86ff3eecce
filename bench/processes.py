"""
CPU time and memory of processes and all that they started, as Linux counts them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """
    CPU seconds, those of children that have ended among them, and resident bytes.
    """

    cpu_s: float = 0.0
    rss_bytes: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.cpu_s + other.cpu_s, self.rss_bytes + other.rss_bytes)


def usage_by_role(root: int, roles: Mapping[str, str]) -> dict[str, Usage]:
    """
    What the descendants of a process use, by role.

    Args:
        root: Its process id.
        roles: Role by a part of a command line; descendants of such a process count to it.
    """
    parents, found = _parents(), dict.fromkeys(roles.values(), Usage())
    for pid in parents:
        line = list(_ancestry(pid, root, parents))
        for ancestor in reversed(line):
            role = next((role for part, role in roles.items() if part in _command(ancestor)), None)
            if role is not None:
                found[role] += _usage(pid)
                break
    return found


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            found[int(folder.name)] = int(fields[1])
    return found


def _ancestry(pid: int, root: int, parents: Mapping[int, int]) -> Iterator[int]:
    """
    A process and those above it, up to below the root; nothing for one that is not under it.
    """
    line = []
    while pid not in (0, 1, root):
        line.append(pid)
        pid = parents.get(pid, 0)
    yield from line if pid == root else ()


def _usage(pid: int) -> Usage:
    fields = _stat(pid)
    return Usage(sum(map(int, fields[11:15])) / TICKS, int(fields[21]) * PAGE) if fields else Usage()


def _stat(pid: int) -> list[str]:
    """
    Fields of proc(5)'s stat from the third on; none for a process that has ended.
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
