"""
What is known of an article besides its body.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.metadata.headlines import cut_site
from services.cleaner.metadata.names import split_names
from services.cleaner.page.linked_data import read_linked_data

SEEDED = """
from datetime import UTC, datetime
from schemas.events import PageMeta
from schemas.ids import article_id
from services.cleaner.metadata.describe import describe
from services.cleaner.page.parsing import parse_html
from services.cleaner.page.signals import gather_signals
url = "https://www.lindmoor-post.example.org/2025/03/02/dam"
meta = PageMeta.of("0" * 64, url=url, article_id=article_id(url), fetched_at=datetime(2025, 3, 10, tzinfo=UTC))
tree = parse_html(
    "<title>The dam held | Local | Lindmoor Post</title><meta name=keywords content='dam, river, dam'>"
    "<meta property=og:title content='The dam held - Local'><h1 class=entry-title>The dam held</h1><h1>Weather</h1>"
    "<p class='byline vcard'>By Ada Berg and Olof Ek</p><p class='date lead'>2 March 2025</p>"
    "<p class='lead intro'>Nobody was hurt.</p><p class=date>3 March 2025</p><time>4 March 2025</time>"
)
print(describe(gather_signals(tree, meta), meta, tree))
"""
SITE = frozenset({"lindmoor post", "lindmoorpost"})


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The dam held | Lindmoor Post", "The dam held"),
        ("The dam held - Lindmoor Post", "The dam held"),
        ("Lindmoor Post: The dam held", "Lindmoor Post: The dam held"),
        ("Lindmoor Post » The dam held", "The dam held"),
        ("Dam held - for now - The Lindmoor Post", "Dam held - for now"),
        ("The dam held - all night", "The dam held - all night"),
        ("The <em>dam</em> held", "The dam held"),
    ],
)
def test_the_sites_name_is_cut_off_a_title(title: str, expected: str) -> None:
    """
    A dash of the headline's own stays.
    """
    assert cut_site(title, SITE) == expected


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ada Berg and Olof Ek", ["Ada Berg", "Olof Ek"]),
        ("Von Jörg Weiß", ["Jörg Weiß"]),
        ("Ada Berg, Olof Ek & Per Holm", ["Ada Berg", "Olof Ek", "Per Holm"]),
        ("Par Anne Lac et Luc Pré", ["Anne Lac", "Luc Pré"]),
        ("admin", []),
        ("https://news.example.org/by/ada", []),
        ("ada@example.org", []),
    ],
)
def test_a_byline_is_split_into_names(byline: str, names: list[str]) -> None:
    """
    What names nobody is left out.
    """
    assert split_names(byline) == names


def test_references_between_json_ld_objects_are_followed(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    The article names its author by id; another script says who that is.
    """
    head = json_ld('{"@graph": [{"@type": "NewsArticle", "headline": "The dam held", "author": {"@id": "#ada"}}]}')
    head += json_ld('{"@type": "Person", "@id": "#ada", "name": "Ada Berg", "url": "https://news.example.org/ada"}')

    [author] = article(html(head=head)).author

    assert (author.type, author.name, author.url) == ("Person", "Ada Berg", "https://news.example.org/ada")


def test_json_ld_is_read_with_the_faults_that_publishers_make() -> None:
    """
    Comments, CDATA marks, raw line breaks, trailing commas.
    """
    script = '/*<![CDATA[*/{"@type": "NewsArticle",\n "headline": "The dam\nheld",}/*]]>*/;'

    assert read_linked_data([script], []).first("headline") == "The dam\nheld"


def test_half_a_character_in_json_ld_is_replaced() -> None:
    """
    What cannot be encoded cannot be published; whole characters that are escaped as two halves stay.
    """
    script = r'{"@type": "NewsArticle", "headline": "The dam \ud83d held \ud83d\ude00"}'

    assert read_linked_data([script], []).first("headline") == "The dam ? held 😀"


def test_work_grows_no_faster_than_a_script() -> None:
    """
    Comments that never end are the end of it.
    """
    assert read_linked_data(["/* " * 500_000], []).first("headline") is None


def test_the_article_that_names_the_page_comes_before_its_neighbours() -> None:
    """
    Pages list related articles in the same words.
    """
    scripts = [
        '{"@type": "NewsArticle", "headline": "Another", "url": "https://news.example.org/other"}',
        '{"@type": "NewsArticle", "headline": "The dam held", "mainEntityOfPage": "https://news.example.org/dam/"}',
    ]

    found = read_linked_data(scripts, ["http://news.example.org/dam?utm_source=feed"])

    assert found.first("headline") == "The dam held"


def test_a_page_says_what_it_is(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], json_ld: Callable[[str], str]
) -> None:
    """
    In JSON-LD, or in meta elements; relative image addresses are made whole.
    """
    linked = (
        '{"@type": "NewsArticle", "headline": "The dam held", "articleSection": "Local", "keywords": "dam, river",'
        '"isAccessibleForFree": "False", "image": ["/a.jpg", {"url": "https://img.example.org/b.jpg"}],'
        '"publisher": {"@type": "Organization", "name": "Lindmoor Post"}}'
    )
    head = json_ld(linked) + '<meta name="description" content="Nobody was hurt.">'

    found = article(html(head=head, lang="en-GB"))

    assert (found.article_section, found.publisher_keywords) == ("Local", ["dam", "river"])
    assert found.is_accessible_for_free is False
    assert [image.url for image in found.image] == ["https://news.example.org/a.jpg", "https://img.example.org/b.jpg"]
    assert found.publisher is not None
    assert (found.publisher.name, found.in_language, found.description) == ("Lindmoor Post", "en", "Nobody was hurt.")
    assert found.provenance["description"].source == "meta"


def test_a_page_that_names_no_language_leaves_it_open(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Telling it from the text is the tagger's work.
    """
    assert article(html(lang="")).in_language is None


def test_the_feed_tells_the_language_where_the_page_does_not(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Its primary subtag.
    """
    assert article(html(lang=""), hints={"language": "pt-BR"}).in_language == "pt"


def test_an_author_is_not_found_where_there_is_none(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Better none than the name of the site's administrator.
    """
    assert article(html(head='<meta name="author" content="admin">')).author == []


def test_the_judgement_of_a_page_is_the_same_in_every_process() -> None:
    """
    Whatever the seed of the hashes.
    """
    found = [
        subprocess.run(
            [sys.executable, "-c", SEEDED],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert "Ada Berg" in found[0]
    assert found[0] == found[1]
