"""The official `openai` SDK, unchanged, against the mock's hosted API.

`hosted.py URL [--only PART…]` prints a JSON line a case; the cases are in the modules beside it.
"""

from __future__ import annotations

import sys

import cases
import hosted_sessions  # noqa: F401  Registers its cases.
import hosted_threads  # noqa: F401
from hosted_api import Hosted

if __name__ == "__main__":
    cases.run(Hosted(sys.argv[1]))
