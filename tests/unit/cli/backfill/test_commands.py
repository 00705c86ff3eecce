from __future__ import annotations

import gzip
import json
from pathlib import Path

from typer.testing import CliRunner, Result

from services.cli.app import app
from services.cli.errors import ExitCode
from tests.fixtures.archives import crawl, html, http, packed, record, response, url_of


def types(*words: str) -> Result:
    """
    What a command answers.
    """
    return CliRunner().invoke(app, list(words))


def test_a_rehearsal_needs_no_kafka(tmp_path: Path) -> None:
    """
    It tells of each file what would be imported, what would be left and why, and how long it takes.
    """
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(b"".join(crawl(30)))
    done = types("import", "warc", str(path), "--dry-run")

    assert done.exit_code == ExitCode.DONE
    assert done.stdout.splitlines() == [
        "crawl.warc.gz: 30 pages would be imported; left: 30 REQUEST, 3 REVISIT, 1 BROKEN_RECORD, 1 WARCINFO",
        "At 20 a second that takes 2 s, longer where live traffic comes first.",
        "Nothing was written.",
    ]


def test_nothing_found_says_why(tmp_path: Path) -> None:
    """
    What was read, and for which reasons all of it was left.
    """
    path = tmp_path / "x.warc.gz"
    path.write_bytes(packed([record("response", url_of(1), http(html(1), "404 Not Found")), b"WARC/1.0\r\n\r\n"]))
    done = types("import", "warc", str(path), "--dry-run")
    told = types("import", "warc", str(path), "--dry-run", "--json")

    assert done.exit_code == told.exit_code == ExitCode.NOTHING
    assert "2 records were read, and none is a page" in done.stderr
    assert json.loads(told.stdout)["left"] == {"BROKEN_RECORD": 1, "HTTP_404": 1}


def test_a_file_without_records_says_so(tmp_path: Path) -> None:
    """
    That is something else than records that are no pages.
    """
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"")
    done = types("import", "warc", str(path), "--dry-run")

    assert (done.exit_code, done.stderr) == (ExitCode.NOTHING, "x.warc.gz: there is no record in it.\n")


def test_a_file_that_is_compressed_as_a_whole_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """
    Unpacked, it can be imported.
    """
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(response(1) + response(2)))
    refused = types("import", "warc", str(path), "--dry-run")
    path.write_bytes(gzip.decompress(path.read_bytes()))

    assert refused.exit_code == ExitCode.INPUT
    assert "gunzip --keep" in refused.stderr
    assert types("import", "warc", str(path), "--dry-run", "--json").exit_code == ExitCode.DONE


def test_no_file_is_begun_before_all_were_looked_at(tmp_path: Path) -> None:
    """
    A name that was mistyped stops the command while nothing is done.
    """
    path = tmp_path / "x.warc.gz"
    path.write_bytes(packed([response(1)]))
    done = types("import", "warc", str(path), str(tmp_path / "y.warc.gz"), "--dry-run")

    assert (done.exit_code, done.stdout) == (ExitCode.INPUT, "")


def test_a_list_of_urls_can_be_tried_out_too(tmp_path: Path) -> None:
    """
    Nothing is requested.
    """
    path = tmp_path / "urls.txt"
    path.write_text("https://a.test/1\nnonsense\n")
    told = json.loads(types("import", "urls", str(path), "--dry-run", "--json").stdout)

    assert told == {"requested": 0, "wanted": 1, "left": {"NO_URL": 1}}


def test_without_a_beginning_nobody_knows_what_to_export(tmp_path: Path) -> None:
    """
    All of it has to be asked for.
    """
    for words in (("export", "warc", str(tmp_path / "x.warc.gz")), ("import", "topic", "a:9092")):
        assert types(*words).exit_code == ExitCode.USAGE


def test_a_replay_cannot_take_the_name_of_an_import() -> None:
    """
    Both have their states on one topic.
    """
    assert types("replay", "start", "pages", "--all", "--name", "import-1").exit_code == ExitCode.USAGE
