"""
What `replay compare` does, from a wish to an exit status.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from schemas.topics import SITE_LINES
from services.cli.comparing.cases import Case, case_of
from services.cli.comparing.page import check_target, write_page
from services.cli.comparing.plan import Plan, Wish, planned
from services.cli.comparing.published import gather, sources
from services.cli.comparing.report import Report, report_of
from services.cli.comparing.rerun import Settings, hands
from services.cli.comparing.showing import Outcome, explain, show
from services.cli.comparing.spool import Spool
from services.cli.comparing.working import Tally, Worker, site_lines
from services.cli.errors import ExitCode
from services.cli.kafka_errors import told_to_a_person
from services.cli.lifetimes import until_told
from services.cli.progress import progress
from services.cli.replays.stretches import size
from services.runtime.settings import KafkaSettings
from services.runtime.table import Table


def compare(kafka: KafkaSettings, wish: Wish, settings: Settings, *, html: Path | None, as_json: bool) -> ExitCode:
    """
    Compare, and show what would change.
    """
    if html is not None:
        check_target(html)
    done: list[Outcome] = []

    async def whole() -> None:
        done.append(await Comparison(kafka, wish, settings, datetime.now(UTC)).run(html))

    if not asyncio.run(until_told(whole())):
        return ExitCode.INTERRUPTED
    [outcome] = done
    if not outcome.report.total.inputs:
        explain(outcome)
        return ExitCode.NOTHING
    show(outcome, as_json=as_json)
    return ExitCode.DONE


class Comparison:
    """
    One comparison, as of a time.
    """

    def __init__(self, kafka: KafkaSettings, wish: Wish, settings: Settings, now: datetime) -> None:
        self._kafka, self._wish, self._settings, self._now = kafka, wish, settings, now

    async def run(self, html: Path | None) -> Outcome:
        """
        Do it, and write the page if one is wanted.

        Raises:
            BrokerError: Kafka is away, or went away.
            TopicsError: Topics are missing.
            PoolError: The services' workers cannot be started.
            OutputFileError: The page cannot be written.
        """
        with told_to_a_person("ask again"), Spool() as spool:
            plan = await planned(self._kafka, self._wish, self._now)
            tally = await self._work(plan, spool) if plan.replay.stretches else Tally()
            taken_down = await self._look_up(plan, tally, spool)
            outcome = self._outcome(plan, tally, self._report(spool), taken_down)
            if html is not None:
                write_page(outcome, lambda id_: self._case(spool, id_), html)
            return outcome

    async def _work(self, plan: Plan, spool: Spool) -> Tally:
        lines = await site_lines(self._kafka) if self._wish.what == "pages" else Table(SITE_LINES.event)
        async with hands(self._wish.what, self._settings, lines) as at_hand:
            with progress(f"working on {self._wish.what}", size(plan.replay.stretches)) as report:
                worker = Worker(plan, at_hand, spool, report)
                await worker.run(self._kafka, limit=self._wish.limit, workers=self._settings.runtime.workers)
        return worker.tally

    async def _look_up(self, plan: Plan, tally: Tally, spool: Spool) -> int:
        if tally.since is None:
            return 0
        found = await sources(self._kafka, plan.way.topic, tally.since)
        offsets = sum(end - start for _, stretches in found for start, end in stretches.values())
        with progress("reading what was published", offsets) as report:
            return await gather(self._kafka, found, spool, report)

    def _report(self, spool: Spool) -> Report:
        tags_only = self._wish.what == "articles"
        cases = (case_of(entry, self._now, tags_only=tags_only) for entry in spool.entries())
        return report_of(cases, self._wish.examples)

    def _case(self, spool: Spool, id_: str) -> Case:
        return case_of(spool.entry(id_), self._now, tags_only=self._wish.what == "articles")

    def _outcome(self, plan: Plan, tally: Tally, report: Report, taken_down: int) -> Outcome:
        replay = plan.replay.model_copy(update={"copied": tally.taken, "left": dict(Counter(tally.left))})
        return Outcome(self._wish.what, replay, report, plan.waiting, taken_down, self._wish.limit)
