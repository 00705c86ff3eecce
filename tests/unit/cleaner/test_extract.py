"""
From a page's markup to paragraphs.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.body.extract import fragment_text


def test_menus_share_bars_and_footers_never_reach_the_body(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Every sentence of the story does, and nothing else.
    """
    chrome = '<nav><a href="/">Home</a></nav>'
    page = html('<p>He asked them to go back to top of the hill.</p><a href="#top">Back To Top</a>').replace(
        "<article>", f"<a href='#m'>skip to Main Content</a>{chrome}<article><div>Share on Facebook</div>"
    )

    found = article(page)

    assert found.article_body.split("\n\n") == [
        "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt.",
        "Engineers had opened the gates on Friday, when the river rose by two metres within an hour.",
        "He asked them to go back to top of the hill.",
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>BACK&nbsp;TO&nbsp;TOP</p>",
        "<p><span>Back</span> <span>to</span>&#160;<span>top</span></p>",
        "<div>Ba<span>ck t</span>o to<b>p</b> &uarr;</div>",
        '<p><span style="display: none">Zum Inhalt springen</span></p>',
        '<p class="sr-only">Passer au contenu</p>',
        "<p hidden>Volver arriba</p>",
        "<p>sk&shy;ip to con&#8203;tent</p>",
        "<h2>ADVERTISEMENT</h2>",
        "<ul><li>Share</li><li>Facebook</li></ul>",
    ],
)
def test_odd_markup_does_not_save_boilerplate(
    article: Callable[..., ArticleCleaned], html: Callable[..., str], markup: str
) -> None:
    """
    Hidden, split, upper case or glued by no-break spaces: it is what a reader sees that counts.
    """
    assert article(html(markup)).article_body == article(html()).article_body


def test_a_link_to_the_top_after_a_sentence_goes_alone(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    The sentence stays.
    """
    found = article(html('<p>The last sentence of the story stands here. <a href="#top">Back to top</a></p>'))

    assert found.article_body.endswith("The last sentence of the story stands here.")


def test_a_link_in_the_middle_of_a_sentence_stays(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    Whatever its words are.
    """
    found = article(html('<p>The guide asked all of them to go <a href="#n1">back to top</a> of the hill.</p>'))

    assert found.article_body.endswith("go back to top of the hill.")


def test_lists_quotes_and_tables_are_part_of_the_body(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    A list and a table are one paragraph each, a line an item or a row.
    """
    inner = (
        "<h2>What it cost</h2><table><tr><th>Part</th><th>Millions</th></tr><tr><td>Gate</td><td>2</td></tr></table>"
        "<ul><li>The gates are closed again.</li><li>The river is falling.</li></ul>"
        "<blockquote><p>“We slept well,” said the miller of the lower village.</p></blockquote>"
        "<p>On Monday the village counted its losses, and the mayor thanked the engineers for their work at night.</p>"
    )

    assert article(html(inner)).article_body.split("\n\n")[2:] == [
        "What it cost",
        "Part | Millions\nGate | 2",
        "The gates are closed again.\nThe river is falling.",
        "“We slept well,” said the miller of the lower village.",
        "On Monday the village counted its losses, and the mayor thanked the engineers for their work at night.",
    ]


def test_a_line_break_inside_a_sentence_is_joined(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    After a sentence it begins a line.
    """
    found = article(html("<p>The river rose by<br>two metres overnight.<br>It fell by noon on the next day.</p>"))

    assert found.article_body.endswith("The river rose by two metres overnight.\nIt fell by noon on the next day.")


def test_the_headline_and_the_byline_are_not_repeated_in_the_body(
    article: Callable[..., ArticleCleaned], html: Callable[..., str]
) -> None:
    """
    They have fields of their own.
    """
    head = '<title>The dam held</title><meta name="author" content="Ada Berg">'

    found = article(html(head=head).replace("</h1>", "</h1><p>By Ada Berg</p><p>4 March 2025, 08:15</p>"))

    assert found.article_body.startswith("The dam above")
    assert {"title-repeated", "byline", "date-line"} >= {removal.rule for removal in found.removed}


def test_markup_that_breaks_parsers_is_read(article: Callable[..., ArticleCleaned]) -> None:
    """
    Unclosed elements, a root that closes itself, and no end.
    """
    page = "<html lang='en'/><head><title>The dam held<body><p>" + "The dam held all night, said the mayor. " * 6

    found = article(page.replace("<body>", "</title><body>"))

    assert found.headline == "The dam held"


def test_a_fragment_becomes_paragraphs_without_its_scripts() -> None:
    """
    As feeds hold them.
    """
    fragment = "<p>The dam&nbsp;held.</p><script>alert(1)</script>Nobody was hurt.<br>The river fell."

    assert fragment_text(fragment) == ["The dam held.", "Nobody was hurt.", "The river fell."]


def test_a_snippet_of_many_paragraphs_is_read_in_one_go() -> None:
    """
    Its time grows as it does: twenty thousand paragraphs would take minutes, if each had to be found among the others.
    """
    fragment = "<p>The dam held.</p>" * 20_000

    assert fragment_text(fragment) == ["The dam held."] * 20_000
