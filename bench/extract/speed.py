"""
CPU time a page of the whole cleaner against trafilatura, page by page in turns:

    python -m bench.extract.speed --data <dev folder> --pages 60 [--rounds 3] [--json <file>]

The pages are drawn evenly from the sets. Of each page the best of its rounds counts, for both sides alike, because
what else the machine does only ever adds; the ratio is of the medians over all pages. Each side cleans every page
before it is timed, once in a warm-up round, so that no cache is filled on the clock of either.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from bench.extract.pages import read_truths
from bench.plugins import SETTINGS, page_of
from services.cleaner.stage import clean, study, warm

Page = tuple[dict[str, Any], bytes]


def draw(data: Path, pages: int) -> list[Page]:
    """
    So many pages in all, as many from each set as it can give, spread over the set.
    """
    sets: dict[str, list[Page]] = {}
    for truth, html in read_truths(data):
        sets.setdefault(truth["set"], []).append((truth, html))
    each = max(1, pages // len(sets))
    return [page for found in sets.values() for page in found[:: max(1, len(found) // each)][:each]]


def cpu_ms(run: Callable[[], object]) -> float:
    """
    Milliseconds of this process' CPU that a call takes.
    """
    started = time.process_time()
    run()
    return 1000 * (time.process_time() - started)


def measure(pages: Sequence[Page], rounds: int) -> list[dict[str, Any]]:
    """
    Both sides' times of each page, in milliseconds of CPU, and whether ours asked the library.
    """
    found: list[dict[str, Any]] = []
    for truth, html in pages:
        done = study(page_of(html, truth.get("url")), SETTINGS)
        asked = bool(done.draft and done.draft.found and done.draft.found.is_library)
        bare_extraction(html, with_metadata=True)
        found.append({"set": truth["set"], "id": truth["id"], "ours": 1e9, "theirs": 1e9, "is_library": asked})
    for _ in range(rounds):
        for entry, (truth, html) in zip(found, pages, strict=True):
            page = page_of(html, truth.get("url"))
            entry["ours"] = min(entry["ours"], cpu_ms(partial(clean, page, SETTINGS)))
            entry["theirs"] = min(entry["theirs"], cpu_ms(partial(bare_extraction, html, with_metadata=True)))
    return found


def summary(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """
    The figures over some pages.
    """
    ours = sorted(entry["ours"] for entry in found)
    theirs = sorted(entry["theirs"] for entry in found)
    fallen = [entry for entry in found if entry["is_library"]]
    return {
        "pages": len(found),
        "ratio_of_medians": statistics.median(theirs) / statistics.median(ours),
        "ratio_of_means": sum(theirs) / sum(ours),
        "ours_ms": _spread(ours),
        "theirs_ms": _spread(theirs),
        "asked_library": len(fallen),
        "asked_library_share": len(fallen) / len(found),
        "asked_library_share_of_time": sum(entry["ours"] for entry in fallen) / sum(ours),
    }


def _spread(times: Sequence[float]) -> dict[str, float]:
    last = len(times) - 1
    spread = {f"p{part}": times[round(part / 100 * last)] for part in (50, 95, 99)}
    return {"mean": sum(times) / len(times), **spread, "max": times[-1]}


def _shown(spread: dict[str, float]) -> str:
    return " ".join(f"{name} {value:.1f}" for name, value in spread.items())


def main() -> None:
    """
    Print a row for each set, and for all of them.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    warm()
    found = measure(draw(arguments.data, arguments.pages), arguments.rounds)
    names = list(dict.fromkeys(entry["set"] for entry in found))
    table = {name: summary([entry for entry in found if entry["set"] == name]) for name in names}
    table["all"] = summary(found)
    for name, row in table.items():
        print(
            f"{name:<18}{row['pages']:>5} pages  ratio {row['ratio_of_medians']:.2f}"
            f", of means {row['ratio_of_means']:.2f}  ours ms {_shown(row['ours_ms'])}"
            f"  theirs ms {_shown(row['theirs_ms'])}"
            f"  asked the library {row['asked_library_share']:.1%} of pages"
            f" ({row['asked_library_share_of_time']:.0%} of our time)"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps({"summary": table, "pages": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
