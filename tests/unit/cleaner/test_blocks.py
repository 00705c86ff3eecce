"""
Blocks of text in the order of a page.
"""

import pytest

from services.cleaner.blocks import MARK_NAMES, marks_of, read_blocks
from services.cleaner.parsing import parse_html


def texts(body: str) -> list[str]:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    return [block.text for block in read_blocks(tree)]


def test_blocks_are_in_the_order_of_the_page_and_inline_elements_do_not_split_them() -> None:
    """
    Text between block-level elements is a block too.
    """
    found = texts("<div>First <b>bold</b> <a href='/x'>link</a><p>Second</p>Third <i>tail</i></div>")

    assert found == ["First bold link", "Second", "Third tail"]


def test_a_line_break_inside_a_sentence_is_joined_and_two_begin_a_block() -> None:
    """
    After a sentence one begins a line.
    """
    found = texts("<p>The river rose<br>by night.<br>It fell.<br> <br>Nobody slept.</p>")

    assert found == ["The river rose by night.\nIt fell.", "Nobody slept."]


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template", "select", "button"])
def test_what_holds_no_text_for_readers_is_left_out(tag: str) -> None:
    """
    Whatever is written in it.
    """
    assert texts(f"<p>Seen</p><{tag}>unseen</{tag}><p>Seen too</p>") == ["Seen", "Seen too"]


def test_a_button_that_was_never_closed_does_not_swallow_the_page() -> None:
    """
    Parsers put all that follows inside of it.
    """
    assert "The story" in texts("<div><button>Menu<div><p>The story</p></div></div>")


def test_links_are_counted_through_the_elements_in_them() -> None:
    """
    A link may hold whole blocks.
    """
    tree = parse_html("<html><body><a href='/x'><div><p>All of it</p></div></a></body></html>")
    assert tree is not None

    [block] = read_blocks(tree)

    assert block.link_chars == len("All of it")


def test_names_of_classes_tell_what_an_element_is() -> None:
    """
    In any way of joining words.
    """
    bit = {name: 1 << index for index, name in enumerate(MARK_NAMES)}

    assert marks_of("siteFooter") & bit["footer"]
    assert marks_of("post__comments-list") & bit["comment"]
    assert marks_of("RelatedLinks") & bit["related"]
    assert marks_of("xyz123") == 0


def test_a_tree_nested_too_deep_is_cut_and_not_fallen_over() -> None:
    """
    No page for people is nested so deep.
    """
    found = texts("<p>Above</p>" + "<div>" * 400 + "below" + "</div>" * 400)

    assert found[0] == "Above"
