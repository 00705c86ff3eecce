"""
A body as Markdown and as HTML.
"""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from services.cleaner.body.assembly import body_of, judge_page
from services.cleaner.body.classifier import load_model
from services.cleaner.body.extract import fragment_body
from services.cleaner.document import Body, Passage, Picture, passage
from services.cleaner.page.parsing import parse_html
from services.cleaner.rendering import to_html, to_markdown

BASE = "https://news.example.org/dam/"
FRAGMENT = """
<h2>The <em>long</em> night</h2>
<p>The <a href="../map">dam</a> above <b>the village</b> held.<br>Nobody was hurt.</p>
<ul><li>two hinges<ul><li>old</li><li>new</li></ul></li><li>one gate</li></ul>
<ol><li>first</li><li>second</li></ol>
<blockquote><p>We were lucky.</p><p>Very.</p></blockquote>
<table><tr><th>Day</th><th>Level</th></tr><tr><td>Friday</td><td>2 m</td></tr></table>
"""


@pytest.fixture(scope="module")
def body() -> Body:
    return fragment_body(FRAGMENT, BASE)


def test_markdown_keeps_the_structure(body: Body) -> None:
    """
    Headings, links, emphasis, lists in lists, quotes and tables, in order.
    """
    assert to_markdown(body) == (
        "## The *long* night\n\n"
        "The [dam](https://news.example.org/map) above **the village** held.\n\nNobody was hurt.\n\n"
        "- two hinges\n   - old\n   - new\n- one gate\n\n"
        "1. first\n2. second\n\n"
        "> We were lucky.\n\n> Very.\n\n"
        "| Day | Level |\n| --- | --- |\n| Friday | 2 m |"
    )


def test_html_keeps_the_structure(body: Body) -> None:
    """
    The same, with few elements.
    """
    assert to_html(body) == (
        "<h2>The <em>long</em> night</h2>\n"
        '<p>The <a href="https://news.example.org/map">dam</a> above <strong>the village</strong> held.</p>\n'
        "<p>Nobody was hurt.</p>\n"
        "<ul><li>two hinges<ul><li>old</li><li>new</li></ul></li><li>one gate</li></ul>\n"
        "<ol><li>first</li><li>second</li></ol>\n"
        "<blockquote>\n<p>We were lucky.</p>\n<p>Very.</p>\n</blockquote>\n"
        "<table><tr><td>Day</td><td>Level</td></tr><tr><td>Friday</td><td>2 m</td></tr></table>"
    )


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "#top", "http://[", ""]
)
def test_links_lead_to_the_web_only(href: str) -> None:
    """
    Anything else stays as text.
    """
    found = fragment_body(f'<p>Read <a href="{href}">the report</a> here.</p>', BASE)

    assert to_html(found) == "<p>Read the report here.</p>"


def test_a_picture_has_its_caption_apart_from_the_body() -> None:
    """
    As a figure.
    """
    picture = Picture("https://news.example.org/dam.jpg", "The dam", "The dam at night")
    whole = (passage("The dam held."), picture)

    assert to_html(whole).endswith(
        '<figure><img src="https://news.example.org/dam.jpg" alt="The dam">'
        "<figcaption>The dam at night</figcaption></figure>"
    )
    assert to_markdown(whole).endswith("![The dam](https://news.example.org/dam.jpg)\n\n*The dam at night*")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=4))
def test_no_text_becomes_markup(lines: list[str]) -> None:
    """
    Neither in HTML, nor in Markdown that is rendered.
    """
    paragraphs: Body = tuple(passage(" ".join(line.split()) or "x") for line in lines)

    for html in (to_html(paragraphs), MarkdownIt().render(to_markdown(paragraphs))):
        tags = _Tags()
        tags.feed(html)
        assert tags.tags <= {"p"}
        assert "".join(tags.text.split()) == "".join(
            "".join(part.text.split()) for part in paragraphs if isinstance(part, Passage)
        )


def test_the_parts_of_a_page_are_in_its_order() -> None:
    """
    Pictures of the article stand between its passages; a teaser's do not.
    """
    story = "".join(
        f"<p>On day {day} the engineers opened the gates, the mayor of the village said, and the river fell.</p>"
        for day in range(1, 9)
    )
    teaser = '<aside><a href="/x"><img src="/other.jpg">Ten other dams</a> <a href="/y">And lakes</a></aside>'
    figure = '<figure><img src="/dam.jpg" alt="Dam"><figcaption>The dam at night. Photo: A. Berg</figcaption></figure>'
    tree = parse_html(f"<html><body><article>{story}{figure}{teaser}{story}</article></body></html>")
    assert tree is not None

    found = body_of(judge_page(tree, load_model()), BASE)

    pictures = [part for part in found if isinstance(part, Picture)]
    assert [picture.url for picture in pictures] == ["https://news.example.org/dam.jpg"]
    assert pictures[0].caption == "The dam at night. Photo: A. Berg"
    assert found.index(pictures[0]) == 8
