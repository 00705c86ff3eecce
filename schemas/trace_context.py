"""
W3C Trace Context: the `traceparent` header. A trace is named by what it begins with, never by chance, and so is each
step in it: a replay gives the same header again, whether anybody watches or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from schemas.ids import sha256_hex

SAMPLED = 0x01
"""The flag that the sender may have recorded the trace. A trace that begins here has it."""

_KNOWN_FLAGS = 0x03
"""Sampled, and random trace id (level 2); other bits are not passed on."""

_FORM = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True)
class TraceContext:
    """
    A step of a trace.

    Attributes:
        trace_id: 32 hexadecimal digits, not all of them zero.
        span_id: 16 of them, likewise.
        flags: `SAMPLED` or not, and what came along.
    """

    trace_id: str
    span_id: str
    flags: int = SAMPLED

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"

    @property
    def is_sampled(self) -> bool:
        """
        Whether the trace may be recorded.
        """
        return bool(self.flags & SAMPLED)

    def step(self, *names: str) -> TraceContext:
        """
        A further step of the trace, named by what is done in it.
        """
        return TraceContext(self.trace_id, sha256_hex("\n".join(names).encode())[:16], self.flags)


def read(header: str | None) -> TraceContext | None:
    """
    The context that a header states; none where it is none. Later versions are read as the standard wants it.
    """
    found = _FORM.fullmatch(header or "")
    if found is None or (found[1] == "00" and found[5]):
        return None
    return TraceContext(found[2], found[3], int(found[4], 16) & _KNOWN_FLAGS)


def begun_by(event_id: str) -> TraceContext:
    """
    The trace that an event begins: an id that is a UUID is the trace's too, any other is hashed.
    """
    try:
        trace_id = UUID(event_id).hex
    except ValueError:
        trace_id = ""
    if not trace_id.strip("0"):
        trace_id = sha256_hex(event_id.encode())[:32]
    return TraceContext(trace_id, trace_id[:16] if trace_id[:16].strip("0") else trace_id[16:])
