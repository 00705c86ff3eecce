from __future__ import annotations

from collections.abc import Callable
from typing import Any

BODY = (
    "The reed beds on the north shore are shrinking. Wardens say the reed beds need fresh water in spring.\n\n"
    "Margaret Quill, the warden of the north shore, wants a sluice gate. The sluice gate would cost little, Quill said."
)


def keywords_of(tagged: Any) -> list[str]:
    return [keyword.text for keyword in tagged.found.keywords]


def test_phrases_that_come_again_are_chosen(tag: Callable[..., Any]) -> None:
    """
    What the article keeps coming back to is a keyword, as a whole phrase.
    """
    chosen = keywords_of(tag(BODY, headline="Shrinking reed beds worry wardens"))

    assert {"reed beds", "sluice gate", "Margaret Quill"} <= set(chosen)
    assert "reed" not in chosen


def test_function_words_are_never_chosen(tag: Callable[..., Any]) -> None:
    """
    No keyword begins or ends with a function word.
    """
    chosen = keywords_of(tag(BODY))

    assert not {"the", "in", "on", "would"} & {word for text in chosen for word in text.split()}


def test_scores_fall_from_the_best(tag: Callable[..., Any]) -> None:
    """
    The best keyword has score 1, and none after it has more.
    """
    scores = [keyword.score for keyword in tag(BODY).found.keywords]

    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)


def test_a_language_with_function_words_has_keywords(tag: Callable[..., Any]) -> None:
    """
    German has keywords, though only the names of tables are read.
    """
    body = "Die Brücke wird erneuert. Die alte Brücke ist gesperrt, sagte der Bürgermeister, und die Brücke bleibt zu."
    tagged = tag(body, headline="Alte Brücke gesperrt", in_language="de")

    assert any("Brücke" in text for text in keywords_of(tagged))
    assert tagged.found.entities == ()
