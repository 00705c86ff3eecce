"""
Writes the dashboard that Grafana shows: what an operator asks, in the order in which he asks it.

    python -m deploy.compose.dashboard > deploy/compose/monitoring/grafana/boards/news-ingest.json

The metrics are explained in docs/metrics.md; a test holds the names against them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COLUMNS, WIDTH, HEIGHT = 3, 8, 8
"""Grafana's grid is 24 wide."""

SOURCE = {"type": "prometheus", "uid": "prometheus"}
"""As grafana/datasources/prometheus.yaml names it."""


@dataclass(frozen=True)
class Panel:
    """
    One picture.

    Attributes:
        unit: Grafana's name of it.
        queries: PromQL, and the legend of its curves.
        about: What to read from it.
        kind: Grafana's panel type.
    """

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    about: str = ""
    kind: str = "timeseries"


@dataclass(frozen=True)
class Row:
    """
    Panels under a heading.
    """

    title: str
    panels: tuple[Panel, ...]


def quantiles(histogram: str, by: str = "", *, of: str = "", legend: str = "") -> tuple[tuple[str, str], ...]:
    """
    Median and 95th percentile of a histogram, by some labels.
    """
    labels = f"le, {by}" if by else "le"
    rate = f"sum by ({labels}) (rate({histogram}_bucket{of}[5m]))"
    return tuple(
        (f"histogram_quantile({share}, {rate})", f"{legend} {name}".strip())
        for share, name in ((0.5, "p50"), (0.95, "p95"))
    )


def age(since: str) -> tuple[tuple[str, str], ...]:
    """
    How old articles are when they are tagged.
    """
    return quantiles("news_age_seconds", of=f'{{job="tagger", since="{since}"}}')


def stage(service: str, names: str) -> tuple[tuple[str, str], ...]:
    """
    What a stage counts of itself, by name; `names` is a regular expression.
    """
    return ((f'sum by (name) (news_stage{{job="{service}", name=~"{names}"}})', "{{name}}"),)


