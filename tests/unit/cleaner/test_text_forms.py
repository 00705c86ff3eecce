"""
Articles that came as Markdown, or were dumped from pages of paper.
"""

from collections.abc import Callable

import pytest

from schemas.events import ArticleCleaned
from services.cleaner.boilerplate.rules import load_rules
from services.cleaner.document import passages, texts
from services.cleaner.texts.plain_text import read_text

TEXT = {"content_type": "text/plain; charset=utf-8"}
SENTENCE = "The harbour reopened on Tuesday morning, when the first of forty barges passed the lock."
MARKDOWN = f"""\
[Skip to content](#main)

# Harbour *reopens* after eleven days

{SENTENCE} [Read the report](/report.pdf) for more.

## What is new

- two hinges
- **one** gate

> We were lucky.

| Day | Barges |
|-----|-------:|
| Tue | 40     |

[Back to top](#top)
"""


def test_markdown_is_read_by_its_structure(article: Callable[..., ArticleCleaned]) -> None:
    """
    The headline is its first heading; marks of the markup are no text.
    """
    found = article(MARKDOWN + f"\n{SENTENCE}\n", **TEXT)

    assert found.headline == "Harbour reopens after eleven days"
    assert found.article_body.split("\n\n") == [
        f"{SENTENCE} Read the report for more.",
        "What is new",
        "two hinges\none gate",
        "We were lucky.",
        "Day | Barges\nTue | 40",
        SENTENCE,
    ]
    assert [removal.text for removal in found.removed] == ["Skip to content", "Back to top"]


def test_the_kinds_of_markdown_passages_are_known() -> None:
    """
    So that they can be written again.
    """
    read = read_text(MARKDOWN, load_rules(), base="https://news.example.org/dam")

    kinds = [part.kind for part in passages(read.body)]
    assert kinds == ["paragraph", "heading", "list", "quote", "table"]


def test_front_matter_is_no_part_of_the_text() -> None:
    """
    Its title is the headline.
    """
    read = read_text(
        f'---\ntitle: "Harbour reopens"\ntags: [ships]\n---\n\n{SENTENCE}\n\n{SENTENCE}\n',
        load_rules(),
        content_type="text/markdown",
    )

    assert read.headline == "Harbour reopens"
    assert texts(read.body) == [SENTENCE, SENTENCE]


def test_html_in_markdown_is_text() -> None:
    """
    It is never obeyed.
    """
    read = read_text(f"# Harbour\n\n<script>alert(1)</script> {SENTENCE}", load_rules(), content_type="text/markdown")

    assert texts(read.body)[0].startswith("<script>alert(1)</script>")


@pytest.mark.parametrize("text", ["He paid $5 * 3 * 2.", "1. First\n2. Second", "a - b\nc - d", "#tag and #other"])
def test_a_sign_or_two_do_not_make_markdown(text: str) -> None:
    """
    Stars, dashes and numbers stand in any text.
    """
    whole = f"Harbour reopens\n\n{text}\n\n{SENTENCE} {SENTENCE}"

    assert text in texts(read_text(whole, load_rules()).body)


def dump(*pages: str) -> str:
    return "\f".join(
        f"LINDMOOR POST, 12 March 2024\n\n{page}\n\n                 Page {number} of {len(pages)}\n"
        for number, page in enumerate(pages, 1)
    )


def test_running_heads_and_page_numbers_go() -> None:
    """
    They stand at the edge of every page.
    """
    read = read_text(dump(f"Harbour reopens\n\n{SENTENCE}", SENTENCE, SENTENCE), load_rules())

    assert read.headline == "Harbour reopens"
    assert texts(read.body) == [f"{SENTENCE}"] * 3
    assert {part.rule for part in read.body if hasattr(part, "rule")} == {"page-head", "page-number"}


def test_a_sentence_goes_on_over_the_end_of_a_page() -> None:
    """
    As do words that were divided, if they go on in small letters.
    """
    first = "Harbour reopens\n\nThe harbour reopened on Tuesday morning, when the first of forty bar-\nges passed the"
    read = read_text(dump(first, f"lock at North-\nEast Quay.\n\n{SENTENCE}", SENTENCE), load_rules())

    assert texts(read.body)[0] == (
        "The harbour reopened on Tuesday morning, when the first of forty barges passed the lock at North-\nEast Quay."
    )


def test_numbers_that_do_not_count_up_stay() -> None:
    """
    A table's cells, a score, a year.
    """
    read = read_text(f"Results\n\n{SENTENCE}\n\n7\n\n3\n\n2024\n\n{SENTENCE}", load_rules())

    assert texts(read.body) == [SENTENCE, "7", "3", "2024", SENTENCE]


def test_indented_lines_begin_paragraphs() -> None:
    """
    Where a text has no empty lines.
    """
    lines = [
        "   The harbour reopened on Tuesday morning, when the",
        "first of forty barges passed the lock at noon.",
    ] * 3
    read = read_text("Harbour reopens\n\n" + "\n".join(lines), load_rules())

    assert len(texts(read.body)) == 3
