"""
Lines that a site repeats: where they stand, and what is cut of them.
"""

from services.cleaner.document import Body, Cut, Line, Passage, Span, Text, passage, texts
from services.cleaner.sites.site_lines import (
    DIGEST_BYTES,
    MAX_SIGHTED,
    NO_LINES,
    KnownLines,
    digest_of,
    sight,
    strip_site_lines,
)

PROSE = "The dam above the village held through the night, the mayor said on Sunday, and nobody was hurt at all."
MORE = "Engineers had opened the gates on Friday, when the river rose by two metres within a single short hour."
LAST = "The council will meet again on Thursday to talk about repairs, and about who is going to pay for them."


def known(*lines: str, share: int = 80) -> KnownLines:
    """
    These lines, as a snapshot has them.
    """
    return KnownLines("digest", {digest_of(line) or b"": share for line in lines})


def split(digests: bytes) -> list[bytes]:
    """
    The digests that are joined.
    """
    return [digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)]


def body(*parts: str | Passage) -> Body:
    """
    Passages, of plain texts or as they are.
    """
    return tuple(passage(part) if isinstance(part, str) else part for part in parts)


def heading(text: str) -> Passage:
    return passage(text, "heading", 2)


def bold(text: str) -> Passage:
    return Passage((Line((Text(text, (Span(0, len(text), is_bold=True),)),)),))


def is_free(line: str, given: Body) -> bool:
    return digest_of(line) in split(sight(given).free)


def is_guarded(line: str, given: Body) -> bool:
    return digest_of(line) in split(sight(given).guarded)


def is_told(line: str, given: Body) -> bool:
    return is_free(line, given) or is_guarded(line, given)


def left(given: Body, lines: KnownLines, min_chars: int = 100) -> list[str]:
    return texts(strip_site_lines(given, lines, min_chars))


def test_a_known_line_is_cut_with_a_mark_that_says_how_sure_it_is() -> None:
    """
    The mark stands where the line stood.
    """
    cut = strip_site_lines(body(PROSE, "Order reprints", MORE), known("Order reprints", share=64), 100)

    assert cut == (passage(PROSE), Cut("site-line", "Order reprints", 0.64), passage(MORE))


def test_what_makes_no_difference_to_a_reader_makes_none_here() -> None:
    """
    Case, no-break spaces and marks at the ends.
    """
    assert left(body(PROSE, "» ORDER\N{NO-BREAK SPACE}REPRINTS"), known("Order reprints")) == [PROSE]


def test_a_line_within_a_paragraph_is_cut_and_the_rest_stays() -> None:
    """
    Where a line break parts it from the text.
    """
    cut = strip_site_lines(body(f"{PROSE}\nOrder reprints"), known("Order reprints", share=50), 100)

    assert cut == (passage(PROSE), Cut("site-line", "Order reprints", 0.5))


def test_the_same_words_within_a_sentence_stay() -> None:
    """
    Only whole lines are known.
    """
    given = body(PROSE, f"Readers can order reprints. {MORE}")

    assert left(given, known("order reprints", "Readers can order reprints")) == texts(given)


def test_nothing_known_leaves_the_very_same_body() -> None:
    """
    Most sites, most of the time.
    """
    given = body(PROSE, "Order reprints")

    assert strip_site_lines(given, NO_LINES, 100) is given
    assert strip_site_lines(given, known("Join our forum"), 100) is given


def test_the_only_paragraph_of_a_page_stays() -> None:
    """
    Whatever the site repeats.
    """
    assert left(body(PROSE), known(PROSE), 0) == [PROSE]
    assert left(body("Order reprints", "Join our forum"), known("Order reprints", "Join our forum"), 0) != []


def test_a_line_that_would_leave_too_little_stays() -> None:
    """
    A short article is not thrown away for its house lines.
    """
    given = body("The dam held on Sunday.", "Order reprints", "Join our forum")

    assert left(given, known("Order reprints", "Join our forum"), 39) == ["The dam held on Sunday.", "Join our forum"]
    assert left(given, known("Order reprints", "Join our forum"), 500) == texts(given)


def test_a_subheading_between_prose_is_neither_told_nor_cut() -> None:
    """
    "What we know" recurs, and is the article's.
    """
    given = body(PROSE, heading("What we know"), MORE, LAST)

    assert not is_told("What we know", given)
    assert left(given, known("What we know")) == texts(given)


