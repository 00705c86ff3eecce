"""
What the linker's window costs: bytes of memory of an article, how long many take to be restored, and how long it takes
to link one more. Made-up articles, of which every twentieth is a copy and every third is one of a story.

    python -m bench.linking [ARTICLES]
"""

from __future__ import annotations

import json
import random
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import pack
from uuid import UUID

from schemas import topics
from schemas.parts import Origin
from schemas.stories import ArticleFingerprint, WindowEntry
from services.runtime.stage import Assignment, Cause, RecordFacts
from services.runtime.table import Table
from services.tagger.linking import likeness
from services.tagger.linking.settings import LinkerSettings
from services.tagger.linking.stage import Linker, decide, open_linker, work

ARTICLES = 1_000_000
LINKED = 300
START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = START + timedelta(hours=70)
VOCABULARY = 300_000
HASHES, FEATURES = 64, 28
ASSIGNMENT = Assignment(0, 12, START, 0.0)


def main() -> None:
    """
    Measure, and print the result.
    """
    count = int(sys.argv[1]) if sys.argv[1:] else ARTICLES
    rng = random.Random(1)
    table = Table(WindowEntry)
    before = resident_bytes()
    for entry in entries(count, rng):
        table.restore(str(entry.article_id), entry.to_wire()[0])
    packed, began = resident_bytes(), time.process_time()
    linker = open_linker(ASSIGNMENT, {topics.STORY_WINDOW.name: table}, LinkerSettings(max_articles=count))
    opened_s = time.process_time() - began
    held = resident_bytes()
    result = {
        "articles": count,
        "table_bytes_an_article": round((packed - before) / count),
        "bytes_an_article": round((held - before) / count),
        "resident_mb": round(held / 1e6),
        "open_cpu_s": round(opened_s, 1),
        "link_cpu_ms": round(linked(linker, table, rng), 2),
    }
    print(json.dumps(result))


def features(rng: random.Random) -> dict[str, int]:
    """
    As words and names are spread: a few in every text, most in hardly any.
    """
    return {f"word:en:w{int(VOCABULARY * rng.random() ** 4)}": 40 for _ in range(FEATURES)}


def sketch(rng: random.Random) -> str:
    """
    Of a text that nobody else has.
    """
    return b64encode(pack("<I", 1 << 28) + rng.randbytes(4 * HASHES)).decode()


def entries(count: int, rng: random.Random) -> Iterator[WindowEntry]:
    """
    Articles of a window.
    """
    story, any_id = UUID(int=rng.getrandbits(128)), UUID(int=rng.getrandbits(128))
    for number in range(count):
        article_id = UUID(int=rng.getrandbits(128))
        story = story if number % 60 and number % 3 == 0 else UUID(int=rng.getrandbits(128))
        is_copy = number % 20 == 0
        yield WindowEntry(
            article_id=article_id,
            url=f"https://www.paper-{number % 5000}.example/news/2026/03/01/a-headline-of-some-words-{number}",
            in_language="en",
            version=1,
            seen_at=START + timedelta(hours=70) * (number / count),
            digest="0123456789abcdef",
            first_article_id=any_id if is_copy else article_id,
            first_seen=START,
            story_id=story,
            story_since=START,
            joined_id=any_id if number % 3 == 0 else None,
            sketch="" if is_copy else sketch(rng),
            features=likeness.encoded(likeness.features_of(features(rng))),
        )


def linked(linker: Linker, table: Table, rng: random.Random) -> float:
    """
    Milliseconds of processor time to link one more, with one that leaves for each that comes.
    """
    told = [
        work(
            ArticleFingerprint(
                article_id=UUID(int=rng.getrandbits(128)),
                page_id=UUID(int=number),
                url=f"https://paper.example/{number}",
                site="paper.example",
                in_language="en",
                version=1,
                revised_at=NOW,
                word_count=500,
                sketch=sketch(rng),
                features=features(rng),
            )
        )
        for number in range(LINKED)
    ]
    began = time.process_time()
    for number, each in enumerate(told):
        cause = Cause(
            RecordFacts(Origin(topic=topics.ARTICLE_FINGERPRINTS.name, partition=0, offset=number), "e", None)
        )
        for change in decide(linker, each, cause, NOW).changes:
            table.put(change.key, change.value)
        table.commit()
    return (time.process_time() - began) / LINKED * 1000


def resident_bytes() -> int:
    """
    Of this process, on Linux.
    """
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096


if __name__ == "__main__":
    main()
