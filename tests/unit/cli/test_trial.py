from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.events import MAX_BODY_BYTES, ArticleTagged, PageFetched
from services.cli.errors import ExitCode, InputFileError, OutputFileError
from services.cli.showing import Form, cloud_event, show
from services.cli.trial import End, Given, Trial, read_page, sniff, try_page, write_view
from services.runtime.record import Outgoing

STORY = """skip to Main Content

Lighthouse on the northern reef is painted for the first time in forty years

Volunteers from three villages carried the paint across at low tide, because no boat can land there in spring.

The lighthouse on the northern reef has a new coat of white and red. Volunteers carried four hundred litres of paint
across the sand at low tide and worked in pairs on ropes, each pair for one hour, so that nobody was caught by the
water. The last coat dates from a summer forty years ago.

Back To Top
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "story.txt"
    file.write_text(STORY, encoding="utf-8")
    os.utime(file, (1_770_000_000, 1_770_000_000))
    return file


def read(file: Path, given: Given | None = None) -> PageFetched:
    page = read_page(file, given or Given())
    assert isinstance(page, PageFetched)
    return page


def event(trial: Trial) -> Outgoing:
    assert trial.tagged is not None
    return trial.tagged


def test_a_file_becomes_the_page_that_would_have_been_fetched(story: Path) -> None:
    """
    Its name gives URL and type, its date is the time of the fetch.
    """
    meta = read(story).meta

    assert (meta.url, meta.content_type, meta.site) == ("https://try.invalid/story.txt", "text/plain", "try.invalid")
    assert meta.fetched_at == datetime.fromtimestamp(1_770_000_000, UTC)


def test_what_is_said_about_a_file_wins(story: Path) -> None:
    """
    So that a saved page can be tried as if it came from its site.
    """
    at = datetime(2026, 1, 2, tzinfo=UTC)
    meta = read(story, Given("https://A.example/x?utm_source=y", "text/html", at)).meta

    assert (meta.url, meta.content_type, meta.fetched_at) == ("https://a.example/x", "text/html", at)


def test_a_file_that_is_not_there_is_an_error_of_the_input(tmp_path: Path) -> None:
    """
    Not a trace.
    """
    with pytest.raises(InputFileError, match="cannot be read"):
        read_page(tmp_path / "none.html", Given())


def test_a_file_above_the_limit_ends_as_it_would_in_the_fetcher(tmp_path: Path) -> None:
    """
    A dead letter, with the fetcher's own code.
    """
    file = tmp_path / "large.html"
    file.write_bytes(b"x" * (MAX_BODY_BYTES + 1))
    end = read_page(file, Given())

    assert isinstance(end, End)
    assert (end.stage, end.outcome, end.reason) == ("fetcher", "deadletter", "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\n <!doctype html><p>x", "text/html"),
        (b"\xef\xbb\xbf<html>", "text/html"),
        (b"\xff\xfe<\x00h\x00t\x00m\x00l\x00", "text/html"),
        (b"skip to Main Content\n\n3 < 4", "text/plain"),
    ],
)
def test_a_type_is_sniffed_where_the_name_does_not_tell(body: bytes, expected: str) -> None:
    """
    Standard input has no name.
    """
    assert sniff(body) == expected


def test_a_story_comes_out_clean_and_tagged(story: Path) -> None:
    """
    The same code as behind Kafka, from the page to the public event.
    """
    article = ArticleTagged.from_wire(event(try_page(read(story), {})).value or b"", {})

    assert article.headline.startswith("Lighthouse on the northern reef")
    assert article.in_language == "en"
    assert "skip to" not in article.article_body.lower()
    assert "back to top" not in article.article_body.lower()
    assert "four hundred litres" in article.article_body


def test_json_prints_exactly_the_bytes_of_the_event(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    What a subscriber would read, and a line feed.
    """
    trial = try_page(read(story), {})
    code = show(trial, Form(as_json=True))

    assert capsys.readouterr().out.encode() == (event(trial).value or b"") + b"\n"
    assert code is ExitCode.DONE


def test_the_envelope_is_a_cloud_event(story: Path) -> None:
    """
    CloudEvents' JSON format: attributes beside `data`.
    """
    told = cloud_event(event(try_page(read(story), {})))

    assert (told["specversion"], told["type"]) == ("1.0", "news.article.tagged.v1")
    assert told["kafkakey"] == told["data"]["articleId"]
    assert told["datacontenttype"] == "application/json"


def test_the_same_file_gives_the_same_bytes_in_every_process(story: Path) -> None:
    """
    No clock, no random order: two processes with different hash seeds agree to the byte.
    """
    command = [sys.executable, "-m", "services.cli", "try", str(story), "--envelope"]
    told = {
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    }

    assert len(told) == 1


def test_a_page_without_an_article_is_explained_and_has_its_own_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    No event is an answer too.
    """
    file = tmp_path / "empty.html"
    file.write_text("<html><body><nav>Home</nav></body></html>")
    code = show(try_page(read(file), {}), Form())

    told = capsys.readouterr().out
    assert code is ExitCode.DROPPED
    assert told.startswith("No event: ")
    assert "(cleaner)" in told


def test_an_explanation_names_what_was_removed_and_where_values_came_from(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    Every removed line and every value can be accounted for.
    """
    show(try_page(read(story), {}), Form(explain=True))

    told = capsys.readouterr().out
    assert "skip to Main Content" in told.split("What was removed:")[1]
    assert "headline" in told.split("Where values came from:")[1]
    assert "in the headline" in told.split("Why it has its tags:")[1]


def test_a_view_shows_what_was_kept_and_what_was_not(story: Path, tmp_path: Path) -> None:
    """
    All texts of the page, without a script, and without anything that a browser would load.
    """
    target = tmp_path / "view.html"
    write_view(read(story), target, {})

    view = target.read_text("utf-8")
    kept, gone = view.split('class="kept"')[1:], view.split('class="gone"')[1:]
    assert any("skip to Main Content" in piece for piece in gone)
    assert kept
    assert "<script" not in view
    assert "default-src 'none'" in view


def test_a_view_that_cannot_be_written_says_so(story: Path, tmp_path: Path) -> None:
    """
    With a code of its own.
    """
    with pytest.raises(OutputFileError):
        write_view(read(story), tmp_path / "nowhere" / "view.html", {})
