"""
A page as columns of whole numbers.
"""

import pytest

from services.cleaner.body.blocks import TAG_IDS, read_page
from services.cleaner.body.layout import Layout, add_up, layout_of
from services.cleaner.body.marks import MARK_NAMES
from services.cleaner.body.places import (
    CONTAINER_NAMES,
    PATH_NAMES,
    best_columns,
    best_frame,
    container_columns,
    is_menu,
    path_columns,
)
from services.cleaner.page.parsing import parse_html

PROSE = "On Sunday the engineers opened the gates of the dam, and by noon the river had fallen."


def lay_out(body: str) -> Layout:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    return layout_of(*read_page(tree))


def path(layout: Layout, name: str) -> list[int]:
    found: list[int] = dict(zip(PATH_NAMES, path_columns(layout), strict=True))[name].tolist()
    return found


def container(layout: Layout, name: str) -> list[int]:
    found: list[int] = dict(zip(CONTAINER_NAMES, container_columns(layout), strict=True))[name].tolist()
    return found


def test_what_an_element_holds_is_summed_up() -> None:
    """
    Its blocks, their characters, and those in links, in the element and in all around it.
    """
    tree = parse_html("<html><body><div><p>One</p><p><a href='/x'>Three</a></p></div></body></html>")
    assert tree is not None
    blocks, _ = read_page(tree)

    body, around, *_ = add_up(blocks)

    assert (around.blocks, around.chars, around.link_chars) == (2, 8, 5)
    assert (body.blocks, body.chars, body.link_chars) == (2, 8, 5)


def test_each_container_holds_more_blocks_than_the_one_below() -> None:
    """
    Elements that only wrap are passed over.
    """
    layout = lay_out("<div><div><p>One</p></div><p>Two</p></div><p>Three</p>")

    assert container(layout, "up0_blocks") == [2, 2, 3]
    assert container(layout, "up1_blocks") == [3, 3, -1]
    assert container(layout, "up2_blocks") == [-1, -1, -1]


def test_a_block_knows_its_place_in_its_container() -> None:
    """
    From both ends.
    """
    layout = lay_out("<p>Before</p><div><p>One</p><p>Two</p><p>Three</p></div>")

    assert container(layout, "up0_index")[1:] == [0, 1, 2]
    assert container(layout, "up0_left")[1:] == [2, 1, 0]


@pytest.mark.parametrize("levels", [0, 1, 5, 10, 30, 150])
def test_an_element_around_is_found_however_far_up(levels: int) -> None:
    """
    Beyond ten levels all are equally far.
    """
    layout = lay_out(f"<article>{'<div>' * levels}<p>Text</p>{'</div>' * levels}</article><p>Apart</p>")

    assert path(layout, "in_article") == [min(levels + 1, 11), 12]
    assert path(layout, "articles_above") == [1, 0]


def test_marks_are_nearest_on_inline_elements() -> None:
    """
    Then on the element that holds the block, and so on up.
    """
    layout = lay_out("<div class='footer'><p class='caption'><span class='byline'>Text</span></p></div>")
    found = {name: path(layout, f"mark_{name}") for name in ("meta", "caption", "footer", "nav")}

    assert "meta" in MARK_NAMES
    assert found == {"meta": [0], "caption": [1], "footer": [2], "nav": [12]}


def test_the_tags_of_a_block_and_of_what_is_around_it_are_told() -> None:
    """
    Nothing is around the body.
    """
    layout = lay_out("Text<ul><li>Item</li></ul>")

    assert path(layout, "tag") == [TAG_IDS["body"], TAG_IDS["li"]]
    assert path(layout, "parent_tag") == [-1, TAG_IDS["ul"]]
    assert path(layout, "above_tag") == [-1, TAG_IDS["body"]]


def test_the_best_element_is_the_one_with_most_prose_close_below() -> None:
    """
    And the other blocks are told how far they are from it.
    """
    layout = lay_out(f"<div><p>{PROSE}</p><p>{PROSE}</p></div><div><div><p>Short</p></div></div>")
    levels, offs = best_columns(layout, best_frame(layout))

    assert levels.tolist() == [1, 1, 3]
    assert offs.tolist() == [0, 0, 1]


def test_a_short_link_is_a_menu_entry_unless_prose_is_next_to_it() -> None:
    """
    A subheading may be a link.
    """
    link = "<p><a href='/x'>Read on</a></p>"
    layout = lay_out(f"{link}{link}<p>{PROSE}</p>{link}<p>Not a link</p>{link}")

    assert is_menu(layout).tolist() == [True, False, False, False, False, True]


def test_several_links_and_nothing_else_are_a_menu_wherever_they_stand() -> None:
    """
    A sentence that links to two places is none.
    """
    links = "<p><a href='/x'>One story</a> <a href='/y'>Another</a></p>"
    layout = lay_out(f"<p>{PROSE}</p>{links}<p>See <a href='/x'>one</a> or <a href='/y'>two</a></p><p>{PROSE}</p>")

    assert is_menu(layout).tolist() == [False, True, False, False]


def test_equal_texts_share_a_number() -> None:
    """
    Wherever they stand.
    """
    layout = lay_out("<p>Same</p><p>Other</p><div>Same</div>")

    assert layout.twin.tolist() == [0, 1, 0]


def test_images_are_counted_where_they_stand() -> None:
    """
    One behind the last block counts for none.
    """
    layout = lay_out("<p>One</p><img src='/a.jpg'><p>Two</p><img src='/b.jpg'>")

    assert layout.images.tolist() == [0, 1]
