"""
A status on one screen, for a person.
"""

from __future__ import annotations

from collections import Counter

from services.cli.output import printable, say, say_table, shorten
from services.cli.status.facts import ServiceState, Status
from services.cli.status.judgement import remarks, span

SHOWN_SOURCES = 10
SHOWN_CAUSES = 8
SHOWN_CHARS = 80


def show(status: Status) -> None:
    """
    Who runs and how fast, how late articles are, which sources are ill, what was given up; and what to do.
    """
    say(f"news-ingest on Kafka at {status.servers}, {status.at:%Y-%m-%d %H:%M} UTC\n")
    say_table(
        ("service", "processes", "a minute", "last hour", "behind", "oldest waits"),
        [_service(state) for state in status.services],
    )
    _latency(status)
    _sources(status)
    _letters(status)
    say()
    found = remarks(status)
    for remark in found:
        say(f"{'x' if remark.is_fault else '!'} {remark.text}\n    next: {remark.next_step}")
    if not found:
        say("All is well.")


def _service(state: ServiceState) -> tuple[str, ...]:
    behind = f"{state.behind}" + (f" and {state.replays} of replays" if state.replays else "")
    return (
        state.name,
        "?" if state.processes is None else str(state.processes),
        f"{state.per_minute:.1f}",
        str(state.last_hour),
        behind,
        "-" if state.oldest_s is None else span(state.oldest_s),
    )


def _latency(status: Status) -> None:
    if status.latency:
        say()
        say_table(
            ("event after", "p50", "p95", "p99", "articles, last hour"),
            [
                (f"{found.since}", span(found.p50_s), span(found.p95_s), span(found.p99_s), str(found.articles))
                for found in status.latency
            ],
        )


def _sources(status: Status) -> None:
    counts = Counter(trouble.state for trouble in status.troubles)
    counts["paused"] = status.paused
    ill = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()) if count) or "all well"
    say(f"\n{status.sources} sources watched" + (f", {ill}" if status.sources or status.troubles else ""))
    if status.troubles:
        rows = [
            (t.state, f"{t.since:%Y-%m-%d %H:%M}", t.reason, shorten(printable(t.url), SHOWN_CHARS))
            for t in status.troubles[:SHOWN_SOURCES]
        ]
        say_table(("state", "since (UTC)", "reason", "list or site"), rows)
        _more(len(status.troubles) - SHOWN_SOURCES)


def _letters(status: Status) -> None:
    if status.letters.causes:
        causes = list(status.letters.causes.items())
        newest = sum(status.letters.causes.values())
        of = "" if newest == status.letters.count else f", the newest {newest} of {status.letters.count}"
        say()
        say_table((f"dead letters, last day{of}", "count"), [(cause, str(n)) for cause, n in causes[:SHOWN_CAUSES]])
        _more(len(causes) - SHOWN_CAUSES)


def _more(count: int) -> None:
    if count > 0:
        say(f"and {count} more: --json has all")
