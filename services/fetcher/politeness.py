"""
When a host may be asked again. One clock for each host name, whatever the scheme and port.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from schemas.state import Breaker


@dataclass(slots=True)
class HostClock:
    """
    One host: at most one request under way, and a pause between the end of one and the start of the next.

    Attributes:
        next_at: Nothing is sent before.
        is_busy: A request is under way.
        origins: The origins of the host that have something waiting.
        ruled: The origins of the host whose rules are known.
        breakers: How the host has failed of late, by origin.
    """

    next_at: datetime | None = None
    is_busy: bool = False
    origins: list[str] = field(default_factory=list)
    ruled: tuple[str, ...] = ()
    breakers: dict[str, Breaker] = field(default_factory=dict)

    def is_free(self, now: datetime) -> bool:
        """
        Whether a request may start.
        """
        return not self.is_busy and (self.next_at is None or self.next_at <= now)

    def open_breaker(self, now: datetime) -> Breaker | None:
        """
        Why the host is left alone now, if it is: the breaker that is open longest, whichever origin it is of.
        """
        held = [(each.until, origin) for origin, each in self.breakers.items() if each.until and each.until > now]
        return self.breakers[max(held)[1]] if held else None

    def hold_until(self, moment: datetime) -> None:
        """
        Allow nothing before a moment; an earlier one than already known changes nothing.
        """
        self.next_at = moment if self.next_at is None else max(self.next_at, moment)

    def start(self) -> None:
        """
        A request is under way.
        """
        self.is_busy = True

    def end(self, now: datetime, delay_s: float | None) -> None:
        """
        It is over; the pause begins, where anything was sent.
        """
        self.is_busy = False
        if delay_s is not None:
            self.hold_until(now + timedelta(seconds=delay_s))


def longest_delay_s(own_s: float, crawl_delay_s: float | None, max_crawl_delay_s: float) -> float:
    """
    The pause for a host, in seconds: our own, or its Crawl-delay where that is longer.
    """
    return max(own_s, min(crawl_delay_s or 0.0, max_crawl_delay_s))


def retry_after(value: str | None, now: datetime, max_s: float) -> datetime | None:
    """
    Until when a host wants to be left alone: RFC 9110, 10.2.3, in seconds or as a date; None where it does not say.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        return now + timedelta(seconds=min(int(text[:9]), max_s))
    try:
        stated = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if stated.tzinfo is None:
        stated = stated.replace(tzinfo=now.tzinfo)
    return min(max(stated, now), now + timedelta(seconds=max_s))
