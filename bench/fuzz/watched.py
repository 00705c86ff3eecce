"""
The stage as a worker process of the fuzzer runs it: watched for look-ups and connections, timed, and its outcome held
against what every outcome promises. All that is here runs in the worker.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from bench.fuzz.safe import faults_of
from schemas import topics
from schemas.base import Event
from schemas.envelope import seal
from schemas.events import ArticleCleaned, PageFetched
from schemas.ids import sha256_hex
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import clean, warm
from services.runtime.outcome import DeadLetter, Drop, Emit, Outcome
from services.runtime.processor import SLACK_BYTES

MAX_EVENT_BYTES = 6 * 1024 * 1024
"""A derived event's value; the record around it has room for 2 MiB more."""

SETTINGS = CleanerSettings(formats=("markdown", "html"))
"""As the service has it by default, with all that can be switched on."""

MAX_REMOVED_CHARS = 200
PEER_EVENTS = frozenset((
    "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.connect", "socket.sendto",
    "socket.sendmsg",
    "urllib.Request", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork",
))  # fmt: skip
"""Audit events of whoever asks somebody else; cleaning asks nobody."""

_met: list[str] = []


@dataclass(frozen=True)
class Verdict:
    """
    What a page came to.

    Attributes:
        outcome: Its kind and reason, e.g. `emit EMITTED`.
        digest: Of everything that the outcome says.
        cpu_s: Seconds that the stage computed, without the checks.
        problems: Broken promises, each a code, a colon and a detail.
        peak_mb: The most memory that the process has ever held, resident.
    """

    outcome: str
    digest: str
    cpu_s: float
    event_bytes: int
    problems: tuple[str, ...]
    peak_mb: int = 0


def watch() -> None:
    """
    The worker's `warm`: from here on, whoever asks somebody else is noted.
    """
    sys.addaudithook(_note)
    warm()


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event in PEER_EVENTS:
        _met.append(f"{event} {arguments!r}"[:500])


def clean_watched(page: PageFetched, stack_file: str, limit_s: float, told_s: float) -> Verdict:
    """
    Clean a page and judge the outcome.

    After `limit_s` CPU seconds the process writes where it stands to the stack file and ends; so it does when it
    crashes in native code. After `told_s` seconds by the clock it only writes.
    """
    _met.clear()
    with Path(stack_file).open("w", encoding="utf-8") as file:
        faulthandler.enable(file, all_threads=False)
        faulthandler.register(signal.SIGPROF, file, all_threads=False, chain=True)
        faulthandler.dump_traceback_later(told_s, file=file)
        signal.setitimer(signal.ITIMER_PROF, limit_s)
        start = time.process_time()
        try:
            outcome = clean(page, SETTINGS)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
            faulthandler.unregister(signal.SIGPROF)
            faulthandler.disable()
    return replace(judge(outcome, time.process_time() - start), peak_mb=_peak_mb())


def _peak_mb() -> int:
    """
    From `/proc`: what `getrusage` tells counts the parent's memory before `exec` too.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def judge(outcome: Outcome, cpu_s: float) -> Verdict:
    """
    Hold an outcome against what every outcome promises.
    """
    problems = [f"ASKED_SOMEBODY: {event}" for event in _met]
    if isinstance(outcome, Drop | DeadLetter):
        told = f"{outcome.reason}\n{outcome.detail}".encode(errors="backslashreplace")
        problems += _of_detail(outcome.detail)
    else:
        told, found = _told(outcome)
        problems += found
    kind = f"{type(outcome).__name__.lower()} {outcome.reason}"
    return Verdict(kind, sha256_hex(kind.encode() + told), cpu_s, len(told), tuple(problems))


def _of_detail(detail: str) -> list[str]:
    return [] if detail.isprintable() or _is_encodable(detail) else [f"DETAIL: {detail[:200]!r} cannot be written"]


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _told(outcome: Emit) -> tuple[bytes, list[str]]:
    if len(outcome.events) != 1 or outcome.events[0].topic is not topics.ARTICLE_CLEANED or outcome.changes:
        return repr(outcome).encode(errors="backslashreplace"), ["OUTCOME: not one event for news.article.cleaned"]
    event = outcome.events[0].event
    assert isinstance(event, ArticleCleaned)
    try:
        value, headers = event.to_wire()
    except ValueError as error:
        return repr(event).encode(errors="backslashreplace"), [f"ROUND_TRIP: cannot be written: {error}"[:500]]
    return value, [*_round_trip(event, value, headers), *_sizes(event, value), *_dates(event), *_unsafe(event)]


def _round_trip(event: Event, value: bytes, headers: dict[str, bytes]) -> list[str]:
    try:
        again = type(event).from_wire(value, headers)
    except ValueError as error:
        return [f"ROUND_TRIP: cannot be read: {error}"[:500]]
    if again == event and again.to_wire()[0] == value:
        return []
    names = [name for name in type(event).model_fields if getattr(again, name) != getattr(event, name)]
    return [f"ROUND_TRIP: reads back otherwise: {', '.join(names) or 'bytes'}"]


def _sizes(event: ArticleCleaned, value: bytes) -> list[str]:
    problems = [f"SIZE: the event has {len(value)} bytes"] if len(value) > MAX_EVENT_BYTES else []
    try:
        sealed = seal(topics.ARTICLE_CLEANED, event, event.page_id, "fuzz")
    except ValueError as error:
        return [*problems, f"SEAL: {error}"[:500]]
    total = len(sealed.value or b"") + sum(len(name) + len(text) for name, text in sealed.headers)
    if not problems and total > topics.MAX_RECORD_BYTES - SLACK_BYTES:
        problems.append(f"SIZE: the record has {total} bytes")
    if long := [removal.rule for removal in event.removed if len(removal.text) > MAX_REMOVED_CHARS]:
        problems.append(
            f"SIZE: removed lines of more than {MAX_REMOVED_CHARS} characters: {', '.join(sorted(set(long)))}"
        )
    if not event.article_body.strip() or not event.headline.strip():
        problems.append("EMPTY: no body or no headline")
    return problems


def _unsafe(event: ArticleCleaned) -> list[str]:
    faults = faults_of(event.article_body_html or "")
    return [f"UNSAFE_HTML: {'; '.join(faults)}"[:500]] if faults else []


def _dates(event: ArticleCleaned) -> list[str]:
    stated = {"date_published": event.date_published, "date_modified": event.date_modified}
    return [
        f"DATE: {name} is {text!r}"[:200] for name, text in stated.items() if text is not None and not _is_date(text)
    ]


def _is_date(text: str) -> bool:
    """
    RFC 3339 with an offset or `Z`, the same without, or a date only.
    """
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            read(text)
        except ValueError:
            continue
        return text.isascii() and len(text) >= 10 and text[4] == text[7] == "-"
    return False
