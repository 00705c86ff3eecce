"""
What a service says: one structured line per committed record, JSON unless a person is watching.
"""

from __future__ import annotations

import logging
import sys
import time
from typing import Any

import structlog

from schemas.trace_context import read
from services.runtime.processor import Conclusion

QUIET_S = 10.0
"""A lone broker's absence makes aiokafka log about 100 errors a second; each is let through once in this time."""


class Repeats(logging.Filter):
    """
    Lets each distinct message of a chatty library through once in `QUIET_S` seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """
        Tell whether the line at this place of the code has been quiet long enough.
        """
        now, source = time.monotonic(), (record.pathname, record.lineno)
        if now - self._last.get(source, -QUIET_S) < QUIET_S:
            return False
        self._last[source] = now
        return True


def configure(service: str, log_format: str) -> structlog.stdlib.BoundLogger:
    """
    Set logging up for a process (`auto`, `json` or `text`); return its logger.
    """
    is_text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = structlog.dev.ConsoleRenderer() if is_text else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Repeats())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logger: structlog.stdlib.BoundLogger = structlog.get_logger().bind(service=service)
    return logger


def committed(log: structlog.stdlib.BoundLogger, conclusion: Conclusion, elapsed_s: float) -> None:
    """
    Write the one line of an input whose transaction is committed.
    """
    origin, trace = conclusion.facts.origin, read(conclusion.facts.traceparent)
    log.info(
        "committed",
        outcome=conclusion.outcome,
        reason=conclusion.reason,
        detail=conclusion.detail[:300],
        subject=conclusion.subject,
        topic=origin.topic,
        partition=origin.partition,
        offset=origin.offset,
        event_id=conclusion.facts.event_id,
        elapsed_s=round(elapsed_s, 3),
        **({"trace_id": trace.trace_id} if trace else {}),
    )
