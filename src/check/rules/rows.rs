//! The rows of what was read back: those of a page, or of a thread's own page.

use serde_json::Value;

use crate::check::evidence::Exchange;
use crate::check::story::Story;
use crate::protocol::Operation;

/// Why a rule is skipped that looks at rows.
pub(super) const NONE: &str = "no thread was read back";

/// Whoever asks for a thread gets that one: what is wrong where it is another, of which the answer
/// tells nothing about the one that was asked for.
pub(super) fn other_thread(exchange: &Exchange) -> Option<String> {
    let asked = exchange.param("thread_id")?;
    let document = exchange.document()?;
    let found = document["id"].as_str()?;
    (found != asked).then(|| format!("it is the thread {found}, and {asked} was asked for"))
}

/// The page that was answered, which may be a thread's own.
fn page(exchange: &Exchange) -> Value {
    let document = exchange.document().unwrap_or_default();
    match exchange.operation() {
        Some(Operation::GetThread) if other_thread(exchange).is_some() => Value::Null,
        Some(Operation::GetThread) => document["items"].clone(),
        _ => document,
    }
}

/// Its rows.
pub(super) fn rows(exchange: &Exchange) -> Vec<Value> {
    let page = page(exchange);
    page["data"].as_array().cloned().unwrap_or_default()
}

/// Whether there is a page at all; that there is one is another rule's.
pub(super) fn has_rows(exchange: &Exchange) -> bool {
    page(exchange)["data"].is_array()
}

/// Whether every row is there: one page, from the beginning.
pub(super) fn is_whole_list(exchange: &Exchange) -> bool {
    let is_last = has_rows(exchange) && page(exchange)["has_more"] != true;
    is_last && exchange.params["after"].is_null() && !is_full(exchange)
}

/// Whether a page has as many rows as it may have, so that it may be cut.
pub(super) fn is_full(exchange: &Exchange) -> bool {
    let limit = exchange.params["limit"].as_u64();
    limit.is_some_and(|limit| rows(exchange).len() as u64 >= limit)
}

/// Whether it is known which items the rows have to be.
pub(super) fn is_comparable(exchange: &Exchange, story: &Story) -> bool {
    let is_read = exchange.is_success() && exchange.is_use() && has_rows(exchange);
    is_read && story.is_whole && story.is_certain
}

/// The id of a row, if it has one.
pub(super) fn id_of(row: &Value) -> Option<String> {
    row["id"].as_str().map(ToOwned::to_owned)
}

/// Ids, for people.
pub(super) fn list(ids: &[&String]) -> String {
    ids.iter()
        .map(|id| id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}
