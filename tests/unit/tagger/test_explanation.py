from __future__ import annotations

from typing import Any

from services.tagger.explanation import reasons
from services.tagger.ledger import judge
from services.tagger.stage import tagged, work
from tests.unit.tagger.conftest import SETTINGS, make_article


def explained(body: str, **fields: Any) -> dict[tuple[str, str], str]:
    annotated = work(make_article(body, **fields), SETTINGS)
    entry = judge(None, annotated.facts).entry
    assert entry is not None
    return {(reason.field, reason.name): reason.why for reason in reasons(tagged(annotated, entry), SETTINGS)}


def test_a_name_tells_its_table_or_its_rule() -> None:
    """
    Known names, places of the gazetteer, and names that a rule has read, each way of writing by itself.
    """
    why = explained("The spokesman Zorvan Pelk told Reuters in Norway that the Upland Drainage Board would meet.")

    assert why["entities", "Reuters"] == "Reuters: table of known names"
    assert why["places", "Norway"] == "Norway: gazetteer, country 3144096"
    assert why["entities", "Zorvan Pelk"] == "Zorvan Pelk: behind a title or role"
    assert (
        why["entities", "Upland Drainage Board"] == "Upland Drainage Board: organisations end with 'Board', or have &"
    )


def test_a_subject_tells_its_words() -> None:
    """
    With how often they stand; those of a child speak for the parent too.
    """
    body = "The goalkeeper saved a penalty. The striker scored in the football match, and the goalkeeper cheered."
    why = explained(body, headline="")

    assert why["subjects", "sport"].startswith("words: goalkeeper 2")


def test_subjects_of_other_languages_tell_the_beginnings_of_their_words() -> None:
    """
    As the table has them.
    """
    why = explained("Der Trainer und der Torwart feiern den Sieg im Pokal.", headline="", in_language="de")

    assert "torwart 1" in why["subjects", "sport"]


def test_a_keyword_tells_how_often_it_stands() -> None:
    """
    Or that it is a name.
    """
    body = "The water wheel of the mill in Norway broke. A new water wheel is being built. The water wheel is old."
    why = explained(body, headline="Water wheel broken")

    assert why["keywords", "water wheel"] == "stands 4 times, in the headline"
