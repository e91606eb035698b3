//! Faults of pages: rows that stand twice, are missing, or come in the wrong order.

use serde_json::{Value, json};

use super::super::apply::Strike;
use super::super::asked::Asked;
use super::super::row::{Act, Reach, Row};

const PAGES: Reach = Reach::Only(&["threads.list", "items.list"]);

const fn row(
    name: &'static str,
    act: fn(&Strike, &Asked, &mut Value),
    does: &'static str,
    client: &'static str,
) -> Row {
    Row {
        name,
        params: &[],
        reach: PAGES,
        does,
        client,
        act: Act::Document(act),
    }
}

pub(in super::super) const ROWS: &[Row] = &[
    row(
        "page-doubles",
        doubles,
        "lists the last row of a page twice",
        "shows a row once, by its id",
    ),
    row(
        "page-misses",
        misses,
        "leaves a row in the middle of a page out",
        "(its test) compares what was stored with what is listed",
    ),
    row(
        "page-order",
        reversed,
        "lists the rows of a page in the wrong order",
        "sorts by time where the order matters",
    ),
    row(
        "page-no-after",
        no_after,
        "says that there is more, and not where it goes on",
        "stops, or goes on behind the last row, and does not ask for the same page for ever",
    ),
    row(
        "page-endless",
        endless,
        "says of every page, the last one included, that there is more",
        "stops when a page is empty or its cursor is the one before",
    ),
    Row {
        reach: Reach::Only(&["items.list"]),
        ..row(
            "hidden-listed",
            hidden,
            "lists a hidden item, which is only for the model",
            "does not show it",
        )
    },
];

fn rows(page: &mut Value) -> Option<&mut Vec<Value>> {
    page.get_mut("data")?.as_array_mut()
}

fn doubles(_: &Strike, _: &Asked, page: &mut Value) {
    if let Some(rows) = rows(page) {
        rows.extend(rows.last().cloned());
    }
}

fn misses(_: &Strike, _: &Asked, page: &mut Value) {
    if let Some(rows) = rows(page).filter(|rows| !rows.is_empty()) {
        rows.remove((rows.len() - 1) / 2);
    }
}

fn reversed(_: &Strike, _: &Asked, page: &mut Value) {
    if let Some(rows) = rows(page) {
        rows.reverse();
    }
}

fn no_after(_: &Strike, _: &Asked, page: &mut Value) {
    if let Some(page) = page.as_object_mut() {
        page.insert("has_more".to_owned(), true.into());
        page.shift_remove("after");
    }
}

fn endless(_: &Strike, asked: &Asked, page: &mut Value) {
    let last = rows(page).and_then(|rows| rows.last().map(|row| row["id"].clone()));
    let cursor = last.or_else(|| asked.param("after"));
    page["has_more"] = true.into();
    page["after"] = cursor.unwrap_or_default();
}

fn hidden(_: &Strike, asked: &Asked, page: &mut Value) {
    let thread = asked.thread.clone();
    if let Some(rows) = rows(page) {
        let at = rows.first().map(|row| row["created_at"].clone());
        rows.push(json!({
            "id": "hcx_leaked",
            "thread_id": thread,
            "created_at": at.unwrap_or_else(|| "2026-01-01T00:00:00Z".into()),
            "type": "hidden_context_item",
            "content": "The user must not see this.",
        }));
    }
}
