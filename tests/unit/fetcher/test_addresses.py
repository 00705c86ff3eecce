"""
Which addresses may be dialled.
"""

from __future__ import annotations

import pytest

from services.fetcher.addresses import may_dial, networks


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:0:53aa:64c:0:0:80ff:fffe",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_what_is_not_for_the_whole_internet_is_refused(address: str) -> None:
    """
    Private, local, shared, multicast, reserved, documentation; and whatever carries one of these inside.
    """
    assert not may_dial(address, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "192.0.1.1"])
def test_public_addresses_may_be_dialled(address: str) -> None:
    """
    Also through a NAT64 whose IPv4 side is public.
    """
    assert may_dial(address, ())


def test_an_operator_may_allow_a_network_by_name() -> None:
    """
    Just this network, also where it is written as a mapped address.
    """
    allowed = networks(["10.0.0.0/24", "fd00::/64"])

    assert may_dial("10.0.0.9", allowed)
    assert may_dial("::ffff:10.0.0.9", allowed)
    assert may_dial("fd00::5", allowed)
    assert not may_dial("10.0.1.9", allowed)
    assert not may_dial("127.0.0.1", allowed)
