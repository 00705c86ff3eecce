"""
What `sink` does, from a wish to an exit status.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

from services.cli.errors import ExitCode
from services.cli.kafka_errors import told_to_a_person
from services.cli.lifetimes import until_told
from services.cli.output import remark, say, say_json
from services.cli.progress import progress
from services.cli.sinks.filling import Report, Stretch, Wish, fill, stretch_of
from services.cli.sinks.portions import Sink
from services.runtime.settings import KafkaSettings

WORD_S = 30.0
"""Between two words on how far a sink without end is."""

KINDS = ("written", "withdrawn", "takenDown", "unreadable")


def fill_sink(kafka: KafkaSettings, sink: AbstractAsyncContextManager[Sink], wish: Wish, *, as_json: bool) -> ExitCode:
    """
    Fill a sink to the end, or until somebody has had enough, and say what was kept.
    """
    counts = Counter(dict.fromkeys(KINDS, 0))

    async def work() -> None:
        with told_to_a_person("start it again: it goes on where it ended"):
            async with sink as opened:
                stretch = await stretch_of(kafka, opened, wish)
                with _shown(counts, wish, stretch) as report:
                    await fill(kafka, opened, wish, stretch, report)

    is_whole = asyncio.run(until_told(work()))
    kept = {kind: counts[kind] for kind in KINDS}
    if as_json:
        say_json({"topic": wish.topic.name, **kept})
    else:
        told = ", ".join(f"{count} {kind}" for kind, count in kept.items() if count)
        say(f"{wish.topic.name}: {told or 'nothing new'}")
    return ExitCode.DONE if is_whole or not wish.until_end else ExitCode.INTERRUPTED


@contextmanager
def _shown(counts: Counter[str], wish: Wish, stretch: Stretch) -> Iterator[Report]:
    if wish.until_end:
        with progress("reading", stretch.size) as report:

            def tell(portion: Counter[str]) -> None:
                counts.update(portion)
                report(counts["offsets"], "")

            yield tell
    else:
        remark(f"{wish.topic.name}: {stretch.size} offsets behind its end; Ctrl-C ends it")
        yield _now_and_then(counts)


def _now_and_then(counts: Counter[str]) -> Report:
    last = 0.0

    def tell(portion: Counter[str]) -> None:
        nonlocal last
        counts.update(portion)
        now = asyncio.get_running_loop().time()
        if now - last > WORD_S:
            last = now
            remark(f"{counts['written']} written, {counts['withdrawn']} withdrawn, {counts['takenDown']} taken down")

    return tell
