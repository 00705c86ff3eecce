"""
Asks a facet that runs elsewhere: one article as JSON over HTTP. The tagger's only door; shut by default.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

MAX_ANSWER_BYTES = 1_048_576


class NoAnswerError(Exception):
    """
    Nobody answered in time, or not with 200 and JSON.
    """


def post_json(url: str, question: Mapping[str, Any], timeout_s: float) -> Any:
    """
    Send a question and read the answer, all within `timeout_s` seconds, name resolution and slow senders included.

    Raises:
        NoAnswerError: There was none that can be used.
    """
    answers: SimpleQueue[Any] = SimpleQueue()
    body = json.dumps(question, ensure_ascii=False).encode()
    # A thread of its own, because no time limit of a socket holds for looking up a name or for a byte a second.
    Thread(target=_ask, args=(answers, url, body, timeout_s), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except Empty:
        raise NoAnswerError(f"none within {timeout_s:g} s") from None
    if isinstance(answer, Exception):
        raise NoAnswerError(str(answer)) from answer
    return answer


def _ask(answers: SimpleQueue[Any], url: str, body: bytes, timeout_s: float) -> None:
    try:
        answers.put(_exchange(url, body, timeout_s))
    except (OSError, http.client.HTTPException, ValueError) as error:
        answers.put(error)


def _exchange(url: str, body: bytes, timeout_s: float) -> Any:
    parts = urlsplit(url)
    door = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = door(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json", "Accept": "application/json"})
        with connection.getresponse() as response:
            text = response.read(MAX_ANSWER_BYTES + 1)
        if response.status != http.client.OK or len(text) > MAX_ANSWER_BYTES:
            raise ValueError(f"status {response.status}, {len(text)} bytes")
        return json.loads(text)
    finally:
        connection.close()
