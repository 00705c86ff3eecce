"""
Notices of correction.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.metadata.corrections import find_corrections


@pytest.mark.parametrize(
    "notice",
    [
        "Correction: The dam was built in 1961, not in 1916.",
        "Correction (May 5): The dam was built in 1961.",
        "This article was amended on 5 May to correct the year.",
        "Editor's note: An earlier version of this story gave the wrong year.",
        "Korrektur: Der Damm wurde 1961 gebaut.",
        "Anmerkung der Redaktion: In einer früheren Version stand ein falsches Jahr.",
        "Rectificatif : le barrage date de 1961.",
        "Fe de errores: la presa se construyó en 1961.",
        "Una versione precedente di questo articolo riportava un altro anno.",
        "In een eerdere versie van dit artikel stond een ander jaar.",
        "Rättelse: Dammen byggdes 1961.",
        "Sprostowanie: zapora powstała w 1961 roku.",
        "Исправление: плотина построена в 1961 году.",
        "訂正：ダムは1961年に建設されました。",
    ],
)
def test_a_notice_is_found_in_its_language(notice: str) -> None:
    """
    By the word that it begins with, or because it speaks of an earlier version.
    """
    assert find_corrections(["The dam held.", notice]) == [notice]


@pytest.mark.parametrize(
    "notice",
    [
        "A previous version of this story named another dam.",
        "This headline has been updated to correct the year.",
        "In einer ersten Fassung stand ein falsches Jahr.",
        "Dieser Artikel wurde nachträglich korrigiert.",
        "Une version précédente de cet article donnait une autre année.",
        "Cet article a été rectifié.",
        "Una versión anterior de este texto daba otro año.",
        "Este artículo ha sido corregido.",
        "Uma versão anterior deste texto dava outro ano.",
        "W poprzedniej wersji tekstu podaliśmy inny rok.",
        "I en tidligere versjon sto det et annet år.",
        "I en tidligere udgave stod der et andet år.",
        "Artikkelin aiemmassa versiossa oli väärä vuosi.",
        "Haberin önceki halinde başka bir yıl yazıyordu.",
        "В предыдущей версии статьи был указан другой год.",
    ],
)
def test_a_paragraph_that_begins_with_the_earlier_version_is_a_notice(notice: str) -> None:
    """
    In each of the languages, without a word for corrections before it.
    """
    assert find_corrections([notice]) == [notice]


@pytest.mark.parametrize(
    "text",
    [
        "The minister demanded a correction: the dam was safe, he said.",
        "Corrections officers guard the dam.",
        "Editor's note: Ada Berg is a guest author.",
        "Anmerkung der Redaktion: Ada Berg ist Gastautorin.",
        "Die Korrektur der Pläne dauert ein Jahr.",
    ],
)
def test_a_story_about_corrections_has_no_notice(text: str) -> None:
    """
    Nor is every note of the editors one.
    """
    assert find_corrections([text]) == []


def test_an_article_tells_its_corrections(article: Callable[..., ArticleCleaned], html: Callable[..., str]) -> None:
    """
    They stay in its text; one without them has no such field.
    """
    notice = "Correction: An earlier version of this article gave the year of the dam as 1916. It was built in 1961."

    found = article(html(f"<p>{notice}</p>"))

    assert found.correction == [notice]
    assert notice in found.article_body
    assert article(html()).correction is None
