"""
Whether a run kept the promises, read off the broker's log and the hosts' own: what a `read_committed` reader saw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from schemas import topics
from schemas.events import ArticleTagged, PageFetched
from schemas.state import FrontierEntry, LedgerEntry, SourceHealth
from schemas.takedowns import names_of
from schemas.topics import Topic
from services.runtime.record import Record
from services.runtime.table import Table
from services.runtime.topology import Topology
from tests.simulation.broker import Entry
from tests.simulation.web import POISON, Host, Sent
from tests.simulation.wiring import services
from tests.simulation.world import PARTITIONS, World

GRACE_S = 0.002
"""Between clocks of whole microseconds."""


def violations(world: World) -> list[str]:
    """
    All promises that were broken, in Jepsen's words where it has one.
    """
    return [f"{check.__name__}: {what}" for check in CHECKS for what in check(world)]


def _visible(world: World, topic: str) -> Iterator[tuple[int, Record]]:
    for part in range(PARTITIONS):
        for record in world.broker.read((topic, part), 0)[0]:
            yield part, record


def _entries(world: World) -> Iterator[Entry]:
    return (entry for log in world.broker.logs.values() for entry in log if entry.is_visible)


def crashed(world: World) -> Iterator[str]:
    """
    No task ends by a bug.
    """
    yield from (repr(error) for error in world.shared.crashes)


def inputs(world: World) -> Iterator[str]:
    """
    Each input is decided on in one committed transaction, which holds its offset; none is left over.
    """
    claims = Counter(
        (claim.group, *claim.given) for txn in world.broker.commits for claim in txn.claims if claim.given is not None
    )
    for topology in services().values():
        for topic in (topology.live, *(lane.topic for lane in topology.beside)):
            for part in range(PARTITIONS):
                yield from _of_input(world, topology, (topic.name, part), claims)
    yield from (f"aborted read: {claim} was decided on, and is not to be seen" for claim in sorted(claims))


def _of_input(
    world: World, topology: Topology, place: tuple[str, int], claims: Counter[tuple[str, str, int, int]]
) -> Iterator[str]:
    committed = world.broker.offsets.get((topology.name, *place), 0)
    for record in world.broker.read(place, 0)[0]:
        times = claims.pop((topology.name, *place, record.offset), 0)
        here = f"{topology.name} of {record.origin}"
        if record.offset >= committed:
            yield f"torn output and offset: {here}" if times else f"unseen: {here}"
        elif times != 1:
            yield f"duplicate: {here}, {times} times" if times else f"lost: {here}"


def outputs(world: World) -> Iterator[str]:
    """
    All records of a committed decision are there once, and none of another.
    """
    seen = Counter((e.marked.number, e.marked.index) for e in _entries(world) if e.marked and e.marked.number >= 0)
    for transaction in world.broker.commits:
        for claim in transaction.claims:
            for index in range(claim.records):
                times = seen.pop((claim.number, index), 0)
                if times != 1:
                    yield f"{'duplicate' if times else 'lost'}: output {index} of {claim.group} {claim.what}"
    yield from (f"torn: output {index} of a decision that was not committed" for _, index in sorted(seen))


def equal_ids(world: World) -> Iterator[str]:
    """
    Events of one id are the same bytes, however often they are published; a live page is published once.
    """
    for topic in (topics.PAGE_FETCHED, topics.ARTICLE_CLEANED, topics.ARTICLE_TAGGED):
        known: dict[str | None, tuple[Any, ...]] = {}
        for _, record in _visible(world, topic.name):
            if record.value is None:
                continue
            name = record.header("ce_id")
            told = record.key, record.value, sorted(each for each in record.headers.items() if each[0][:3] == "ce_")
            if name in known and (known[name] != told or topic is topics.PAGE_FETCHED):
                yield f"duplicate: {name} on {topic.name}, {'other' if known[name] != told else 'equal'} bytes"
            known[name] = told


def versions(world: World) -> Iterator[str]:
    """
    No key of the public topic goes backwards, and nothing comes after its deletion; the ledger knows the last version.
    """
    last: dict[bytes, tuple[Any, ...]] = {}
    for _, record in _visible(world, topics.ARTICLE_TAGGED.name):
        key = record.key or b""
        told: tuple[Any, ...] = (float("inf"),)
        if record.value is not None:
            event = ArticleTagged.from_wire(record.value, record.headers)
            told = event.version, event.revised_at
        if key in last and told < last[key]:
            yield f"backwards: {key.decode()} from {last[key]} to {told}"
        last[key] = told
    ledger = _table(world, topics.LEDGER.name)
    for key, (version, *_) in last.items():
        entry = ledger.get(key)
        known = LedgerEntry.from_wire(entry, {}).version if entry is not None else float("inf")
        if known != version:
            yield f"table and output differ: {key.decode()} is {version} outside and {known} in the ledger"


def newest(world: World) -> Iterator[str]:
    """
    What stands in the end is what the newest page of an article says.
    """
    pages: dict[str, PageFetched] = {}
    for _, record in _visible(world, topics.PAGE_FETCHED.name):
        page = topics.PAGE_FETCHED.event.from_wire(record.value or b"", record.headers) if record.value else None
        if page is None or page.meta.article_id in world.barred or POISON.encode() in page.body:
            continue
        name = str(page.meta.article_id)
        if name not in pages or pages[name].meta.fetched_at < page.meta.fetched_at:
            pages[name] = page
    stands = _table(world, topics.ARTICLE_TAGGED.name)
    for name, page in pages.items():
        value = stands.get(name.encode())
        event = ArticleTagged.from_wire(value, {}) if value is not None else None
        if event is None or event.article_body.encode() not in page.body:
            yield f"lost: {page.meta.url} as fetched at {page.meta.fetched_at}, stands as {event and event.revised_at}"


def tables(world: World) -> Iterator[str]:
    """
    What owners remember is what their topics hold; and of a taken-down article nothing.
    """
    for name, group in world.groups.items():
        for part, owner in group.owners.items():
            task = owner.tasks.get(part)  # type: ignore[attr-defined]
            if task is None or not task.is_quiet:
                yield f"unseen: partition {part} of {name} is served by nobody, or never comes to rest"
                continue
            for topic in services()[name].tables:
                if _remembered(topic, task.tables[topic.name]) != _remembered(topic, _restored(world, topic, part)):
                    yield f"table and topic differ: {topic.name} {part}"


def _remembered(topic: Topic[Any], table: Table) -> dict[str, Any]:
    """
    Without what somebody else writes to the same topic: of the health of hosts, which goes by URLs, the fetcher tells.
    """
    is_shared = topic.event is SourceHealth
    return {key: table.get(key) for key in sorted(table) if not (is_shared and "://" in key)}


def _restored(world: World, topic: Topic[Any], part: int) -> Table:
    table = Table(topic.event)
    for record in world.broker.read((topic.name, part), 0)[0]:
        table.restore((record.key or b"").decode(), record.value)
    return table


def _table(world: World, topic: str) -> dict[bytes, bytes]:
    kept: dict[bytes, bytes] = {}
    for _, record in _visible(world, topic):
        kept.pop(record.key or b"", None)
        if record.value is not None:
            kept[record.key or b""] = record.value
    return kept


def taken_down(world: World) -> Iterator[str]:
    """
    Of an article that was taken down nothing stands that others read, and the frontier knows none of its pages.
    """
    barred = {str(name) for name in world.barred}
    for topic in (topics.ARTICLE_TAGGED, topics.ARTICLE_CLEANED, topics.LEDGER):
        yield from (f"{topic.name} {key.decode()}" for key in _table(world, topic.name) if key.decode() in barred)
    for key, value in _table(world, topics.FRONTIER.name).items():
        if names_of(FrontierEntry.from_wire(value, {})) & barred:
            yield f"{topics.FRONTIER.name} {key.decode()}"


def fetched(world: World) -> Iterator[str]:
    """
    Nothing that was wanted still waits.
    """
    for key, value in _table(world, topics.FRONTIER.name).items():
        entry = FrontierEntry.from_wire(value, {})
        if entry.kind == "page" and entry.state == "waiting":
            yield f"unseen: {key.decode()} is due at {entry.due_at}"


def politeness(world: World) -> Iterator[str]:
    """
    Between two requests to a host lies its pause.
    """
    for host in world.web.hosts.values():
        for one, other in zip(host.log, host.log[1:], strict=False):
            if not _is_excused(world, one, other) and (gap := _gap_s(one, other)) < _pause_s(host, one, other):
                yield f"{host.name}: {one.url} at {one.at:.3f}, {other.url} at {other.at:.3f}, a gap of {gap:.3f} s"


def _gap_s(one: Sent, other: Sent) -> float:
    """
    From the answer on, where the asker heard it and asks again; an heir counts from the request, of which he knows.
    """
    is_heard = one.owner is other.owner and one.heard_at is not None and one.heard_at <= other.at
    return other.at - (one.heard_at if is_heard and one.heard_at is not None else one.at)


def _pause_s(host: Host, one: Sent, other: Sent) -> float:
    """
    An overlap of one owner's requests is none at all; its own clock keeps a Retry-After too.
    """
    if one.owner is other.owner and (one.heard_at is None or one.heard_at > other.at):
        return float("inf")
    asked_s = one.retry_after_s if one.owner is other.owner else 0.0
    return max(min(one.delay_s, other.delay_s), asked_s) - GRACE_S


def _is_excused(world: World, one: Sent, other: Sent) -> bool:
    """
    Zombies may add one, and whoever puts the clocks forward shortens all pauses.
    """
    is_moved = any(one.at <= at <= other.at for at in world.steps_of_clock)
    return is_moved or one.is_zombie or other.is_zombie


CHECKS: tuple[Callable[[World], Iterator[str]], ...] = (
    crashed,
    inputs,
    outputs,
    equal_ids,
    versions,
    newest,
    tables,
    taken_down,
    fetched,
    politeness,
)
