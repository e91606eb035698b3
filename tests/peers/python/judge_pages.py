"""Pages of threads and of items: limit, order, after, has_more, and no row twice."""

from __future__ import annotations

from typing import Any

from cases import case, check, same
from wire import Backend, Turn


def thread_of(b: Backend, messages: int) -> tuple[str, list[str]]:
    """A thread of that many turns, and the ids of its items, oldest first."""
    turn: Turn = b.say("show text 1")
    ids = [event.item.id for event in turn.of("thread.item.done")]
    for _ in range(messages - 1):
        more = b.say("show text 1", turn.thread_id)
        ids += [event.item.id for event in more.of("thread.item.done")]
    return turn.thread_id, ids


def walk(b: Backend, kind: str, **params: Any) -> list[list[str]]:
    """The ids of every page."""
    pages: list[list[str]] = []
    after: dict[str, str] = {}
    while True:
        page = b.call(kind, **params, **after)
        pages.append([row.id for row in page.data])
        check(len(page.data) <= params.get("limit", 20), "a page is longer than its limit")
        if not page.has_more:
            same(page.after, None, "after of the last page")
            return pages
        same(page.after, page.data[-1].id, "after of a page that is not the last")
        check(len(pages) < 1000, "the pages never end")
        after = {"after": page.after}


def flat(pages: list[list[str]]) -> list[str]:
    return [row for page in pages for row in page]


@case("items.list is newest first where no order is named")
def items_default(b: Backend) -> None:
    thread_id, ids = thread_of(b, 3)
    same([i.id for i in b.call("items.list", thread_id=thread_id).data], ids[::-1], "items")


@case("items.list has twenty items a page where no limit is named")
def items_default_limit(b: Backend) -> None:
    thread_id, ids = thread_of(b, 12)
    page = b.call("items.list", thread_id=thread_id, order="asc")
    same([i.id for i in page.data], ids[:20], "the first page")
    same((page.has_more, page.after), (True, ids[19]), "has_more and after")


@case("items.list gives every item once, in either order, whatever the limit")
def items_walk(b: Backend) -> None:
    thread_id, ids = thread_of(b, 4)
    for limit in (1, 3, len(ids), 9999):
        up = walk(b, "items.list", thread_id=thread_id, order="asc", limit=limit)
        down = walk(b, "items.list", thread_id=thread_id, order="desc", limit=limit)
        same((flat(up), flat(down)), (ids, ids[::-1]), f"items at a limit of {limit}")
        check(all(len(page) == limit for page in up[:-1]), "a page that is not the last is short")
        check(up[-1], "the last page is empty")


@case("items.list of a page in the middle stays the same when items are added")
def items_stable(b: Backend) -> None:
    thread_id, ids = thread_of(b, 3)
    first = b.call("items.list", thread_id=thread_id, limit=2)
    b.say("show text 1", thread_id)
    second = b.call("items.list", thread_id=thread_id, limit=2, after=first.after)
    same([i.id for i in second.data], ids[::-1][2:4], "the second page")


@case("threads.get_by_id has the first twenty items, and says that there are more")
def get_by_id_page(b: Backend) -> None:
    thread_id, ids = thread_of(b, 12)
    items = b.call("threads.get_by_id", thread_id=thread_id).items
    same([i.id for i in items.data], ids[:20], "items")
    same((items.has_more, items.after), (True, ids[19]), "has_more and after")
    rest = b.call("items.list", thread_id=thread_id, order="asc", after=items.after)
    same([i.id for i in rest.data], ids[20:], "the items after")


@case("threads.list is newest first where no order is named")
def threads_default(b: Backend) -> None:
    made = [b.say("hello").thread_id for _ in range(3)]
    same([t.id for t in b.call("threads.list").data][:3], made[::-1], "threads")


@case("threads.list has twenty threads a page where no limit is named")
def threads_default_limit(b: Backend) -> None:
    made = [b.say("hello").thread_id for _ in range(21)]
    page = b.call("threads.list")
    same([t.id for t in page.data], made[::-1][:20], "threads")
    same((page.has_more, page.after), (True, made[1]), "has_more and after")


@case("threads.list gives every thread once, in either order, whatever the limit")
def threads_walk(b: Backend) -> None:
    made = [b.say("hello").thread_id for _ in range(5)]
    whole = flat(walk(b, "threads.list", limit=9999))
    same(len(set(whole)), len(whole), "threads that are listed once")
    same(whole[:5], made[::-1], "the newest five")
    for limit in (2, 7):
        same(flat(walk(b, "threads.list", limit=limit)), whole, f"threads at a limit of {limit}")
        up = walk(b, "threads.list", limit=limit, order="asc")
        same(flat(up), whole[::-1], f"threads, oldest first, at a limit of {limit}")


@case("threads.list gives threads without their items")
def threads_bare(b: Backend) -> None:
    b.say("show text 2")
    for thread in b.call("threads.list").data:
        same(thread.items.data, [], f"items of {thread.id}")
