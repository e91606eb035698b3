"""Judges a running mock by the types and the behaviour of `openai-chatkit`.

`judge.py URL [--only PART…]` drives the server at URL and prints a JSON line a case. The cases are
in the modules beside this one: the showcase, the operations, the refusals, and pages.
"""

from __future__ import annotations

import sys

import cases
import judge_operations  # noqa: F401  Registers its cases.
import judge_pages  # noqa: F401
import judge_refusals  # noqa: F401
import judge_showcase  # noqa: F401
from wire import Backend

if __name__ == "__main__":
    cases.run(Backend(f"{sys.argv[1]}/chatkit"))
