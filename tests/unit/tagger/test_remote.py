from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from services.runtime.errors import SettingsError
from services.tagger.document import document_of
from services.tagger.facets import FacetFailedError, Found
from services.tagger.remote import GIVE_UP_AFTER, LEFT_ALONE, RemoteFacet
from services.tagger.settings import TaggerSettings
from services.tagger.stage import work
from tests.unit.tagger.conftest import make_article

BODY = "Zorvan Pelk opened the mill in Norway."
PELK = {"type": "person", "name": "Zorvan Pelk", "salience": 1.0, "score": 0.9}
HERE = {"field": "articleBody", "start": 0, "end": 11, "text": "Zorvan Pelk"}
ANSWER = {"version": "7", "entities": [{**PELK, "mentions": [HERE], "source": "my own"}]}
TIMEOUT_S = 0.3


class Elsewhere:
    """
    What a server that we are not in charge of says; `pace_s` is between the bytes of it.
    """

    def __init__(self, text: str = json.dumps(ANSWER), status: int = 200, pace_s: float = 0.0) -> None:
        self.text, self.status, self.pace_s = text, status, pace_s
        self.asked: list[dict[str, Any]] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                place.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(place.status)
                self.end_headers()
                for byte in (place.text.encode(),) if not place.pace_s else map(chr, place.text.encode()):
                    time.sleep(place.pace_s)
                    try:
                        self.wfile.write(byte if isinstance(byte, bytes) else byte.encode())
                    except OSError:
                        return

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
                pass

        return Handler


@contextmanager
def serving(place: Elsewhere) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), place.handler())
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tag"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings(url: str, **others: Any) -> TaggerSettings:
    return TaggerSettings(
        facets=("names", "categories", "keywords", "remote"), remote_url=url, remote_timeout_s=TIMEOUT_S, **others
    )


def test_what_is_answered_replaces_the_fields_that_it_may_speak_for() -> None:
    """
    Entities are the remote facet's, with a source of ours and its version; places are as they were.
    """
    place = Elsewhere()
    with serving(place) as url:
        annotated = work(make_article(BODY), settings(url))

    assert annotated.found.entities is not None
    assert annotated.found.places is not None
    assert [(entity.name, entity.source) for entity in annotated.found.entities] == [("Zorvan Pelk", "remote/7")]
    assert [each.name for each in annotated.found.places] == ["Norway"]
    assert annotated.facets["entities"].model == "remote"


def test_it_is_sent_the_article_and_what_was_found() -> None:
    """
    A model can go on from what rules have said.
    """
    place = Elsewhere()
    with serving(place) as url:
        work(make_article(BODY), settings(url))

    [asked] = place.asked
    assert (asked["language"], asked["articleBody"]) == ("en", BODY)
    assert asked["found"]["places"][0]["name"] == "Norway"


BROKEN = {
    "an error": Elsewhere(status=500),
    "no JSON": Elsewhere("<html>"),
    "no object": Elsewhere("[1]"),
    "no entity": Elsewhere('{"entities": [{"name": "x"}]}'),
    "a name where it is not": Elsewhere(json.dumps({"entities": [{**PELK, "mentions": [{**HERE, "start": 1}]}]})),
    "too much": Elsewhere(json.dumps({"keywords": [{"text": "x", "score": 1}] * 101})),
    "a byte now and then": Elsewhere(pace_s=0.05),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_used_ends_in_a_status_and_stops_no_article(what: str) -> None:
    """
    What the rules found stands, and the failure is told; it takes its time-out and no longer.
    """
    with serving(BROKEN[what]) as url:
        began = time.monotonic()
        annotated = work(make_article(BODY), settings(url))
        took_s = time.monotonic() - began

    assert annotated.facets["remote"].status == "failed"
    assert annotated.facets["entities"].model == "names-rules"
    assert annotated.found.entities is not None
    assert took_s < TIMEOUT_S + 2


def test_nobody_there_is_a_status_too() -> None:
    """
    A refused connection is as good as a wrong answer.
    """
    assert work(make_article(BODY), settings("http://127.0.0.1:9/")).facets["remote"].status == "failed"


def test_a_dead_one_is_left_alone_for_a_while() -> None:
    """
    After a few failures in a row it is not asked for the next hundred articles, then again.
    """
    place = Elsewhere(status=503)
    document = document_of(make_article(BODY))
    with serving(place) as url:
        annotate = RemoteFacet(url, TIMEOUT_S, ("entities",)).load()
        for _ in range(GIVE_UP_AFTER + LEFT_ALONE + 1):
            with pytest.raises(FacetFailedError):
                annotate(document, Found())

    assert len(place.asked) == GIVE_UP_AFTER + 1


def test_it_is_asked_about_its_languages_only() -> None:
    """
    `NEWS_TAGGER_REMOTE_LANGUAGES` keeps other articles away from it.
    """
    place = Elsewhere()
    with serving(place) as url:
        work(make_article(BODY), settings(url, remote_languages=("de",)))

    assert place.asked == []


def test_it_is_off_unless_it_is_chosen_and_has_an_address() -> None:
    """
    As shipped nothing is asked; chosen without an address, the tagger does not start.
    """
    assert "remote" not in TaggerSettings().facets
    with pytest.raises(SettingsError, match="NEWS_TAGGER_REMOTE_URL"):
        TaggerSettings.from_environ({"NEWS_TAGGER_FACETS": "names,remote"})
