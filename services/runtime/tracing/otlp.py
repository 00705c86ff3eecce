"""
Spans as OpenTelemetry's protocol (OTLP 1) has them on the wire. The only module that knows its messages.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from datetime import datetime

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1 import trace_pb2 as wire

from services.runtime.tracing.spans import Span

_KINDS = {
    "internal": wire.Span.SPAN_KIND_INTERNAL,
    "client": wire.Span.SPAN_KIND_CLIENT,
    "producer": wire.Span.SPAN_KIND_PRODUCER,
    "consumer": wire.Span.SPAN_KIND_CONSUMER,
}


def encoded(service: str, spans: Iterable[Span]) -> bytes:
    """
    A request that tells spans of a service of this process.
    """
    who: dict[str, str | int | bool] = {
        "service.namespace": "news-ingest",
        "service.name": f"news-{service}",
        "host.name": platform.node(),
        "process.pid": os.getpid(),
    }
    told = wire.ScopeSpans(scope=InstrumentationScope(name="news-ingest"), spans=[_span(span) for span in spans])
    by_process = wire.ResourceSpans(resource=Resource(attributes=_attributes(who)), scope_spans=[told])
    body: bytes = ExportTraceServiceRequest(resource_spans=[by_process]).SerializeToString()
    return body


def _span(span: Span) -> wire.Span:
    attributes = {**span.attributes, "error.type": span.error} if span.error else span.attributes
    status = wire.Status(code=wire.Status.STATUS_CODE_ERROR, message=span.error) if span.error else None
    links = [_link(span)] if span.link else []
    return wire.Span(
        trace_id=bytes.fromhex(span.context.trace_id),
        span_id=bytes.fromhex(span.context.span_id),
        parent_span_id=bytes.fromhex(span.parent or ""),
        flags=span.context.flags,
        name=span.name,
        kind=_KINDS[span.kind],
        start_time_unix_nano=_nanoseconds(span.began),
        end_time_unix_nano=_nanoseconds(span.ended),
        attributes=_attributes(attributes),
        links=links,
        status=status,
    )


def _link(span: Span) -> wire.Span.Link:
    assert span.link is not None
    return wire.Span.Link(trace_id=bytes.fromhex(span.link.trace_id), span_id=bytes.fromhex(span.link.span_id))


def _attributes(given: Mapping[str, str | int | bool]) -> list[KeyValue]:
    return [KeyValue(key=key, value=_value(value)) for key, value in given.items()]


def _value(value: str | int | bool) -> AnyValue:
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    return AnyValue(string_value=value)


def _nanoseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * 1000
