"""
What tagging costs: articles of 500 words for each CPU second, by facet and all together; start-up; memory of a worker.

    python -m bench.tagging [--articles 200]

The articles are put together from the stories that the tests have, each in another order, so that no two are equal; one
process, no Kafka. Start-up and memory are those of a process of its own that loads everything and tags them all.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.exactly_once import machine
from bench.ground import keep
from schemas.events import ArticleCleaned
from schemas.parts import Timeline
from services.tagger.document import document_of
from services.tagger.facets import Found
from services.tagger.registry import load_facets, load_language
from services.tagger.settings import TaggerSettings
from services.tagger.stage import warm, work

STORIES = Path(__file__).parents[1] / "tests" / "unit" / "tagger" / "stories" / "en.toml"
WORDS = 500
SETTINGS = TaggerSettings()


def articles(count: int) -> list[ArticleCleaned]:
    """
    Articles of 500 words, the same ones every time.
    """
    stories = tomllib.loads(STORIES.read_text(encoding="utf-8"))["story"]
    paragraphs = [story["text"].strip() for story in stories]
    chance = random.Random(1)
    return [_article(number, chance.sample(paragraphs, len(paragraphs))) for number in range(count)]


def _article(number: int, paragraphs: Sequence[str]) -> ArticleCleaned:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    words = " \n\n ".join(paragraphs).split(" ")[:WORDS]
    return ArticleCleaned(
        article_id=UUID(int=number),
        page_id=UUID(int=number),
        url=f"https://paper.example/{number}",
        site="paper.example",
        headline="What happened on a day in spring",
        article_body=" ".join(words),
        in_language="en",
        timeline=Timeline(fetched_at=at),
        generation=1,
    )


def rate(act: Callable[[ArticleCleaned], Any], given: Sequence[ArticleCleaned]) -> float:
    """
    Articles for each second of CPU time.
    """
    began = time.process_time()
    for article in given:
        act(article)
    return round(len(given) / (time.process_time() - began), 1)


def by_facet(given: Sequence[ArticleCleaned]) -> dict[str, float]:
    """
    The rate of each part alone: cutting into words, the language, each facet on what is found before it.
    """
    detector = load_language(SETTINGS)
    found = {"words": rate(document_of, given), "language": rate(detector.judge, given)}
    documents = {article.article_id: document_of(article) for article in given}
    so_far = {article.article_id: Found() for article in given}
    for loaded in load_facets(SETTINGS):

        def speak(article: ArticleCleaned, loaded: Any = loaded) -> None:
            so_far[article.article_id] = loaded.annotate(documents[article.article_id], so_far[article.article_id])

        found[loaded.facet.name] = rate(speak, given)
    return found


def alone(count: int) -> dict[str, float]:
    """
    Start-up and memory, in a process of its own: this one.
    """
    began = time.monotonic()
    warm(SETTINGS)
    warm_s = time.monotonic() - began
    given = articles(count)
    all_together = rate(lambda article: work(article, SETTINGS), given)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"articles_per_cpu_s": all_together, "warm_s": round(warm_s, 2), "memory_mb": round(memory_mb)}


def main() -> int:
    """
    Measure, print, and keep the result.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.tagging", description="Measure tagging.")
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(alone(arguments.articles)))
        return 0
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.tagging", "--alone", "--articles"]
    subprocess.run([*command, "1"], check=True, capture_output=True)
    started_s = round(time.monotonic() - began, 2)
    told = subprocess.run([*command, str(arguments.articles)], check=True, capture_output=True, text=True).stdout
    parts = by_facet(articles(arguments.articles))
    result = {"machine": machine(), "words": WORDS, "first_article_s": started_s, **json.loads(told), "by_facet": parts}
    print(keep(f"tagging-{datetime.now(UTC):%Y-%m-%d}", result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
