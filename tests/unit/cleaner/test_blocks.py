"""
Blocks of text in the order of a page.
"""

import pytest

from services.cleaner.body.blocks import MAX_NAME_CHARS, read_blocks, read_page
from services.cleaner.body.marks import MARK_NAMES, marks_of
from services.cleaner.page.parsing import parse_html


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


def test_links_and_marks_without_text_are_not_the_next_blocks() -> None:
    """
    An icon, or an empty link, belongs to nothing.
    """
    tree = parse_html("<html><body><div><a class='share' href='/x'> </a></div><p>The story</p></body></html>")
    assert tree is not None

    [block] = read_blocks(tree)

    assert (block.links, block.marks) == (0, 0)


def test_an_image_knows_the_block_that_it_stands_before() -> None:
    """
    By its number on the page.
    """
    tree = parse_html("<html><body><p>First</p><img src='/x.jpg'><p>Second</p></body></html>")
    assert tree is not None

    blocks, [image] = read_page(tree)

    assert blocks[image.before].text == "Second"


def test_an_element_knows_its_first_block_and_the_one_past_its_last() -> None:
    """
    And so does what is around it.
    """
    tree = parse_html("<html><body><p>Before</p><div><p>First</p><p>Second</p></div><p>After</p></body></html>")
    assert tree is not None

    blocks = read_blocks(tree)
    around = blocks[1].frame.parent

    assert around is not None
    assert (around.start, around.end) == (1, 3)
    assert around.parent is not None
    assert (around.parent.start, around.parent.end) == (0, 4)


def test_names_beyond_the_limit_say_nothing_about_an_element() -> None:
    """
    Of all its names together, in the order in which they are written.
    """
    bit = {name: 1 << index for index, name in enumerate(MARK_NAMES)}
    long = "x" * MAX_NAME_CHARS
    tree = parse_html(f"<html><body><div id='footer' class='{long} menu'><p>Text</p></div></body></html>")
    assert tree is not None
    (block,) = read_blocks(tree)

    assert block.frame.parent is not None
    assert block.frame.parent.marks == bit["footer"]
