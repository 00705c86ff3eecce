"""
Gives the users of the `secure` deployment their passwords and their rights. It runs in Kafka's own network, where one
listener asks for no password; doing it twice does no harm.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from deploy.compose.acls import USERS, rules
from deploy.compose.wire import acls_request, ask, insist_on_acls, insist_on_scram, scram_request

KAFKA = ("localhost", 19094)

FOLDER = Path("/secrets")
"""A folder a user, with `password` in it, as credentials.sh has made them."""


def main() -> None:
    """
    Users first, then their rights.
    """
    for user in USERS:
        password = (FOLDER / user / "password").read_text(encoding="utf-8").strip()
        insist_on_scram(ask(KAFKA, scram_request(user, password, secrets.token_bytes(16))))
    count = insist_on_acls(ask(KAFKA, acls_request(rules())))
    sys.stdout.write(f"{len(USERS)} users, {count} rules\n")


if __name__ == "__main__":
    main()
