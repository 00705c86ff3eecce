from __future__ import annotations

from services.cli.replays.pace import LEAST_AHEAD, MAX_LIVE_LAG_S, STUCK_S, Bucket, Lane, LiveLag, Pace

HERE, THERE = ("news.page.fetched", 0), ("news.page.fetched", 1)


def pace(rate: float = 1000) -> Pace:
    found = Pace(Bucket(rate), {"cleaner": LiveLag(), "tagger": LiveLag()})
    found.bucket.room(0)
    return found


def test_a_rate_is_kept_over_time() -> None:
    """
    What comes in a second is never more than the rate, however often is asked.
    """
    bucket, gone = Bucket(20), 0
    for tenth in range(101):
        room = bucket.room(tenth / 10)
        bucket.take(room)
        gone += room

    assert gone == 200


def test_a_rate_below_one_lets_a_record_go_now_and_then() -> None:
    """
    A fifth of a record is none; five times that is one.
    """
    bucket = Bucket(0.2)
    rooms = [bucket.room(second) for second in range(6)]

    assert rooms == [0, 0, 0, 0, 0, 1]


def test_what_was_not_used_for_long_does_not_come_all_at_once() -> None:
    """
    After a pause no more goes than comes in a second.
    """
    bucket = Bucket(20)
    bucket.room(0)

    assert bucket.room(3600) == 20


def test_lag_is_how_long_an_end_has_been_waited_for() -> None:
    """
    The time between seeing an end and seeing it reached; newer ends do not make it younger.
    """
    lag = LiveLag()
    lag.see(10, {HERE: 5, THERE: 7}, {HERE: 5, THERE: 6})
    lag.see(11, {HERE: 9, THERE: 7}, {HERE: 5, THERE: 6})
    before = lag.seconds(12)
    lag.see(12, {HERE: 9, THERE: 7}, {HERE: 6, THERE: 7})

    assert (before, lag.seconds(12.5)) == (2, 1.5)


def test_a_group_that_has_read_all_is_not_behind() -> None:
    """
    Whatever it was before.
    """
    lag = LiveLag()
    lag.see(10, {HERE: 5}, {HERE: 0})
    lag.see(99, {HERE: 5}, {HERE: 5})

    assert lag.seconds(100) == 0


def test_looks_at_a_group_that_stands_still_do_not_pile_up() -> None:
    """
    A replay may wait for days.
    """
    lag = LiveLag()
    for second in range(10_000):
        lag.see(second, {HERE: second + 1}, {HERE: 0})

    assert lag.seconds(10_000) == 10_000
    assert len(lag._waiting) <= 100


def test_a_replay_stands_still_while_live_traffic_is_behind() -> None:
    """
    Of any service on the way; what is waited for is said.
    """
    found = pace()
    found.lags["tagger"].see(10, {HERE: 5}, {HERE: 0})

    assert found.room(10 + MAX_LIVE_LAG_S) != (0, "")
    assert found.room(10.1 + MAX_LIVE_LAG_S) == (0, "waits: the tagger is behind its live input, which comes first")


def test_no_more_waits_in_the_lane_than_is_soon_worked_off() -> None:
    """
    Live records that come meanwhile do not stand behind a heap.
    """
    found = pace(rate=1)
    found.bucket.room(0)
    found.lane.wrote({HERE: 10}, {HERE: LEAST_AHEAD})
    full = found.room(1)
    found.lane.see(1, {HERE: 9})
    still_full = found.room(2)
    found.lane.see(2, {HERE: 10})

    assert (full, still_full, found.room(3)) == ((0, ""), (0, ""), (1, ""))


def test_a_lane_that_nobody_reads_is_worth_a_word() -> None:
    """
    The service may not run.
    """
    found = pace()
    found.lane.see(1, {})
    found.lane.wrote({HERE: 300}, {HERE: 300})
    found.lane.see(2 + STUCK_S, {HERE: 0})

    assert found.room(2 + STUCK_S) == (0, "waits: the cleaner reads nothing of its lane; does it run?")


def test_what_was_written_is_counted_until_the_group_is_past_it() -> None:
    """
    By transaction and partition; records of others in the same lane do not count.
    """
    lane = Lane()
    lane.wrote({HERE: 3, THERE: 8, ("news.replays", 0): 1}, {HERE: 2, THERE: 1})
    lane.wrote({HERE: 9}, {HERE: 5})
    lane.see(0, {HERE: 4, THERE: 8})

    assert (lane.outstanding, lane.places) == (5, [HERE])
