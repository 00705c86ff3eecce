"""
The demo's course: serve the world, start everything, add the feeds as an operator would, watch, judge, clean up.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic

from deploy.demo.server import Site, serving
from deploy.demo.staging import Staging, loopback_environ, staged
from deploy.demo.verdict import Verdict, judge_all
from deploy.demo.watching import Watch
from deploy.demo.world import Publisher, load_world
from schemas.state import Source
from services.cli.lifetimes import together
from services.cli.output import printable, say, say_table
from services.cli.watching import publish_sources
from services.runtime.settings import KafkaSettings

PATIENCE_S = 90.0
"""After it, what has not come will not come."""

SETTLE_S = 1.0
"""After all has come: time in which a second event about the same article would show itself."""

POLL_INTERVAL_S = 3600

Afterwards = Callable[[KafkaSettings], Awaitable[None]]


async def run_world(
    environ: Mapping[str, str], patience_s: float = PATIENCE_S, afterwards: Afterwards | None = None
) -> bool:
    """
    Run the demo over its own world; tell whether everything was as expected. `afterwards` has its Kafka before it ends.

    Raises:
        NewsIngestError: Kafka cannot be started, or a service does not live.
    """
    began = monotonic()
    world = load_world()
    with serving(world) as site:
        _introduce(world, site)
        async with staged(loopback_environ(environ, site.ports)) as staging:
            say(
                f"Kafka is up at {staging.kafka.bootstrap_servers} after {monotonic() - began:.0f} s; starting services"
            )
            watch = Watch()
            watch.seen.requests = site.requests
            await together(
                staging.supervisor.run(),
                watch.articles(staging),
                watch.letters(staging),
                watch.outcomes(staging),
                _play(staging, site, world, watch=watch, patience_s=patience_s),
            )
            verdicts = judge_all(world, site.bases, watch.seen)
            is_met = _sum_up(verdicts, watch, monotonic() - began)
            if not is_met:
                _show_logs(staging)
            if afterwards:
                await afterwards(staging.kafka)
    return is_met


def _introduce(world: Sequence[Publisher], site: Site) -> None:
    pages = sum(len(publisher.pages) for publisher in world)
    hosts = len({base.rpartition(":")[0] for base in site.bases.values()})
    say(f"A small news world is served on this machine: {len(world)} publishers on {hosts} addresses, {pages} pages.")
    say("Starting Kafka (its data lie in a temporary folder) ...")


async def _play(staging: Staging, site: Site, world: Sequence[Publisher], *, watch: Watch, patience_s: float) -> None:
    now = datetime.now(UTC)
    sources = [
        Source(url=url, changed_at=now, min_interval_s=POLL_INTERVAL_S, max_interval_s=POLL_INTERVAL_S)
        for url in site.feeds
    ]
    await publish_sources(staging.kafka, sources)
    say(f"{len(sources)} feeds added, as by `news-ingest sources add`. Articles, with seconds since the fetch:\n")
    deadline = monotonic() + patience_s
    while monotonic() < deadline:
        if all(verdict.is_met for verdict in judge_all(world, site.bases, watch.seen)):
            await asyncio.sleep(SETTLE_S)
            return
        watch.moved.clear()
        try:
            await asyncio.wait_for(watch.moved.wait(), timeout=max(deadline - monotonic(), 0.1))
        except TimeoutError:
            return


def _sum_up(verdicts: Sequence[Verdict], watch: Watch, seconds: float) -> bool:
    say("\nWhat became of every page:\n")
    rows = [
        ("ok" if v.is_met else "MISSING", v.happened, printable(v.url), v.page.note if v.is_met else v.wrong)
        for v in verdicts
    ]
    say_table(("", "what happened", "page", "why it is here" if all(v.is_met for v in verdicts) else "note"), rows)
    met = sum(verdict.is_met for verdict in verdicts)
    times = sorted(line.seconds for line in watch.lines)
    middle = f"; page fetched to event visible: median {times[len(times) // 2]:.1f} s" if times else ""
    say(f"\n{met} of {len(verdicts)} pages as expected, {len(watch.lines)} events{middle}; {seconds:.0f} s in all.")
    return met == len(verdicts)


def _show_logs(staging: Staging) -> None:
    """
    The logs are in a temporary folder that is about to vanish: what matters of them is said now.
    """
    for log in staging.logs:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
        telling = [line for line in lines if '"committed"' not in line][-8:]
        say("\n".join([f"\nlast words of the {log.stem}:", *(f"  {printable(line)}" for line in telling)]))


def explain_nothing(watch: Watch) -> str:
    """
    Say why no article came: what was seen, and what the services made of it.
    """
    counts = Counter((o.service, o.outcome, o.reason) for o in watch.seen.outcomes)
    if not counts:
        return "The services took nothing: look at the lines above."
    told = [
        f"  {service:<8} {outcome:<10} {reason:<24} {n}" for (service, outcome, reason), n in sorted(counts.items())
    ]
    return "\n".join(["No article came. What the services made of what they took:", *told])
