"""
What readers cannot see is taken out of a page's tree.
"""

import pytest
from lxml.html import HtmlElement

from services.cleaner.boilerplate.rules import load_rules
from services.cleaner.document import Cut
from services.cleaner.page.parsing import MAX_TOLD, drop_unseen, parse_html
from services.cleaner.page.survey import survey

COMMAND = "Share on Facebook"


def unseen(body: str) -> tuple[HtmlElement, list[Cut]]:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    return tree, drop_unseen(tree, survey(tree), load_rules())


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        "aria-hidden='true'",
        "style='color: red; display: none'",
        "style='visibility :hidden'",
        "class='label visually-hidden'",
        "class='sr-only'",
        "class='screen-reader-text'",
    ],
)
def test_what_is_hidden_is_no_text(attribute: str) -> None:
    """
    However a page hides it; what stands behind it stays.
    """
    tree, _ = unseen(f"<p>The river <span {attribute}>nobody reads this</span>rose.</p>")

    assert tree.text_content() == "The river rose."


@pytest.mark.parametrize("attribute", ["aria-hidden='false'", "style='display: block'", "class='srs-only'"])
def test_what_only_looks_hidden_stays(attribute: str) -> None:
    """
    The attributes of the hidden, with other values.
    """
    tree, _ = unseen(f"<p>The river <span {attribute}>slowly </span>rose.</p>")

    assert tree.text_content() == "The river slowly rose."


def test_what_a_script_shows_stays() -> None:
    """
    An element with much text is hidden for a while only.
    """
    tree, _ = unseen(f"<div hidden>{'The river rose by night. ' * 20}</div>")

    assert "river" in tree.text_content()


def test_a_hidden_text_that_a_rule_knows_is_told_once() -> None:
    """
    However often it stands on the page.
    """
    _, cuts = unseen(f"<p>The river rose. <span hidden>{COMMAND}</span> <span hidden>{COMMAND}</span></p>")

    assert [cut.text for cut in cuts] == [COMMAND]


def test_only_the_first_hidden_texts_are_told() -> None:
    """
    All are taken out; to name the rule for each of hundreds would take too long.
    """
    fillers = "".join(f"<i hidden>The ferry number {number} sank</i>" for number in range(MAX_TOLD))
    tree, cuts = unseen(f"<p>The river rose.{fillers}<i hidden>{COMMAND}</i></p>")

    assert (tree.text_content(), cuts) == ("The river rose.", [])


def test_a_link_within_the_page_that_a_rule_knows_leaves_with_a_mark() -> None:
    """
    Unless it is amid a sentence.
    """
    tree, cuts = unseen(f"<p><a href='#s'>{COMMAND}</a></p><p>They <a href='#s'>{COMMAND}</a>, as they say.</p>")

    assert tree.text_content() == f"They {COMMAND}, as they say."
    assert [cut.text for cut in cuts] == [COMMAND]


def test_a_hidden_element_before_a_control_character_is_emptied() -> None:
    """
    The text behind it can be read, and not written.
    """
    tree, _ = unseen("<p>It held.<span hidden>unseen</span>\x0c&#1;All night.</p>")

    assert "unseen" not in "".join(tree.itertext())
    assert "All night." in "".join(tree.itertext())
