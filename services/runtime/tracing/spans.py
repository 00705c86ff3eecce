"""
What a trace shows of an input whose transaction has ended, as values. Names and attributes follow OpenTelemetry's
semantic conventions for messaging and HTTP.

    process news.page.fetched   (consumer)   a record; from taking it to the commit      fetch, refuse   an action
      +-- work                               in the worker, try by try
      +-- GET                   (client)     what an action asked of somebody else
      +-- abort                              a transaction that was not committed, or of which nobody knows
    send news.fetch.requested   (producer)   begins the trace of one of many events, and links to what led to it
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from schemas.trace_context import TraceContext, read
from services.runtime.pool import Worked
from services.runtime.processor import Conclusion, Input
from services.runtime.record import Outgoing, Record

Attributes = Mapping[str, str | int | bool]

RANDOM_BITS = 56
"""Of a trace id, on its right, as level 2 of the standard has it: by them every process chooses the same traces."""

TEXT_CHARS = 1000
"""Of what an input says of itself: anyone may write a record."""


@dataclass(frozen=True)
class Span:
    """
    One span. `error` is a stable code, or empty.
    """

    name: str
    context: TraceContext
    parent: str | None
    began: datetime
    ended: datetime
    kind: Literal["internal", "client", "consumer", "producer"] = "internal"
    attributes: Attributes = field(default_factory=dict)
    error: str = ""
    link: TraceContext | None = None


@dataclass(frozen=True)
class Passage:
    """
    An input from its taking to the end of its transaction.
    """

    given: Input
    worked: Worked
    conclusion: Conclusion
    began: datetime
    ended: datetime


def is_chosen(context: TraceContext, ratio: float) -> bool:
    """
    Whether a trace is sent: its sender wants it recorded, and it belongs to the share that is chosen.
    """
    randomness = int(context.trace_id[-RANDOM_BITS // 4 :], 16)
    return context.is_sampled and randomness >= (1 - ratio) * 2**RANDOM_BITS


def spans_of(service: str, passage: Passage) -> Iterator[Span]:
    """
    The spans of an input whose outcome is committed.
    """
    own = read(passage.conclusion.facts.traceparent)
    assert own is not None
    yield _main(service, passage, own)
    for number, lapse in enumerate(passage.worked.lapses):
        yield Span(
            name=lapse.name,
            context=own.step(own.span_id, lapse.name, str(number)),
            parent=own.span_id,
            began=lapse.began,
            ended=lapse.ended,
            kind="client" if lapse.is_call else "internal",
            attributes=lapse.attributes,
            error=lapse.error,
        )
    for record in passage.conclusion.records:
        begun = read(dict(record.headers).get("traceparent", b"").decode())
        if begun is not None and begun.trace_id != own.trace_id:
            yield _sent(record, begun, own, passage.ended)


def abort_of(passage: Passage, error: str) -> Span:
    """
    A try to commit an outcome that came to nothing; the input is taken again.
    """
    own = read(passage.conclusion.facts.traceparent)
    assert own is not None
    aborted = own.step(own.span_id, "abort", passage.ended.isoformat())
    return Span("abort", aborted, own.span_id, passage.began, passage.ended, error=error)


def _main(service: str, passage: Passage, own: TraceContext) -> Span:
    given, conclusion = passage.given, passage.conclusion
    told: dict[str, str | int | bool] = {
        "news.outcome": conclusion.outcome,
        "news.reason": conclusion.reason,
        "news.subject": conclusion.subject[:TEXT_CHARS],
    }
    action = Span(
        name=type(given).__name__.lower(),
        context=own,
        parent=conclusion.parent,
        began=passage.began,
        ended=passage.ended,
        attributes=told,
        error=conclusion.reason if conclusion.outcome == "deadletter" else "",
    )
    if not isinstance(given, Record):
        return action
    described = told | _of_record(service, given)
    return replace(action, name=f"process {given.topic}", kind="consumer", attributes=described)


def _of_record(service: str, record: Record) -> dict[str, str | int | bool]:
    described: dict[str, str | int | bool] = {
        **_destination("process", record.topic, record.partition),
        "messaging.kafka.offset": record.offset,
        "messaging.consumer.group.name": service,
        "messaging.message.body.size": len(record.value or b""),
    }
    if record.value is None:
        described["messaging.kafka.message.tombstone"] = True
    if event_id := record.header("ce_id"):
        described["messaging.message.id"] = event_id[:TEXT_CHARS]
    return described


def _sent(record: Outgoing, begun: TraceContext, by: TraceContext, at: datetime) -> Span:
    described = _destination("send", record.topic, record.partition)
    described["messaging.message.id"] = dict(record.headers)["ce_id"].decode()
    return Span(f"send {record.topic}", begun, None, at, at, kind="producer", attributes=described, link=by)


def _destination(operation: str, topic: str, partition: int) -> dict[str, str | int | bool]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
        "messaging.destination.partition.id": str(partition),
    }


def chosen(passages: Sequence[Passage], ratio: float) -> Iterator[Passage]:
    """
    Those whose traces are sent.
    """
    for passage in passages:
        context = read(passage.conclusion.facts.traceparent)
        if context is not None and is_chosen(context, ratio):
            yield passage
