"""
Counting the lines of a site.
"""

from uuid import UUID, uuid5

from services.cleaner.sites.line_counts import MAX_ARTICLES, MAX_LINES, WINDOW, SiteCounts, joined, learned
from services.cleaner.sites.site_lines import Sighting, digest_of

NAMESPACE = UUID(int=7)


def line(name: str) -> bytes:
    """
    The digest of a line.
    """
    found = digest_of(name)
    assert found is not None
    return found


def seen(number: int, *free: str, guarded: tuple[str, ...] = ()) -> Sighting:
    """
    What a page tells whose story no other number has.
    """
    own = [f"sentence of story {number}"]
    return Sighting(line(f"story {number}"), b"".join(map(line, free)), b"".join(map(line, [*own, *guarded])))


def counted(counts: SiteCounts, *sightings: Sighting, start: int = 0) -> SiteCounts:
    """
    Counts, after some articles.
    """
    for number, sighting in enumerate(sightings, start):
        counts.count(uuid5(NAMESPACE, str(number)), sighting)
    return counts


def test_six_articles_teach_a_line_and_its_share() -> None:
    """
    And a line of five of them is none.
    """
    counts = counted(SiteCounts({}), *(seen(n, "all", *(("most",) if n else ())) for n in range(6)))

    assert learned(counts.window) == {line("all"): 100}


def test_a_fifth_of_the_last_fifty_is_enough_and_less_is_not() -> None:
    """
    However many there were before.
    """
    early = [seen(n, "early") for n in range(50)]
    late = [seen(100 + n, *(("fifth",) if n < 10 else ()), *(("less",) if 20 <= n < 29 else ())) for n in range(50)]
    counts = counted(SiteCounts({}), *early, *late)

    assert learned(counts.window) == {line("fifth"): 20}


def test_a_guarded_line_takes_half_of_the_articles_and_fifteen() -> None:
    """
    Fourteen of fourteen are too few; so are 24 of fifty.
    """
    few = counted(SiteCounts({}), *(seen(n, guarded=("house",)) for n in range(14)))
    many = counted(SiteCounts({}), *(seen(n, guarded=("half",) if n < 25 else ()) for n in range(50)))
    less = counted(SiteCounts({}), *(seen(n, guarded=("less",) if n < 24 else ()) for n in range(50)))

    assert learned(few.window) == {}
    assert learned(many.window) == {line("half"): 50}
    assert learned(less.window) == {}


def test_an_article_and_a_text_count_once() -> None:
    """
    By the id of the one and the prose of the other.
    """
    counts = counted(SiteCounts({}), seen(1))

    assert not counts.count(uuid5(NAMESPACE, "0"), seen(2))
    assert not counts.count(uuid5(NAMESPACE, "9"), seen(1, "else"))
    assert counts.count(uuid5(NAMESPACE, "9"), seen(2))
    assert counts.number == 2


def test_a_known_line_lasts_for_two_hundred_articles() -> None:
    """
    Counted from the last that it stood in, or from the start.
    """
    counts = counted(SiteCounts.after([line("old"), line("older")]), seen(0, "old"), *(seen(n) for n in range(1, 200)))
    after_200 = counts.lasting()
    counted(counts, seen(500), start=500)

    assert after_200 == {line("old")}
    assert counts.lasting() == set()


def test_what_lasts_is_joined_to_what_is_learned() -> None:
    """
    New shares go before old ones; too many are cut by share.
    """
    old = {line("a"): 30, line("b"): 40, line("gone"): 90}
    many = {line(str(number)): 1 + number % 90 for number in range(400)}

    assert joined({line("a"): 60}, old, {line("a"), line("b")}) == {line("a"): 60, line("b"): 40}
    assert len(joined(many, old, {line("b")})) == MAX_LINES
    assert min(joined(many, {}, set()).values()) > 20
    assert list(joined(many, {}, set())) == sorted(joined(many, {}, set()))


def test_counts_stay_small() -> None:
    """
    Whatever comes: a window of articles, a ring of ids.
    """
    counts = counted(SiteCounts({}), *(seen(n) for n in range(MAX_ARTICLES + 30)))

    assert (len(counts.window), len(counts.articles)) == (WINDOW, MAX_ARTICLES)
    assert not counts.count(uuid5(NAMESPACE, str(40)), seen(9000))
    assert counts.count(uuid5(NAMESPACE, str(20)), seen(9001))