def test_a_bold_line_between_prose_is_a_subheading() -> None:
    """
    Where a site has no markup for them.
    """
    given = body(PROSE, bold("What we know"), MORE, LAST)

    assert not is_told("What we know", given)
    assert left(given, known("What we know")) == texts(given)


def test_a_heading_over_nothing_of_its_own_is_a_line_as_any_other() -> None:
    """
    Behind the text, or over another heading.
    """
    assert is_free("Related stories", body(PROSE, MORE, heading("Related stories")))
    assert is_free("Related stories", body(PROSE, heading("Related stories"), heading("What we know"), MORE))


def test_a_heading_over_a_known_line_has_nothing_of_its_own() -> None:
    """
    Once its box is known, so can it be.
    """
    given = body(PROSE, heading("Our letter"), "Sent every morning, for free, to all who ask for it.", MORE)
    box = known("Our letter", "Sent every morning, for free, to all who ask for it.")

    assert left(given, box) == [PROSE, MORE]


def test_a_heading_over_something_of_its_own_behind_the_text_is_guarded() -> None:
    """
    A list of what is known, or of what else to read: it cannot be told apart.
    """
    given = body(PROSE, MORE, heading("What we know"), passage("Five are missing\nThe road is closed", "list"))

    assert is_guarded("What we know", given)


def test_a_sentence_between_prose_is_guarded_and_other_lines_are_free() -> None:
    """
    The background to a story recurs in story after story.
    """
    given = body(PROSE, "The war began in 2022.", "Advertisement feature", MORE, "Write to us.")

    assert is_guarded("The war began in 2022.", given)
    assert is_free("Advertisement feature", given)
    assert is_free("Write to us.", given)


def test_a_known_line_is_no_prose() -> None:
    """
    What stands before it is then the end of the text.
    """
    house = "This newspaper is printed on paper from the woods of this very valley, as it has been for many years."
    given = body(PROSE, MORE, "Write to us today.", house)

    assert is_guarded("Write to us today.", given)
    assert digest_of("Write to us today.") in split(sight(given, known(house)).free)


def test_a_list_is_one_line_and_a_table_is_none() -> None:
    """
    Salt stands in every other recipe.
    """
    given = body(PROSE, passage("salt\npepper", "list"), passage("Club\nPoints", "table"), MORE)

    assert is_free("salt pepper", given)
    assert not any(is_told(line, given) for line in ("salt", "pepper", "Club", "Points", "Club Points"))
    assert left(given, known("salt", "Club", "Points")) == texts(given)
    assert left(given, known("salt pepper")) == [PROSE, "Club\nPoints", MORE]


def test_long_passages_and_bare_marks_are_not_told() -> None:
    """
    The first are prose, the second have nothing to be known by.
    """
    given = body(PROSE, "x" * 301, "* * *", MORE)

    assert len(split(sight(given).free + sight(given).guarded)) == 2


def test_sixty_lines_are_told_half_from_each_end() -> None:
    """
    House lines stand at the ends.
    """
    given = body(*(f"line {number}" for number in range(200)))

    assert split(sight(given).free) == [digest_of(f"line {n}") for n in (*range(30), *range(170, 200))]
    assert MAX_SIGHTED == 60


def test_a_line_that_is_a_subheading_once_is_told_as_the_most_careful() -> None:
    """
    A line counts once a page.
    """
    given = body("What we know", PROSE, heading("What we know"), MORE, LAST, LAST)

    assert not is_told("What we know", given)
    assert split(sight(given).free).count(digest_of(LAST) or b"") == 0


def test_prose_of_scripts_without_spaces_or_stops_is_prose() -> None:
    """
    Japanese sentences are short, Thai has no full stops.
    """
    japanese = "市長は日曜日、ダムは夜の間も持ちこたえ、けが人はいなかったと述べた。"
    thai = "นายกเทศมนตรีกล่าวเมื่อวันอาทิตย์ว่าเขื่อนเหนือหมู่บ้านทนอยู่ได้ตลอดทั้งคืนและไม่มีผู้ใดได้รับบาดเจ็บ" * 2

    for prose in (japanese, thai):
        assert not is_told("続報", body(prose, heading("続報"), prose))


def test_pages_with_the_same_story_have_the_same_prose() -> None:
    """
    Whatever stands around it.
    """
    one, other = sight(body("Morning edition", PROSE, MORE)), sight(body(PROSE, MORE, "Join our forum"))

    assert one.prose == other.prose != sight(body(PROSE, LAST)).prose
    assert sight(()).free == b""
