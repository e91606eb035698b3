"""Named cases: each is a function that raises when the peer finds a fault.

A script prints one JSON line a case, `{"case", "ok", "why"}`, in the order in which they stand. The
names are written as literals, because the Rust side reads them from the source to list the tests.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

CASES: list[tuple[str, Callable[..., None]]] = []
BEYOND: set[str] = set()


def case(name: str, reference: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers a case; `reference=False` where it asks for more than the reference server does."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if any(name == known for known, _ in CASES):
            raise ValueError(f"two cases are named {name!r}")
        CASES.append((name, function))
        if not reference:
            BEYOND.add(name)
        return function

    return register


def check(holds: Any, why: str) -> None:
    """Fails the case with `why` unless `holds`."""
    if not holds:
        raise AssertionError(why)


def same(found: Any, wanted: Any, what: str) -> None:
    check(found == wanted, f"{what}: expected {shorten(wanted)}, found {shorten(found)}")


def shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 400 else f"{shown[:400]}…"


def why_of(cause: BaseException) -> str:
    """The message, and the line of the case at which it came up."""
    frames = traceback.extract_tb(cause.__traceback__)
    own = [frame for frame in frames if "peers" in frame.filename] or frames
    frame = own[1] if len(own) > 1 else own[-1]
    name = "" if isinstance(cause, AssertionError) else f"{type(cause).__name__}: "
    return f"{name}{cause} (line {frame.lineno} of {frame.name})"


def run(*arguments: Any) -> None:
    """Runs every case; `--reference` leaves out those that the reference server does not meet,
    and `--only PART…` those whose name contains no PART."""
    only = sys.argv[sys.argv.index("--only") + 1 :] if "--only" in sys.argv else [""]
    for name, function in CASES:
        if "--reference" in sys.argv and name in BEYOND:
            continue
        if not any(part in name for part in only):
            continue
        why = None
        try:
            function(*arguments)
        except Exception as cause:
            why = why_of(cause)
        print(json.dumps({"case": name, "ok": why is None, "why": why}), flush=True)
