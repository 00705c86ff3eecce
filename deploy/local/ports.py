"""
Ports for the broker. A port that is free now can be taken before the broker binds it: the caller tries again.
"""

import errno
import random
import socket
from itertools import islice

from deploy.local.errors import ErrorCode, LocalBrokerError
from deploy.local.properties import HOST

# Below the range that systems hand out to outgoing connections. Inside it, a client that keeps trying to reach a
# stopped local broker can be given that very port, connect to itself, and keep the broker from coming back.
FIRST, LAST = 20_000, 29_999
TRIES = 200


def is_free(port: int) -> bool:
    """
    Tell whether a server could listen on the port now.
    """
    with socket.socket() as probe:
        # As the broker does: connections of its predecessor that linger are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def free_ports(count: int) -> list[int]:
    """
    Return different ports that are free now, picked at random so that parallel callers seldom meet.
    """
    picks = random.sample(range(FIRST, LAST + 1), TRIES)
    ports = list(islice((port for port in picks if is_free(port)), count))
    if len(ports) < count:
        raise LocalBrokerError(
            ErrorCode.PORT_IN_USE,
            f"No free port among {TRIES} between {FIRST} and {LAST}.",
            next_step="Name a free port, or look for servers that were left behind.",
        )
    return ports
