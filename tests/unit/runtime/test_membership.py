from __future__ import annotations

import asyncio

from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import UnknownError

from services.runtime.kafka.membership import Membership
from services.runtime.settings import KafkaSettings, RuntimeSettings


async def test_a_member_that_was_never_confirmed_is_new_and_as_old_as_its_process() -> None:
    """
    The clock that it is measured by began long before.
    """

    async def ignore(_share: frozenset[int]) -> None: ...

    member = Membership("topic", "group", kafka=KafkaSettings(), settings=RuntimeSettings(), on_change=ignore)
    age_s = member.confirmed_age_s
    await member.stop()

    assert member.is_new
    assert not member.is_broken
    assert 0 <= age_s < 10


async def test_a_share_confirms_a_member() -> None:
    """
    Who is given partitions is in the group.
    """
    shares = []

    async def note(share: frozenset[int]) -> None:
        shares.append(share)

    member = Membership("topic", "group", kafka=KafkaSettings(), settings=RuntimeSettings(), on_change=note)
    await member.on_partitions_assigned([])
    await member.stop()

    assert not member.is_new
    assert shares == [frozenset()]


async def test_an_error_between_two_shares_is_taken_so_that_the_client_goes_on() -> None:
    """
    The client keeps its place in its loop until somebody has asked for the error; nobody polls without a share.
    """

    async def ignore(_share: frozenset[int]) -> None: ...

    member = Membership("topic", "group", kafka=KafkaSettings(), settings=RuntimeSettings(), on_change=ignore)
    coordinator = GroupCoordinator(member._consumer._client, member._consumer._subscription)
    member._consumer._subscription.register_fetch_waiters(set())
    member._consumer._coordinator, member._is_started = coordinator, True
    waiting = coordinator._push_error_to_user(UnknownError())
    taken = [member.take_error(), member.take_error()]
    async with asyncio.timeout(5):
        await waiting
    await member.stop()

    assert [type(error) for error in taken] == [UnknownError, type(None)]
