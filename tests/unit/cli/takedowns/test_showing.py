from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from schemas.takedowns import Takedown
from services.cli.takedowns.control import Ordered
from services.cli.takedowns.showing import show_list, show_ordered

ID = UUID(int=7)
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def takedown(**fields: Any) -> Takedown:
    known = {"takedown_id": ID, "article_ids": [ID], "reason": "order 12", "by": "ada", "began_at": NOW}
    return Takedown.model_validate(known | {"changed_at": NOW, "swept_at": NOW} | fields)


def test_what_was_touched_is_told_with_who_deletes_it_and_until_when(capsys: pytest.CaptureFixture[str]) -> None:
    """
    And what no takedown reaches.
    """
    touched = {"news.fetch.requested": 1, "news.page.fetched": 2, "news.article.tagged": 3}
    show_ordered(Ordered(takedown(touched=touched), unheard=("cleaner",)), as_json=False)
    said = capsys.readouterr()

    assert "news.fetch.requested      1  not delivered any more; goes by its age, within 8 days" in said.out
    assert "news.page.fetched         2  deleted\n" in said.out
    assert "news.article.tagged       3  deleted by the tagger" in said.out
    assert "by 2026-04-11 at the latest" in said.out
    assert "backups" in said.out
    assert "WARC" in said.out
    assert "The cleaner has not read of it" in said.err


def test_a_program_is_told_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """
    One object.
    """
    show_ordered(Ordered(takedown(touched={"news.page.fetched": 2})), as_json=True)
    told = json.loads(capsys.readouterr().out)

    assert (told["touched"], told["unheard"], told["by"]) == ({"news.page.fetched": 2}, [], "ada")


def test_a_takedown_that_was_killed_halfway_is_seen_in_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """
    It stands; only its second sweep is missing.
    """
    show_list([takedown(swept_at=None), takedown(state="lifted", takedown_id=UUID(int=8))], as_json=False)
    said = capsys.readouterr().out

    assert "not swept twice" in said
    assert "lifted" in said
