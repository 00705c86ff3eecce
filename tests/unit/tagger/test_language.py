from __future__ import annotations

import pytest

from services.tagger.language import primary
from services.tagger.registry import load_language
from tests.unit.tagger.conftest import SETTINGS, make_article

GERMAN = (
    "Der Gemeinderat hat am Montag beschlossen, die alte Brücke über den Fluss noch in diesem Jahr zu erneuern. "
    "Die Arbeiten sollen im Herbst beginnen und werden voraussichtlich zwei Millionen Euro kosten."
)
ENGLISH = (
    "The parish council decided on Monday to renew the old bridge across the river before the end of the year. "
    "Work is due to begin in autumn and is expected to cost two million pounds."
)


def test_a_declared_language_that_fits_is_kept_with_its_origin() -> None:
    """
    The declaration stands, and its provenance is not touched.
    """
    judgement = load_language(SETTINGS).judge(make_article(ENGLISH, in_language="en-GB"))

    assert judgement.code == "en"
    assert judgement.provenance == {}


def test_a_text_that_clearly_says_otherwise_overrules_the_page() -> None:
    """
    A German article on a page that declares English is German, by the detector's word.
    """
    judgement = load_language(SETTINGS).judge(make_article(GERMAN, "Brücke wird erneuert", in_language="en"))

    assert judgement.code == "de"
    assert judgement.provenance["inLanguage"].source.startswith("py3langid/")


def test_a_short_text_overrules_nobody() -> None:
    """
    Few words are no evidence against a declaration.
    """
    assert load_language(SETTINGS).judge(make_article("Der Hund bellt.", "Hund", in_language="en")).code == "en"


def test_an_undeclared_language_is_detected() -> None:
    """
    Without a declaration the detector speaks.
    """
    assert load_language(SETTINGS).judge(make_article(GERMAN, "Brücke", in_language=None)).code == "de"


def test_a_text_without_words_has_no_language() -> None:
    """
    Numbers alone are in no language.
    """
    assert load_language(SETTINGS).judge(make_article("12 34", "5", in_language=None)).code is None


@pytest.mark.parametrize(
    ("tag", "subtag"), [("en-GB", "en"), ("pt_BR", "pt"), ("DE", "de"), ("", None), (None, None), ("x-klingon", None)]
)
def test_the_primary_subtag(tag: str | None, subtag: str | None) -> None:
    """
    A tag's first part in lower case, if it can be a language.
    """
    assert primary(tag) == subtag


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I te ata nei i tae mai te pirimia ki te tāone, ā, ka kōrero ia ki ngā tamariki o te kura mō te moana.", "mi"),
        (
            "Puso e rile batho ba tshwanetse go boloka metsi ka gonne pula ga e a na mo dikgweding tse.",
            "tn",
        ),
        ("Mfumo wu vule leswaku vanhu va fanele ku hlayisa mati hikuva mpfula a yi nanga eka tin'hweti leti.", "ts"),
        ("Serikali ilisema kwamba watu wote wa mji huo wanapaswa kuhifadhi maji kwa sababu mvua haikunyesha.", "sw"),
        (
            "Mmušo o rile batho ba swanetše go boloka meetse ka gobane pula ga se ya na dikgweding tše.",
            "nso",
        ),
    ],
)
def test_languages_that_the_model_does_not_know_are_told_by_their_small_words(text: str, code: str) -> None:
    """
    Maori, Tswana and Tsonga; their neighbours stay what they are.
    """
    assert load_language(SETTINGS).detect(text)[0] == code