ROWS = (
    Row(
        "Is all well?",
        (
            Panel(
                "Alerts",
                "short",
                (('count by (alertname) (ALERTS{alertstate="firing"}) or vector(0)', "{{alertname}}"),),
                "What to do about each is in docs/runbook.md.",
                "stat",
            ),
            Panel(
                "Articles, last 24 hours",
                "short",
                (('sum(increase(news_records_total{job="tagger", outcome="emit"}[24h]))', "articles"),),
                kind="stat",
            ),
            Panel(
                "Partitions without a server",
                "short",
                (("max by (job) (news_partitions) - sum by (job) (news_tasks)", "{{job}}"),),
                "0 but during a rebalance.",
                "stat",
            ),
        ),
    ),
    Row(
        "Flow",
        (
            Panel(
                "Records a second",
                "reqps",
                (("sum by (job, outcome) (rate(news_records_total[5m]))", "{{job}} {{outcome}}"),),
            ),
            Panel("Lag", "short", (("sum by (job) (news_lag_records)", "{{job}}"),), "Records that wait in Kafka."),
            Panel(
                "Oldest record without an end",
                "s",
                (("max by (job) (news_oldest_input_seconds)", "{{job}}"),),
            ),
            Panel(
                "Why not published",
                "reqps",
                (
                    (
                        'topk(10, sum by (job, reason) (rate(news_records_total{outcome="drop"}[5m])))',
                        "{{job}} {{reason}}",
                    ),
                ),
                "Drops are expected; a change of their share is worth a look.",
            ),
            Panel(
                "Dead letters, an hour",
                "short",
                (
                    (
                        'sum by (job, reason) (increase(news_records_total{outcome="deadletter"}[1h]))',
                        "{{job}} {{reason}}",
                    ),
                ),
            ),
            Panel(
                "Records: from taking to commit",
                "s",
                quantiles("news_record_seconds", "job", legend="{{job}}"),
            ),
        ),
    ),
    Row(
        "Latency: age of an article when it is tagged",
        (
            Panel("Since it was fetched", "s", age("fetched"), "Our own doing."),
            Panel("Since it was discovered", "s", age("discovered"), "With the wait for the host's turn."),
            Panel("Since it was published", "s", age("published"), "With the pause between two looks at the source."),
        ),
    ),
    Row(
        "The web",
        (
            Panel("Frontier", "short", stage("fetcher", "page_.*"), "Pages by state."),
            Panel("Due now", "short", stage("fetcher", "due|in_flight|origins_waiting"), "Due: its time has come."),
            Panel(
                "Overdue",
                "s",
                (('news_stage{name="overdue_seconds"} / on (job, instance) (news_tasks > 0)', "{{instance}}"),),
                "How late the oldest entry is, in the mean of the partitions.",
            ),
            Panel("Lists by health", "short", stage("fetcher", "lists_.*"), "Which they are: news-ingest status."),
            Panel("Hosts by circuit", "short", stage("fetcher", "hosts_.*"), "Hosts that are left alone for a while."),
            Panel("Sites", "short", stage("cleaner", "sites_.*"), "Degraded: not read as well as they were."),
        ),
    ),
    Row(
        "The machine",
        (
            Panel(
                "Transactions a second",
                "reqps",
                (("sum by (job, result) (rate(news_transactions_total[5m]))", "{{job}} {{result}}"),),
            ),
            Panel("Transactions: length", "s", quantiles("news_transaction_seconds", "job", legend="{{job}}")),
            Panel(
                "Since Kafka confirmed a member",
                "s",
                (("max by (job) (news_member_unconfirmed_seconds)", "{{job}}"),),
            ),
            Panel(
                "Workers at work",
                "percentunit",
                (("sum by (job) (news_workers_busy) / sum by (job) (news_workers)", "{{job}}"),),
                "Near 1 for long: more workers or replicas help.",
            ),
            Panel(
                "Trouble, an hour",
                "short",
                (
                    ("sum by (job, error) (increase(news_task_failures_total[1h]))", "{{job}} {{error}}"),
                    (
                        'sum by (job, reason) (increase(news_worker_ends_total{reason!="RECYCLED"}[1h]))',
                        "{{job}} {{reason}}",
                    ),
                ),
                "Tasks that started again, and workers that were ended.",
            ),
            Panel(
                "Memory",
                "bytes",
                (
                    ("max by (job) (process_resident_memory_bytes + news_worker_resident_bytes)", "{{job}}"),
                    ("min by (job) (news_memory_limit_bytes > 0)", "{{job}} limit"),
                ),
                "Of the largest replica, with its workers.",
            ),
            Panel(
                "Spans a second",
                "reqps",
                (("sum by (job, result) (rate(news_spans_total[5m]))", "{{job}} {{result}}"),),
                "Of traces, where a collector is named (docs/traces.md).",
            ),
        ),
    ),
)


def dashboard() -> dict[str, Any]:
    """
    The whole, as Grafana reads it.
    """
    return {
        "uid": "news-ingest",
        "title": "news-ingest",
        "schemaVersion": 39,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": list(laid_out()),
    }


def laid_out() -> Iterator[dict[str, Any]]:
    """
    Every row and panel, at its place.
    """
    top, number = 0, 1
    for row in ROWS:
        yield {"id": number, "type": "row", "title": row.title, "collapsed": False, "panels": [], "gridPos": _at(top)}
        for index, panel in enumerate(row.panels):
            place = _at(top + 1 + index // COLUMNS * HEIGHT, index % COLUMNS)
            yield {"id": number + 1 + index, **drawn(panel), "gridPos": place}
        top += 1 + -(-len(row.panels) // COLUMNS) * HEIGHT
        number += 1 + len(row.panels)


def drawn(panel: Panel) -> dict[str, Any]:
    """
    One panel, without its place.
    """
    targets = [
        {"refId": chr(ord("A") + index), "datasource": SOURCE, "expr": query, "legendFormat": legend}
        for index, (query, legend) in enumerate(panel.queries)
    ]
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": targets,
    }


def _at(top: int, column: int | None = None) -> dict[str, int]:
    if column is None:
        return {"x": 0, "y": top, "w": COLUMNS * WIDTH, "h": 1}
    return {"x": column * WIDTH, "y": top, "w": WIDTH, "h": HEIGHT}


def render() -> str:
    """
    The file.
    """
    return json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
