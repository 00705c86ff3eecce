"""
Runs one stub service in a process of its own: `python -m tests.kafka.stub_service first`.
"""

import os
import sys

from services.runtime.app import serve
from tests.kafka.stubs import STUBS

if __name__ == "__main__":
    sys.exit(serve(STUBS[sys.argv[1]], os.environ))
