"""
Is it ready, and is it ours? Kafka's Metadata request, by hand.

A listening port proves little: it is open before the node has registered itself. A metadata answer that lists a node
proves that clients can go on; the cluster id in it proves that no other broker happens to sit on the port. Only
services/runtime/kafka.py may import a Kafka client, and one fixed request needs none.
"""

import asyncio
import struct

from deploy.local.properties import HOST

METADATA, VERSION, CORRELATION = 3, 4, 1
"""Version 4 has the cluster id, and still the classic encoding, which needs no variable-length integers."""
NO_CLIENT_ID = -1
HEAD = struct.Struct(">iii")
"""How the answer begins: correlation id, throttle time in ms, number of nodes."""
TIMEOUT_S = 2.0


def metadata_request() -> bytes:
    """
    Return the request for the nodes of the cluster, without any topic and without creating one.
    """
    no_topics, create_topics = 0, False
    body = struct.pack(">hhihi?", METADATA, VERSION, CORRELATION, NO_CLIENT_ID, no_topics, create_topics)
    return struct.pack(">i", len(body)) + body


def lists_a_node(answer: bytes, cluster_id: str) -> bool:
    """
    Tell whether the answer, without its length, comes from this cluster and lists at least one node.
    """
    if len(answer) < HEAD.size:
        return False
    correlation, _throttle_ms, nodes = HEAD.unpack_from(answer)
    return correlation == CORRELATION and nodes > 0 and cluster_id.encode() in answer


async def is_ready(port: int, cluster_id: str) -> bool:
    """
    Ask the broker on the port once; False for every reason why it did not answer well.
    """
    try:
        async with asyncio.timeout(TIMEOUT_S):
            answer = await ask(port, metadata_request())
    except (OSError, EOFError, TimeoutError):
        return False
    return lists_a_node(answer, cluster_id)


async def ask(port: int, request: bytes) -> bytes:
    """
    Send one request over a connection of its own and return the answer.
    """
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        (length,) = struct.unpack(">i", await reader.readexactly(4))
        return await reader.readexactly(length)
    finally:
        writer.close()
