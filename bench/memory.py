"""
Does a cleaner's worker grow? One worker of the service's kind, many pages, its resident memory after each thousand.

    python -m bench.memory --data FOLDER [--pages 100000] [--max-bytes 30000] [--recycled-pages 10000] [--json FILE]

The pages are those of the folder that are small enough, each time with other words, names, classes and addresses, so
that no two are equal and a memo keyed by any of them would show. The runtime's own cure, a fresh worker every 2,000
records, is off; a second, shorter run has it. Exit status 1 where memory grows faster than `--max-slope` MB per 10,000
pages after the first tenth, or where a worker was lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from bench.fuzz.arena import undecided
from bench.fuzz.corpus import read_corpus
from bench.fuzz.fresh import Pages
from bench.fuzz.weighed import Weighed, clean_and_weigh
from schemas.events import PageFetched
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import warm
from services.runtime.pool import Done, Pool, PoolError
from services.runtime.settings import RuntimeSettings
from services.runtime.stage import Stage

WINDOW = 1000
"""Pages between two samples."""

WARM_UP = 0.1
"""Share of the pages after which memory is expected to be flat."""

PLOT_COLUMNS, PLOT_ROWS = 72, 12


@dataclass
class Series:
    """
    One run.

    Attributes:
        worker_records: After how many records a worker is replaced.
        rss_mb: After each `WINDOW` pages.
        peak_mb: The most after any page.
        slope_mb: Growth per 10,000 pages after warm-up, by least squares; None where there are too few samples.
        lost: Pages without an outcome: a worker was killed or the stage raised.
    """

    pages: int
    worker_records: int
    rss_mb: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    slope_mb: float | None = None
    workers: int = 0
    lost: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)

    def close(self) -> None:
        """
        Fit the line.
        """
        first = int(len(self.rss_mb) * WARM_UP)
        late = self.rss_mb[first:]
        if len(late) > 2:
            pages = [(first + index + 1) * WINDOW / 10_000 for index in range(len(late))]
            self.slope_mb = round(statistics.linear_regression(pages, late).slope, 3)


async def run(pages: Pages, count: int, worker_records: int) -> Series:
    """
    Clean so many pages, one after the other.

    Raises:
        PoolError: No worker can be started.
    """
    series, start, spent = Series(count, worker_records), time.monotonic(), _children_s()
    work = partial(clean_and_weigh, settings=CleanerSettings())
    settings = RuntimeSettings().model_copy(update={"workers": 1, "worker_records": worker_records})
    pool = Pool(Stage(work=work, decide=undecided, warm=warm), settings)
    await pool.start()
    try:
        seen: set[int] = set()
        for number in range(1, count + 1):
            rss_mb = await _step(pool, pages.make(number), series, seen)
            if number % WINDOW == 0 and rss_mb is not None:
                series.rss_mb.append(rss_mb)
                _progress(number, count, rss_mb)
    finally:
        await pool.stop()
    series.workers, series.wall_s = len(seen), round(time.monotonic() - start, 1)
    series.cpu_s = round(_children_s() - spent, 1)
    series.close()
    return series


async def _step(pool: Pool, page: PageFetched, series: Series, seen: set[int]) -> float | None:
    """
    One page; return the worker's resident memory in MB, None where it was lost.
    """
    worked = await pool.run(page)
    if not isinstance(worked, Done):
        series.lost += 1
        series.outcomes[worked.reason] += 1
        print(f"lost: {worked.reason} {worked.detail}\n{worked.exception or ''}", file=sys.stderr)
        return series.rss_mb[-1] if series.rss_mb else None
    weighed: Weighed = worked.value
    seen.add(weighed.process)
    rss_mb = round(weighed.rss_bytes / 1e6, 2)
    series.peak_mb = max(series.peak_mb, rss_mb)
    series.outcomes[f"{type(weighed.outcome).__name__.lower()} {weighed.outcome.reason}"] += 1
    return rss_mb


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _progress(number: int, count: int, rss_mb: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{number} of {count} pages, {rss_mb:.0f} MB ", end="", file=sys.stderr)


def plot(values: Sequence[float]) -> str:
    """
    A curve in text: memory in MB upwards from zero, pages to the right.
    """
    if not values:
        return "no samples"
    columns = min(PLOT_COLUMNS, len(values))
    means = [statistics.fmean(_slice(values, index, columns)) for index in range(columns)]
    top = max(values) * 1.1
    levels = [round(mean / top * PLOT_ROWS) for mean in means]
    rows = [
        f"{top * row / PLOT_ROWS:7.0f} |" + "".join("*" if level == row else " " for level in levels).rstrip()
        for row in range(PLOT_ROWS, -1, -1)
    ]
    return "\n".join(("     MB", *rows, " " * 8 + "+" + "-" * columns + f" {len(values) * WINDOW} pages"))


def _slice(values: Sequence[float], index: int, columns: int) -> Sequence[float]:
    return values[index * len(values) // columns : (index + 1) * len(values) // columns]


def told(series: Series) -> str:
    """
    A run for people.
    """
    slope = "too few samples for a slope" if series.slope_mb is None else f"{series.slope_mb:+.2f} MB per 10,000 pages"
    ends = ", ".join(f"{name} {count}" for name, count in series.outcomes.most_common())
    rate = series.pages / series.cpu_s if series.cpu_s else 0
    return (
        f"{series.pages} pages, a fresh worker every {series.worker_records}: {slope}, peak {series.peak_mb:.0f} MB, "
        f"{series.workers} workers, {series.lost} lost; {series.cpu_s:.0f} CPU s ({rate:.0f} pages/s), "
        f"{series.wall_s:.0f} s\n{ends}\n{plot(series.rss_mb)}"
    )


def parse(arguments: list[str]) -> argparse.Namespace:
    """
    Read the command line.
    """
    parser = argparse.ArgumentParser(
        prog="python -m bench.memory", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with html.zip files or *.html files")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--recycled-pages", type=int, default=10_000, help="of the second run; 0 for none")
    parser.add_argument("--max-bytes", type=int, default=30_000, help="larger pages are left out")
    parser.add_argument("--max-slope", type=float, default=1.0, help="MB per 10,000 pages")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result there too")
    return parser.parse_args(arguments)


async def measure(options: argparse.Namespace) -> list[Series]:
    """
    Both runs.

    Raises:
        PoolError: No worker can be started.
        ValueError: No page is small enough.
    """
    bodies = [entry.read() for entry in read_corpus(options.data) if entry.size <= options.max_bytes]
    if not bodies:
        raise ValueError(f"no page of at most {options.max_bytes} bytes under {options.data}")
    found = [await run(Pages(bodies, options.seed), options.pages, options.pages + 1)]
    if options.recycled_pages:
        found.append(await run(Pages(bodies, options.seed), options.recycled_pages, RuntimeSettings().worker_records))
    return found


def main(arguments: list[str]) -> int:
    """
    Measure; return the exit status.
    """
    options = parse(arguments)
    try:
        found = asyncio.run(measure(options))
    except (PoolError, OSError, ValueError) as error:
        print(f"cannot run: {error}", file=sys.stderr)
        return 2
    print(("\n" if sys.stderr.isatty() else "") + "\n\n".join(told(series) for series in found))
    if options.json:
        runs = [asdict(series) | {"outcomes": dict(series.outcomes.most_common())} for series in found]
        result = {"seed": options.seed, "max_bytes": options.max_bytes, "window": WINDOW, "runs": runs}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    is_flat = found[0].slope_mb is None or found[0].slope_mb <= options.max_slope
    return 0 if is_flat and not any(series.lost for series in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
