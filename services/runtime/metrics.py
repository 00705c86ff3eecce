"""
What a service measures of itself, by names that Prometheus reads. The only module that knows its client library.

docs/metrics.md is made from this table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.metrics import MetricWrapperBase

from services.runtime.processor import Conclusion

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
AGES_S = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 24 * 3600)
"""Bounds of histograms: of what a machine does, and of how old news is."""

MEMORY_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where Linux tells a container its limit: cgroup v2, and v1."""

UNLIMITED_BYTES = 1 << 60
"""cgroup v1 has no word for "none", but a number beyond all machines."""


class Moving(Protocol):
    """
    What is measured of a task.
    """

    @property
    def partition(self) -> int: ...

    @property
    def behind(self) -> int: ...

    @property
    def is_open(self) -> bool: ...

    @property
    def oldest(self) -> datetime | None: ...


class Metrics:
    """
    The figures of one process.

    Attributes:
        registry: What is shown.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._records = self._counter("news_records", "inputs that came to their end", "outcome", "reason")
        self._record_seconds = self._histogram(
            "news_record_seconds", "from taking an input to the commit of its outcome", SECONDS
        )
        self._age_seconds = self._histogram(
            "news_age_seconds",
            "age of an article at the commit, since it was published, discovered, fetched",
            AGES_S,
            "since",
        )
        self._transactions = self._counter("news_transactions", "transactions by result", "result")
        self._transaction_seconds = self._histogram("news_transaction_seconds", "length of a transaction", SECONDS)
        self._task_failures = self._counter("news_task_failures", "tasks that had to start again", "error")
        self._worker_ends = self._counter("news_worker_ends", "workers that were ended", "reason")
        self._lag = self._gauge("news_lag_records", "offsets between the commit and the end of the input", "partition")
        self._oldest = self._gauge("news_oldest_input_seconds", "age of the oldest record without an end", "partition")
        self._tasks = self._gauge("news_tasks", "partitions that this process serves")
        self._partitions = self._gauge("news_partitions", "partitions that all processes of the service have to serve")
        self._confirmed = self._gauge("news_member_unconfirmed_seconds", "since the broker last confirmed this member")
        self._workers = self._gauge("news_workers", "worker processes")
        self._busy = self._gauge("news_workers_busy", "worker processes that are at work")
        self._worker_bytes = self._gauge("news_worker_resident_bytes", "memory of all workers together")
        self._spans = self._counter(
            "news_spans", "spans of traces: sent, or dropped since the collector is away or slow", "result"
        )
        self._memory_limit = self._gauge("news_memory_limit_bytes", "memory that the container may take; 0: any")
        self._stage = self._gauge("news_stage", "what the stage counts of itself, by its name", "name")

    def committed(self, conclusion: Conclusion, elapsed_s: float, now: datetime, *, is_live: bool = True) -> None:
        """
        Count an input whose outcome is committed. What a replay publishes is old, and says nothing about latency.
        """
        self._records.labels(conclusion.outcome, conclusion.reason).inc()
        self._record_seconds.observe(elapsed_s)
        for name, moment in conclusion.milestones.items() if is_live else ():
            self._age_seconds.labels(name).observe(max(0.0, (now - moment).total_seconds()))

    def transaction(self, seconds: float) -> None:
        """
        Count a transaction that is committed.
        """
        self._transactions.labels("committed").inc()
        self._transaction_seconds.observe(seconds)

    def transaction_failed(self) -> None:
        """
        Count a transaction that is not, or of which nobody knows.
        """
        self._transactions.labels("failed").inc()

    def task_failed(self, error: BaseException) -> None:
        """
        Count a task that has to start again.
        """
        self._task_failures.labels(type(error).__name__).inc()

    def worker_ended(self, reason: str) -> None:
        """
        Count a worker that was replaced: `WORK_TIMEOUT`, `WORKER_DIED`, or `RECYCLED` after its share of records.
        """
        self._worker_ends.labels(reason).inc()

    def spans(self, result: str, count: int) -> None:
        """
        Count spans that were `sent` or `dropped`.
        """
        self._spans.labels(result).inc(count)

    def watch_tasks(self, tasks: Iterable[Moving], *, partitions: int, unconfirmed_s: float, now: datetime) -> None:
        """
        Look at the tasks. To be called every second.

        Args:
            tasks: Those of this process. What one is behind is known when its partition is served.
            partitions: Of the input.
            unconfirmed_s: Since the broker last confirmed this member.
            now: The time of day.
        """
        served = [task for task in tasks if task.is_open]
        self._lag.clear()
        self._oldest.clear()
        for task in served:
            self._lag.labels(task.partition).set(max(0, task.behind))
            age = (now - task.oldest).total_seconds() if task.oldest else 0.0
            self._oldest.labels(task.partition).set(max(0.0, age))
        self._tasks.set(len(served))
        self._partitions.set(partitions)
        self._confirmed.set(unconfirmed_s)

    def watch_memory(self, workers: Iterable[int], busy: int) -> None:
        """
        Look at the worker processes, by their ids, and at how many of them are at work. To be called every second.
        """
        pids = list(workers)
        self._workers.set(len(pids))
        self._busy.set(busy)
        self._worker_bytes.set(sum(map(_resident_bytes, pids)))
        self._memory_limit.set(_memory_limit_bytes())

    def stage(self, figures: Mapping[str, float]) -> None:
        """
        Show what the stage counts of itself, summed over the tasks of this process.
        """
        for name, figure in figures.items():
            self._stage.labels(name).set(figure)

    def table(self) -> list[tuple[str, str, tuple[str, ...], str]]:
        """
        `(name, kind, labels, meaning)` of each metric of ours, for the documentation.
        """
        ours = (value for value in vars(self).values() if isinstance(value, MetricWrapperBase))
        described = ((metric, next(iter(metric.describe()))) for metric in ours)
        return [
            (family.name, family.type, tuple(metric._labelnames), family.documentation)  # noqa: SLF001
            for metric, family in described
        ]

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, bounds: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, registry=self.registry, buckets=bounds)


def _resident_bytes(pid: int) -> int:
    """
    Of a process on Linux; 0 elsewhere, and for one that has ended.
    """
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * 4096
    except (OSError, IndexError):
        return 0


def _memory_limit_bytes() -> int:
    for place in MEMORY_LIMITS:
        try:
            limit = int(place.read_text("ascii"))
        except (OSError, ValueError):  # not there, or the word "max"
            continue
        return limit if limit < UNLIMITED_BYTES else 0
    return 0
