"""
Golden cases of the cleaner: a page as it would be delivered, and the exact article that comes of it.

    python tests/golden/regenerate.py            write each case's article.json anew; read the diff before keeping it
    python tests/golden/regenerate.py --check    compare only; exit status 1 and a diff where one differs

A case is a folder with page.html or page.txt (bytes, in the encoding that the case is about), case.json (what its
headers and the feed said) and article.json.
"""

from __future__ import annotations

import difflib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from schemas.events import ArticleCleaned, PageFetched, PageMeta
from schemas.ids import article_id, page_id, sha256_hex
from schemas.sites import site_of
from services.cleaner.settings import CleanerSettings
from services.cleaner.stage import clean
from services.runtime.outcome import Emit

HERE = Path(__file__).parent
FETCHED_AT = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)


def main(arguments: list[str]) -> int:
    """
    Write or compare all cases.
    """
    is_check = "--check" in arguments
    differing = 0
    for case in sorted(path for path in HERE.iterdir() if (path / "case.json").is_file()):
        expected, found = case / "article.json", article_of(case)
        if not is_check:
            expected.write_text(found, "utf-8")
        elif expected.read_text("utf-8") != found:
            differing += 1
            before, after = expected.read_text("utf-8").splitlines(), found.splitlines()
            print("\n".join(difflib.unified_diff(before, after, str(expected), "now", lineterm="")))
    return 1 if differing else 0


def article_of(case: Path) -> str:
    """
    The article that a case's page gives now, as JSON for people to read.
    """
    outcome = clean(page_of(case), CleanerSettings())
    assert isinstance(outcome, Emit), f"{case.name}: {outcome}"
    article = outcome.events[0].event
    assert isinstance(article, ArticleCleaned)
    return json.dumps(json.loads(article.to_wire()[0]), ensure_ascii=False, indent=2) + "\n"


def page_of(case: Path) -> PageFetched:
    """
    The page of a case, as the fetcher would deliver it.
    """
    facts = json.loads((case / "case.json").read_text("utf-8"))
    [body_file] = case.glob("page.*")
    body = body_file.read_bytes()
    url = facts["url"]
    meta = PageMeta.model_validate(
        {
            "request_url": url,
            "article_id": article_id(url),
            "page_id": page_id(url, FETCHED_AT, sha256_hex(body)),
            "site": site_of(url),
            "status": 200,
            "fetched_at": FETCHED_AT,
            "body_sha256": sha256_hex(body),
        }
        | facts
    )
    return PageFetched(meta=meta, body=body)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
