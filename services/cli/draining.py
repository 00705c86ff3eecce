"""
Whether everything that was taken in has come to its end, so that the services can be stopped with nothing between them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from schemas import topics
from services.cli.flow import INPUTS, Input
from services.cli.offsets import unread
from services.cli.output import say, say_table
from services.runtime.kafka.connection import count_partitions
from services.runtime.kafka.looks import ends
from services.runtime.settings import KafkaSettings


@dataclass(frozen=True)
class InputState:
    """
    One input of a service, and how many records of it the service has not read.
    """

    given: Input
    unread: int

    @property
    def is_carried(self) -> bool:
        """
        Whether it may wait: what nobody has asked the web for is carried over by a backup as it is.
        """
        return self.given.group == "fetcher"

    def next_step(self) -> str:
        """
        What an operator does about it.
        """
        if not self.unread:
            return ""
        if self.is_carried:
            return "may wait: `news-ingest backup` carries it over"
        return f"wait; if it does not fall, look at the {self.given.group}: does it run? what does its log say?"


@dataclass(frozen=True)
class Draining:
    """
    All inputs, and the topics that were written to while it was looked.
    """

    inputs: tuple[InputState, ...]
    growing: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """
        Whether nothing is under way: all that was fetched has been cleaned, tagged and linked, and nothing is written.
        """
        return not self.growing and not any(state.unread for state in self.inputs if not state.is_carried)

    def as_json(self) -> dict[str, Any]:
        """
        The same for a program.
        """
        inputs = [
            {
                "group": state.given.group,
                "topic": state.given.topic.name,
                "unread": state.unread,
                "nextStep": state.next_step(),
            }
            for state in self.inputs
        ]
        return {"drained": self.is_over, "inputs": inputs, "growing": list(self.growing)}


async def look(kafka: KafkaSettings, interval_s: float) -> Draining:
    """
    Look at every input, and for `interval_s` at what is written.

    Raises:
        BrokerError: Kafka is away.
        TopicsError: Topics are missing.
    """
    before = await ends(kafka, topics.ALL)
    await asyncio.sleep(interval_s)
    after = await ends(kafka, topics.ALL)
    await count_partitions(kafka, [topic.name for topic in topics.ALL])
    inputs = [InputState(given, (await unread(kafka, given)).count) for given in INPUTS]
    return Draining(tuple(inputs), tuple(name for name, end in after.items() if end != before[name]))


async def wait(kafka: KafkaSettings, interval_s: float, patience_s: float) -> Draining:
    """
    Look again and again until it is over, or the time is.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + patience_s
    while not (found := await look(kafka, interval_s)).is_over and loop.time() < end:
        pass
    return found


def show(found: Draining) -> None:
    """
    Tell a person.
    """
    rows = [
        (state.given.group, state.given.topic.name, str(state.unread), state.next_step() or "done")
        for state in found.inputs
    ]
    say_table(("service", "reads", "unread", "next"), rows)
    if found.growing:
        say(f"\nstill written to: {', '.join(found.growing)}")
        say("  next: stop the fetcher, and whoever else asks for pages; then wait")
    say("\nDrained: nothing is under way." if found.is_over else "\nNot drained yet.")
