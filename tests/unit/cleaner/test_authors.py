"""
Who counts as an author.
"""

import pytest

from schemas.parts import Hints
from services.cleaner.metadata.authors import find_authors
from services.cleaner.metadata.names import is_company, is_label
from services.cleaner.page.linked_data import LinkedData
from services.cleaner.page.signals import Signals

URL = "https://news.example.org/dam"


def _names(signals: Signals, hints: Hints | None = None) -> list[str]:
    return [author.name for author in find_authors(signals, hints or Hints())[0]]


@pytest.mark.parametrize("name", ["Lindmoor Media GmbH", "Dam Works Inc.", "Berg & Ek LLP", "Lindmoor Verlag AG"])
def test_a_company_is_told_by_how_its_name_ends(name: str) -> None:
    """
    Such a name in a byline is the publisher's.
    """
    assert is_company(name)
    assert _names(Signals(url=URL, meta={"author": (name,)})) == []


@pytest.mark.parametrize("name", ["Ada Berg", "Inca Agnew", "Olof Corp-Lind"])
def test_a_person_whose_name_holds_such_letters_is_none(name: str) -> None:
    """
    Only the last word tells.
    """
    assert not is_company(name)


@pytest.mark.parametrize("label", ["View my profile", "More posts", "All about Ada", "Profil anzeigen"])
def test_a_label_of_a_page_is_nobodys_name(label: str) -> None:
    """
    Links to authors' pages are often called so.
    """
    assert is_label(label)
    assert _names(Signals(url=URL, bylines=(label,))) == []


def test_an_organisation_that_json_ld_names_is_an_author() -> None:
    """
    There, the kind of the author is stated.
    """
    node = {"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Lindmoor Media GmbH"}}
    [author] = find_authors(Signals(url=URL, linked=LinkedData((node,))), Hints())[0]

    assert (author.type, author.name) == ("Organization", "Lindmoor Media GmbH")


def test_a_name_stated_twice_is_one_author() -> None:
    """
    Case and accents do not count.
    """
    assert _names(Signals(url=URL, meta={"author": ("Ada Berg", "ADA BERG", "Olof Ek")})) == ["Ada Berg", "Olof Ek"]


def test_the_site_as_author_gives_way_to_the_feed() -> None:
    """
    The first source that names somebody else is believed.
    """
    signals = Signals(url=URL, meta={"author": ("Lindmoor Post",), "og:site_name": ("Lindmoor Post",)})

    assert _names(signals, Hints(author="Ada Berg")) == ["Ada Berg"]
    assert _names(signals) == []
