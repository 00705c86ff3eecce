"""
What `takedown` does, from a wish to an exit status.
"""

from __future__ import annotations

import asyncio

from services.cli.errors import ExitCode
from services.cli.output import remark
from services.cli.takedowns import showing
from services.cli.takedowns.control import Ordered, Wish, lift, rehearse, take_down
from services.cli.takedowns.finding import Trail
from services.cli.takedowns.looking import all_takedowns
from services.runtime.settings import KafkaSettings


def order(kafka: KafkaSettings, wish: Wish, *, dry_run: bool, as_json: bool) -> ExitCode:
    """
    Take an article down; or only say what would be touched.
    """
    if dry_run:
        return _rehearsed(kafka, wish.trail, as_json=as_json)
    ordered = asyncio.run(take_down(kafka, wish, remark))
    showing.show_ordered(ordered, as_json=as_json)
    return _end(ordered)


def _rehearsed(kafka: KafkaSettings, trail: Trail, *, as_json: bool) -> ExitCode:
    findings = asyncio.run(rehearse(kafka, trail))
    showing.show_rehearsal(trail, findings, as_json=as_json)
    return ExitCode.DONE


def lift_one(kafka: KafkaSettings, wish: Wish, *, as_json: bool) -> ExitCode:
    """
    Lift a takedown.
    """
    ordered = asyncio.run(lift(kafka, wish))
    showing.show_ordered(ordered, as_json=as_json)
    return _end(ordered)


def _end(ordered: Ordered) -> ExitCode:
    return ExitCode.NOT_DRAINED if ordered.unheard else ExitCode.DONE


def list_takedowns(kafka: KafkaSettings, *, as_json: bool) -> ExitCode:
    """
    Show all takedowns.
    """
    found = list(asyncio.run(all_takedowns(kafka)).values())
    if not found:
        remark("Nothing was ever taken down.")
        return ExitCode.NOTHING
    showing.show_list(found, as_json=as_json)
    return ExitCode.DONE
