"""
What a site repeats is learned from the stream, and never changes what a page once gave.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from schemas import topics
from schemas.events import ArticleCleaned, PageFetched
from schemas.ids import article_id
from schemas.state import SiteLines
from services.cleaner.settings import CleanerSettings
from services.cleaner.topology import cleaner_topology
from services.runtime.processor import Processor
from services.runtime.record import Outgoing
from services.runtime.stage import Assignment
from services.runtime.testing import TopologyDriver
from tests.topology.site import HOUR, fetched

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
SITE = "hill-gazette.example"
HOUSE = "Gazette readers know more every single morning"
MINUTE = timedelta(minutes=1)
PEOPLE = ("baker", "mayor", "pilot", "nurse", "judge", "farmer", "teacher")
PLACES = ("harbour", "school", "bridge", "market", "library", "station")
ENDS = ("was closed for repairs", "would open again", "had been sold", "needed a new roof", "was full of visitors")


def story(number: int) -> list[str]:
    """
    Three paragraphs that no other number gives.
    """
    return [
        f"The {PEOPLE[(number + at) % 7]} number {number} told reporters on day {at} that the "
        f"{PLACES[(number * 5 + at) % 6]} near the river {ENDS[(number + 2 * at) % 5]}, after weeks of talks about "
        f"money, and that {number + at} people had signed a letter to the council by the end of the week."
        for at in range(1, 4)
    ]


def page(number: int, *lines: str, at: datetime | None = None, site: str = SITE, edit: str = "") -> PageFetched:
    """
    An article of a site, fetched a minute after the one before it, with lines under its story.
    """
    url = f"https://www.{site}/news/{number}"
    title = f"Report {number} from the hills"
    paragraphs = "".join(f"<p>{text}</p>" for text in [*story(number), *([edit] if edit else ()), *(lines or (HOUSE,))])
    body = (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><main><article><h1>{title}</h1>"
        f"{paragraphs}</article></main></body></html>"
    )
    known = {"url": url, "request_url": url, "canonical_url": url, "article_id": article_id(url), "site": site}
    return fetched(body.encode(), at or START + number * MINUTE, **known)


def cleaner(settings: CleanerSettings | None = None) -> TopologyDriver:
    """
    One task of the cleaner, with nothing remembered.
    """
    return TopologyDriver(cleaner_topology(settings or CleanerSettings()), now=START)


def restarted(driver: TopologyDriver) -> TopologyDriver:
    """
    A task that takes over from another: the table is restored, all else is gone.
    """
    topology = cleaner_topology(CleanerSettings())
    heir = TopologyDriver(topology, now=driver.now)
    for record in driver.output(topics.SITE_LINES):
        heir.tables[topics.SITE_LINES.name].restore(record.key.decode(), record.value)
    heir._processor = Processor(topology, Assignment(0, 1, heir.now, 0.0), heir.tables)
    return heir


def feed(driver: TopologyDriver, *pages: PageFetched) -> list[Outgoing]:
    """
    Let pages through as they are fetched; return the articles' records.
    """
    found: list[Outgoing] = []
    for each in pages:
        driver.now = max(driver.now, each.meta.fetched_at)
        found += driver.pipe(each, event_id=each.meta.page_id).records
    return [record for record in found if record.topic == topics.ARTICLE_CLEANED.name]


def article_of(record: Outgoing) -> ArticleCleaned:
    """
    The article of a record.
    """
    assert record.value is not None
    return ArticleCleaned.from_wire(record.value, {})


def snapshots(driver: TopologyDriver) -> list[SiteLines]:
    """
    What was learned.
    """
    found: list[SiteLines] = driver.events(topics.SITE_LINES)
    return found


def taught(lines: tuple[str, ...] = (HOUSE,), articles: int = 8) -> TopologyDriver:
    """
    A task that has seen some articles of the site.
    """
    driver = cleaner()
    feed(driver, *(page(number, *lines) for number in range(articles)))
    return driver


def later(number: int, hours: float = 2, *lines: str) -> PageFetched:
    """
    An article that is fetched when what was learned is valid.
    """
    return page(number, *lines, at=START + hours * HOUR)


def test_a_line_is_cut_once_it_stood_in_six_articles() -> None:
    """
    The first pages keep it; a page that comes when it is known says what was cut, where, and how sure that is.
    """
    driver = taught()
    [after] = feed(driver, later(90))

    early = [article.article_body for article in driver.events(topics.ARTICLE_CLEANED)[:8]]
    assert all(body.endswith(HOUSE) for body in early)
    article = article_of(after)
    assert article.article_body == "\n\n".join(story(90))
    [removal] = [removal for removal in article.removed if removal.rule == "site-line"]
    assert (removal.text, removal.score, removal.at) == (HOUSE, 1.0, len(article.article_body))


def test_nothing_is_learned_of_five_articles() -> None:
    """
    Five are too few to tell.
    """
    driver = taught(articles=5)

    assert snapshots(driver) == []


def test_what_is_learned_is_valid_an_hour_after_it_is_known() -> None:
    """
    Counted from the time of day, where the pages are older.
    """
    driver = cleaner()
    driver.now = START + 5 * HOUR
    feed(driver, *(page(number) for number in range(6)))

    [snapshot] = snapshots(driver)
    assert snapshot.valid_from == START + 6 * HOUR
    assert driver.output(topics.SITE_LINES)[0].key == b"hill-gazette.example@2026-03-01T12:00:00.000Z"


def test_what_is_learned_is_valid_an_hour_after_the_newest_page() -> None:
    """
    Counted from the pages, where their clock goes before the task's.
    """
    driver = cleaner()
    for number in range(6):
        driver.pipe(page(number, at=START + 9 * HOUR - number * MINUTE))

    assert driver.now == START
    assert [snapshot.valid_from for snapshot in snapshots(driver)] == [START + 10 * HOUR]


def test_a_page_that_was_fetched_before_does_not_use_it() -> None:
    """
    Though it comes later: an import, a slow partition.
    """
    driver = taught()
    driver.now = START + 9 * HOUR
    [before, older] = feed(driver, page(91, at=START + HOUR), page(92, at=START - 2000 * HOUR))

    assert article_of(before).article_body.endswith(HOUSE)
    assert article_of(older).article_body.endswith(HOUSE)


def test_an_article_counts_once_however_often_it_is_fetched() -> None:
    """
    Nor does an edited one count again.
    """
    driver = cleaner()
    for number in range(5):
        feed(driver, page(number))
        feed(driver, page(number, at=START + number * MINUTE + 10 * MINUTE))
        feed(driver, page(number, at=START + number * MINUTE + 20 * MINUTE, edit=f"Update {number}: it rained again."))

    assert snapshots(driver) == []


def test_one_text_at_many_addresses_counts_once() -> None:
    """
    Else its own sentences would be lines of the site.
    """
    driver = cleaner()
    for number in range(9):
        one = page(0)
        url = f"https://www.{SITE}/copies/{number}"
        feed(driver, one.model_copy(update={"meta": one.meta.model_copy(update={"article_id": article_id(url)})}))

    assert snapshots(driver) == []


def test_a_replayed_page_counts_nothing() -> None:
    """
    The replay lane is for what was seen before.
    """
    driver = cleaner()
    for number in range(9):
        driver.pipe(page(number), topics.PAGE_REPLAY)

    assert snapshots(driver) == []
    assert len(driver.events(topics.ARTICLE_CLEANED)) == 9


def test_a_replay_gives_the_same_records_whatever_was_learned_since() -> None:
    """
    Keys, values, headers and ids are equal, byte for byte, before, between and after snapshots.
    """
    driver = taught((HOUSE, "Ask the hill team"))
    second = "Winter offers for hill readers"
    pages = [*(page(number, HOUSE, "Ask the hill team") for number in range(8)), later(40), later(41, 3, HOUSE, second)]
    pages += [page(100 + number, HOUSE, second, at=START + 8 * HOUR + number * MINUTE) for number in range(20)]
    pages += [later(200, 24, HOUSE, second), later(201, 25, HOUSE, "Ask the hill team")]
    feed(driver, *pages[8:])
    first = driver.output(topics.ARTICLE_CLEANED)

    for each in reversed(pages):
        driver.pipe(each, topics.PAGE_REPLAY, each.meta.page_id)
    again = driver.output(topics.ARTICLE_CLEANED)[len(first) :]

    assert len(snapshots(driver)) == 2
    assert len({body.article_body.count(second) for body in driver.events(topics.ARTICLE_CLEANED)}) == 2
    assert again[::-1] == first


def test_a_restarted_task_gives_what_the_first_would_have_given() -> None:
    """
    What is learned lasts; only what was counted is gone.
    """
    whole = taught()
    halved = restarted(taught())
    pages = [later(50 + number, 2 + number) for number in range(12)]

    assert feed(whole, *pages) == feed(halved, *pages)


def test_a_restarted_task_goes_on_from_what_is_known() -> None:
    """
    A line that it has not seen yet stays known when it learns another.
    """
    heir = restarted(taught())
    feed(heir, *(page(60 + n, "Ask the hill team", at=START + 9 * HOUR + n * MINUTE) for n in range(8)))

    [snapshot] = snapshots(heir)
    assert len(snapshot.lines) == 2


def test_sites_do_not_mix() -> None:
    """
    What one repeats stays in the text of another.
    """
    driver = taught()
    elsewhere = page(90, at=START + 2 * HOUR, site="other-paper.example")

    assert article_of(feed(driver, elsewhere)[0]).article_body.endswith(HOUSE)


def test_the_id_of_an_event_names_what_was_known() -> None:
    """
    The same page is another event with it than without it, and the same event again with equal lines.
    """
    ids = [
        dict(record.headers)["ce_id"]
        for driver in (cleaner(), taught(), taught())
        for record in feed(driver, later(90))[-1:]
    ]

    assert ids[0] != ids[1] == ids[2]


def test_there_is_time_between_two_snapshots() -> None:
    """
    However many new lines a site brings.
    """
    driver = taught()
    feed(driver, *(page(100 + n, HOUSE, f"Offer number {n // 12}", at=START + n * 10 * MINUTE) for n in range(80)))

    starts = [snapshot.valid_from for snapshot in snapshots(driver)]
    assert len(starts) == 3
    assert all(after - before >= 6 * HOUR for before, after in pairwise(starts))


def test_what_is_known_is_renewed_and_does_not_hold_for_ever() -> None:
    """
    A page that comes months later uses nothing; where pages keep coming, the same lines are known anew.
    """
    day = 24 * HOUR
    quiet = taught()
    [late] = feed(quiet, page(90, at=START + 70 * day))
    busy = taught()
    feed(busy, *(page(100 + n, at=START + n * 10 * day) for n in range(1, 9)))
    [still] = feed(busy, page(190, at=START + 85 * day))

    assert article_of(late).article_body.endswith(HOUSE)
    assert article_of(still).article_body == "\n\n".join(story(190))
    assert len({tuple(snapshot.lines) for snapshot in snapshots(busy)}) == 1 < len(snapshots(busy))


def test_a_site_can_be_left_alone() -> None:
    """
    By a setting: nothing is learned, and nothing is cut.
    """
    driver = cleaner(CleanerSettings(site_lines_kept=(SITE,)))
    feed(driver, *(page(number) for number in range(8)))
    [after] = feed(driver, later(90))

    assert snapshots(driver) == []
    assert article_of(after).article_body.endswith(HOUSE)


def test_a_deleted_snapshot_is_used_no_more() -> None:
    """
    An operator takes back what was learned by deleting its key.
    """
    driver = taught()
    [record] = driver.output(topics.SITE_LINES)
    driver.records.append(Outgoing(record.topic, 0, record.key, None))
    heir = restarted(driver)

    assert article_of(feed(heir, later(90))[0]).article_body.endswith(HOUSE)


def test_a_page_from_the_end_of_time_harms_nobody() -> None:
    """
    Its clock is wrong; it is an article all the same.
    """
    driver = taught()
    driver.pipe(page(91, at=datetime(9998, 12, 31, 23, 59, tzinfo=UTC)))

    assert {conclusion.outcome for conclusion in driver.conclusions} == {"emit"}
    assert article_of(feed(driver, later(90))[0]).article_body == "\n\n".join(story(90))


SCRIPT = """
from tests.topology.test_site_lines import feed, later, taught
driver = taught(("Gazette readers know more", "Ask the hill team", "Winter offers for hill readers"))
feed(driver, later(90))
for record in driver.records:
    print(record)
"""


def test_any_process_learns_the_same_bytes() -> None:
    """
    Snapshots and articles are equal whatever the seed of hashes.
    """
    printed = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]

    assert b"news.site.lines" in printed[0]
    assert printed[0] == printed[1]
