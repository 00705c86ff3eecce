"""
Retrying and purging: what is written for a letter, and the letter's tombstone, in one transaction.

One transactional id a partition of the letters. Who claims it fences whoever settles letters there, ends what he has
begun, and then reads what he has done: so of two people who retry the same letter, one finds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

from schemas.takedowns import name_of_url
from schemas.topics import DEAD_LETTERS
from services.cli.batches import BATCH_RECORDS, batches
from services.cli.errors import LetterError
from services.cli.kafka_errors import told_to_a_person
from services.cli.letters.again import TARGETS, again
from services.cli.letters.entries import Entry
from services.cli.letters.looking import Scan, changed_since, originals
from services.cli.takedowns.known import taken_down
from services.runtime.errors import TaskFenced
from services.runtime.kafka.claim import claimed
from services.runtime.kafka.reader import written_end
from services.runtime.kafka.writer import Writer
from services.runtime.record import Outgoing, Record
from services.runtime.settings import KafkaSettings


@dataclass(frozen=True)
class Settled:
    """
    What became of a letter: written into a topic, purged (neither), refused, or settled by somebody else before.
    """

    key: str
    into: str | None = None
    error: LetterError | None = None
    is_gone: bool = False

    @property
    def outcome(self) -> str:
        """
        The same in a word.
        """
        if self.error is not None:
            return "refused"
        return "gone" if self.is_gone else "retried" if self.into else "purged"


Tell = Callable[[Settled], None]
"""Told of each letter, once its transaction is committed."""


async def retry(kafka: KafkaSettings, scan: Scan, chosen: Sequence[Entry], tell: Tell) -> None:
    """
    Drive letters again. Those that cannot be are told of, and stay.

    Raises:
        TaskFenced: Somebody else settles letters of the same partition; what was told is done.
        BrokerError: Kafka is away; what was told is done, and maybe a little more.
    """
    places = [(topic.name, number) for topic in TARGETS for number in range(scan.count)]
    for partition, entries in _by_partition(await _allowed(kafka, chosen, tell)):
        with _explained(partition):
            async with claimed(kafka, _id_of(partition), log=(DEAD_LETTERS.name, partition), sinks=places) as writer:
                standing = await _standing(kafka, scan, entries, tell)
                seen = await _drive(kafka, scan.count, writer, standing, tell)
        _tell_gone((entry for entry in standing if entry.key not in seen), tell)


async def _allowed(kafka: KafkaSettings, chosen: Sequence[Entry], tell: Tell) -> list[Entry]:
    """
    Those that are not about what was taken down. What is taken down while they are driven is stopped by the services.
    """
    with told_to_a_person("ask again"):
        async with taken_down(kafka) as known:
            refused = [entry for entry in chosen if known.meets(_names(entry))]
    for entry in refused:
        error = LetterError(f"{entry.key}: what it is about was taken down", "purge it")
        tell(Settled(entry.key, error=error))
    return [entry for entry in chosen if entry not in refused]


def _names(entry: Entry) -> frozenset[str]:
    return frozenset({name_of_url(entry.letter.subject), entry.letter.origin_key or ""})


async def _drive(kafka: KafkaSettings, count: int, writer: Writer, standing: list[Entry], tell: Tell) -> set[str]:
    """
    Write the letters of one partition; return the keys of those that were found.
    """
    seen: set[str] = set()
    async with aclosing(originals(kafka, standing)) as found:
        async for records in found:
            seen |= {(record.key or b"").decode() for record in records}
            for batch in batches(records):
                await _write(writer, batch, count, tell)
    return seen


async def _write(writer: Writer, batch: Sequence[Record], count: int, tell: Tell) -> None:
    written: list[Outgoing] = []
    settled = []
    for record in batch:
        key = (record.key or b"").decode()
        try:
            fresh = again(record, count)
        except LetterError as error:
            settled.append(Settled(key, error=error))
        else:
            written += [fresh, _tombstone(key, record.partition)]
            settled.append(Settled(key, into=fresh.topic))
    if written:
        await writer.commit(written, {})
    for each in settled:
        tell(each)


async def purge(kafka: KafkaSettings, scan: Scan, chosen: Sequence[Entry], tell: Tell) -> None:
    """
    Let letters go for good.

    Raises:
        TaskFenced, BrokerError: As above.
    """
    for partition, entries in _by_partition(chosen):
        with _explained(partition):
            async with claimed(kafka, _id_of(partition), log=(DEAD_LETTERS.name, partition), sinks=()) as writer:
                standing = await _standing(kafka, scan, entries, tell)
                for start in range(0, len(standing), BATCH_RECORDS):
                    batch = standing[start : start + BATCH_RECORDS]
                    await writer.commit([_tombstone(entry.key, partition) for entry in batch], {})
                    for entry in batch:
                        tell(Settled(entry.key))


@contextmanager
def _explained(partition: int) -> Iterator[None]:
    try:
        with told_to_a_person("ask again: what is done already stays single"):
            yield
    except TaskFenced as error:
        raise TaskFenced(
            f"somebody else retries or purges letters of partition {partition} just now",
            "ask again when he is done: what he has settled is left alone",
        ) from error


async def _standing(kafka: KafkaSettings, scan: Scan, entries: list[Entry], tell: Tell) -> list[Entry]:
    """
    Those that nobody has settled since they were looked at, and before the partition was claimed.
    """
    partition = entries[0].partition
    end = await written_end(kafka, (DEAD_LETTERS.name, partition))
    changed = await changed_since(kafka, partition, scan.ends[partition], end)
    _tell_gone((entry for entry in entries if entry.key in changed), tell)
    return [entry for entry in entries if entry.key not in changed]


def _tell_gone(gone: Iterator[Entry], tell: Tell) -> None:
    for entry in gone:
        tell(Settled(entry.key, is_gone=True))


def _by_partition(chosen: Sequence[Entry]) -> list[tuple[int, list[Entry]]]:
    found: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in chosen:
        found[entry.partition].append(entry)
    return sorted(found.items())


def _tombstone(key: str, partition: int) -> Outgoing:
    return Outgoing(DEAD_LETTERS.name, partition, key.encode(), None)


def _id_of(partition: int) -> str:
    return f"cli-dlq-{partition}"
