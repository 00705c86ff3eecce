from __future__ import annotations

from services.cli.comparing.marks import MAX_CHARS, MAX_PARAGRAPHS, Row, Side, side_by_side


def written(side: Side) -> str:
    """
    A side with its marks in brackets.
    """
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in side)


def shown(rows: list[Row]) -> list[tuple[str, str] | int]:
    """
    Rows as text, or how many are left out.
    """
    return [row.skipped or (written(row.before), written(row.after)) for row in rows]


def test_words_that_differ_are_marked_in_their_paragraph() -> None:
    """
    On both sides.
    """
    rows = side_by_side(("The old dam held all night.",), ("The new dam held all night.",))

    assert shown(rows) == [("The [old ]dam held all night.", "The [new ]dam held all night.")]


def test_a_paragraph_of_one_side_stands_alone_and_whole() -> None:
    """
    Its neighbours are shown, all else is left out.
    """
    body = tuple(f"Paragraph {number} of the story." for number in range(9))
    rows = side_by_side(body, (*body[:5], "Read more here.", *body[5:]))

    assert shown(rows) == [4, (body[4], body[4]), ("", "[Read more here.]"), (body[5], body[5]), 3]


def test_paragraphs_that_share_little_are_two() -> None:
    """
    Word by word they would be a riddle.
    """
    rows = side_by_side(("Subscribe to our newsletter",), ("The river rose by a metre",))

    assert shown(rows) == [("[Subscribe to our newsletter]", "[The river rose by a metre]")]


def test_scripts_without_spaces_are_marked_by_characters() -> None:
    """
    Else one changed character would mark the whole paragraph.
    """
    rows = side_by_side(("大坝昨晚没有决堤",), ("大坝今晚没有决堤",))

    assert shown(rows) == [("大坝[昨]晚没有决堤", "大坝[今]晚没有决堤")]


def test_the_work_is_bounded() -> None:
    """
    Long texts that have nothing in common are shown in part.
    """
    rows = side_by_side(("a " * 200_000, *map(str, range(5000))), tuple(f"x{number}" for number in range(5000)))

    assert max(len(written(row.before)) for row in rows) <= MAX_CHARS + 2
    assert len(rows) == MAX_PARAGRAPHS + 1
    assert rows[-1].skipped > 4000


def test_nothing_beside_nothing_is_nothing() -> None:
    """
    A field may be empty on one side, or on both.
    """
    assert side_by_side((), ()) == []
    assert shown(side_by_side((), ("One.",))) == [("", "[One.]")]
