"""
Why a broker did not start, told from what it said.
"""

import re
from pathlib import Path

from deploy.local.errors import ErrorCode, LocalBrokerError

TAIL_LINES = 12
COMPLAINT = re.compile(r"(?!\s+at ).*(\b(ERROR|FATAL)\b|Exception\b|Error:)")
"""A line at a bad level or one that names an exception, but no line of a stack trace."""


def start_failure(log: Path) -> LocalBrokerError:
    """
    Return the error of a broker that ended instead of starting, told from its own words.
    """
    said = read_log(log)
    if "Address already in use" in said:
        return port_in_use(None)
    if "OutOfMemoryError" in said or "Could not reserve enough space" in said:
        return LocalBrokerError(
            ErrorCode.OUT_OF_MEMORY,
            f"The broker ran out of memory:\n{last_words(said)}",
            next_step="Give it a bigger heap (256m is enough for tests), or free memory on the machine.",
        )
    return LocalBrokerError(
        ErrorCode.START_FAILED,
        f"The broker ended instead of starting. It last said:\n{last_words(said)}",
        next_step=f"Check the overrides; the whole log is {log}.",
    )


def start_timeout(seconds: float, log: Path) -> LocalBrokerError:
    """
    Return the error of a broker that runs but does not answer.
    """
    return LocalBrokerError(
        ErrorCode.START_TIMEOUT,
        f"The broker did not answer within {seconds:.0f} s. It last said:\n{last_words(read_log(log))}",
        next_step=f"On a slow machine, raise start_timeout_s. The whole log is {log}.",
    )


def port_in_use(port: int | None) -> LocalBrokerError:
    """
    Return the error of a port that another process holds.
    """
    which = f"Port {port}" if port else "A port of the broker"
    return LocalBrokerError(
        ErrorCode.PORT_IN_USE,
        f"{which} is taken by another process.",
        next_step="Stop that process, or name another port; port 0 picks a free one.",
    )


def last_words(text: str) -> str:
    """
    Return the complaints in a log, each once; where there are none, its end. Indented.

    The end of a broker's log alone would be its shutdown, dozens of lines below the reason for it.
    """
    lines = text.splitlines()
    complaints = list(dict.fromkeys(line for line in lines if COMPLAINT.match(line)))
    return "\n".join(f"  {line}" for line in (complaints or lines)[-TAIL_LINES:])


def read_log(log: Path) -> str:
    """
    Return what the broker said; nothing if it never came to speak.
    """
    return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
