"""
Free or not, whole or cut.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.metadata.paywall import find_access, find_truncation
from services.cleaner.page.linked_data import LinkedData
from services.cleaner.page.signals import Signals

URL = "https://news.example.org/dam"
STORY = ["The dam above the village held through the night, the mayor said.", "Nobody was hurt."]


def _signals(**linked: object) -> Signals:
    return Signals(url=URL, linked=LinkedData(({"@type": "NewsArticle", **linked},)))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [(True, True), ("False", False), ("http://schema.org/True", True), ("perhaps", None), (None, None)],
)
def test_the_publisher_says_whether_it_is_free(stated: object, expected: bool | None) -> None:
    """
    In any of the forms that are in use; silence says nothing.
    """
    assert find_access(_signals(isAccessibleForFree=stated))[0] is expected


@pytest.mark.parametrize(
    "prompt",
    [
        "Subscribe to continue reading",
        "To keep reading, sign in or start your free trial.",
        "Jetzt abonnieren und weiterlesen",
        "Abonnez-vous pour lire la suite",
        "Suscríbete para seguir leyendo",
        "Abbonati per leggere tutto",
        "Logga in för att läsa vidare",
        "続きを読むには会員登録が必要です",
    ],
)
def test_a_text_that_asks_for_a_subscription_at_its_end_is_cut(prompt: str) -> None:
    """
    The words are kept as evidence.
    """
    found = find_truncation(_signals(), [*STORY, prompt])

    assert found is not None
    assert (found.evidence, found.prompt) == (["prompt"], prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "This article is reserved for paying subscribers.",
        "The story is only for members.",
        "This post is for paid readers.",
        "This content is for paying readers.",
        "Nur für Abonnenten",
        "Exklusiv für Mitglieder",
        "Article réservé aux abonnés",
        "Contenido exclusivo para suscriptores",
        "Contenuto riservato agli abbonati",
        "Conteúdo exclusivo para assinantes",
        "Alleen voor abonnees",
        "Tylko dla subskrybentów",
        "Wyłącznie dla subskrybentów",
        "Tylko dla prenumeratorów",
        "有料会員限定の記事です",
    ],
)
def test_a_text_that_tells_at_its_end_whom_it_is_for_is_cut(prompt: str) -> None:
    """
    It need not ask for anything.
    """
    found = find_truncation(_signals(), [*STORY, prompt])

    assert found is not None
    assert found.prompt == prompt


def test_a_whole_text_that_is_not_free_is_not_cut() -> None:
    """
    Many publishers deliver all of it.
    """
    assert find_truncation(_signals(isAccessibleForFree=False), STORY) is None


def test_a_text_far_shorter_than_stated_behind_a_wall_is_cut() -> None:
    """
    Two pieces of evidence, neither enough alone.
    """
    found = find_truncation(_signals(isAccessibleForFree=False, wordCount=600), STORY)

    assert found is not None
    assert found.evidence == ["stated-not-free", "shorter-than-stated"]
    assert find_truncation(_signals(wordCount=600), STORY) is None


def test_a_story_about_subscriptions_is_not_cut() -> None:
    """
    A sentence in the midst of a text asks for nothing.
    """
    story = ["Readers had to subscribe to continue reading, a survey says.", *STORY, *STORY]

    assert find_truncation(_signals(), story) is None


def test_an_article_whose_text_ends_at_a_wall_says_so(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    The prompt is no part of its text any more.
    """
    linked = json_ld('{"@type": "NewsArticle", "headline": "The dam held", "isAccessibleForFree": false}')

    found = article(html("<p>Subscribe to continue reading this article</p>", head=linked))

    assert found.truncation is not None
    assert found.truncation.evidence == ["stated-not-free", "prompt"]


def test_a_whole_article_says_nothing_of_a_wall(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    The field is absent.
    """
    assert article(html()).truncation is None


def test_a_count_of_words_that_is_no_count_is_passed_over() -> None:
    """
    Thousands of digits are a fault, or an attack.
    """
    assert find_truncation(_signals(isAccessibleForFree=False, wordCount="9" * 10_000), STORY) is None
