//! Walking pages, whichever of the two APIs they come from.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::circle::Circle;
use crate::error::{Breach, Error, Result};
use crate::protocol::{DecodeError, Order};

/// How many rows are asked for at once when all of them are wanted; the hosted API's largest page.
pub const WALK_LIMIT: u32 = 100;

/// One page that is asked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// How many rows; the backend's own number if nothing is said.
    pub limit: Option<u32>,
    /// The order by creation.
    pub order: Order,
    /// The id of the row that it begins after.
    pub after: Option<String>,
}

/// The pages that are asked for.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The first of them.
    pub first: Query,
    /// Whether all others follow.
    pub all: bool,
    /// The most rows that a page has: more than that come on several.
    pub largest: Option<u32>,
}

/// A row as it was received, and as it is shown.
#[derive(Debug)]
pub struct Row<T> {
    /// Word for word.
    pub raw: Box<RawValue>,
    /// What it says.
    pub value: T,
}

/// Some rows, and whether there are more.
#[derive(Debug)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<Row<T>>,
    /// The id to go on after, when there are more.
    pub more: Option<String>,
}

/// The rows' own words on a page of either API.
#[derive(Deserialize)]
struct RawPage {
    data: Vec<Box<RawValue>>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    data: Vec<&'a RawValue>,
    has_more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a str>,
}

impl Walk {
    /// All rows, oldest first.
    pub fn everything() -> Self {
        Self {
            first: Query {
                limit: Some(WALK_LIMIT),
                order: Order::Asc,
                after: None,
            },
            all: true,
            largest: None,
        }
    }

    /// The same rows, on pages of at most so many.
    pub fn in_pages_of(self, largest: u32) -> Self {
        let largest = Some(largest);
        Self { largest, ..self }
    }
}

impl<T> Rows<T> {
    /// The rows of a page: `raw` is the document, `values` what its rows say.
    ///
    /// # Errors
    /// The backend broke the protocol: it says that there are more rows and not where.
    pub fn new(
        operation: &str,
        raw: &[u8],
        values: impl IntoIterator<Item = T>,
        has_more: bool,
        after: Option<String>,
    ) -> Result<Self> {
        let page: RawPage =
            crate::protocol::from_slice(raw).map_err(|error| breach(operation, error))?;
        if has_more && after.is_none() {
            return Err(bad_after(operation, "missing, although has_more is true"));
        }
        let rows = page.data.into_iter().zip(values);
        Ok(Self {
            rows: rows.map(|(raw, value)| Row { raw, value }).collect(),
            more: after.filter(|_| has_more),
        })
    }

    /// The same rows, which say something else.
    pub fn map<U>(self, mut to: impl FnMut(T) -> U) -> Rows<U> {
        let rows = self.rows.into_iter().map(|row| Row {
            raw: row.raw,
            value: to(row.value),
        });
        Rows {
            rows: rows.collect(),
            more: self.more,
        }
    }

    /// The JSON that `--json` prints.
    pub fn printed(&self) -> impl Serialize {
        Printed {
            data: self.rows.iter().map(|row| &*row.raw).collect(),
            has_more: self.more.is_some(),
            after: self.more.as_deref(),
        }
    }
}

/// Fetches one page of what this operation lists, or all of them; one that is larger than a page may
/// be is fetched as several.
///
/// # Errors
/// Whatever `fetch` says; and the backend broke the protocol when the pages have no end.
pub async fn walk<T>(
    operation: &str,
    walk: Walk,
    fetch: impl AsyncFn(Query) -> Result<Rows<T>>,
) -> Result<Rows<T>> {
    // One page is what the backend makes of it, unless the rows are known to need several.
    let wanted = walk
        .first
        .limit
        .filter(|_| walk.largest.is_some() && !walk.all);
    let mut left = wanted.map(|rows| rows as usize);
    let at_most = |rows: u32| rows.min(walk.largest.unwrap_or(rows));
    let mut query = walk.first;
    let (mut rows, mut circle) = (Vec::new(), Circle::default());
    query.limit = query.limit.map(at_most);
    loop {
        let page = fetch(query.clone()).await?;
        let count = page.rows.len();
        rows.extend(page.rows);
        left = left.map(|left| left.saturating_sub(count));
        let more = match page.more {
            Some(after) if walk.all || left.is_some_and(|left| left > 0) => after,
            more => return Ok(Rows { rows, more }),
        };
        if let Some(left) = left {
            query.limit = Some(at_most(u32::try_from(left).unwrap_or(u32::MAX)));
        }
        circle.step(operation, query.after.as_deref(), &more, count)?;
        query.after = Some(more);
    }
}

fn bad_after(operation: &str, message: &str) -> Error {
    let error = DecodeError {
        path: "after".to_owned(),
        message: message.to_owned(),
    };
    breach(operation, error)
}

fn breach(operation: &str, error: DecodeError) -> Error {
    Breach::Document {
        operation: operation.to_owned(),
        error,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: &[&str], more: Option<&str>) -> Result<Rows<String>> {
        let raw = serde_json::json!({"data": ids}).to_string();
        let values = ids.iter().map(|id| (*id).to_owned());
        let after = more.map(str::to_owned);
        Rows::new("x", raw.as_bytes(), values, more.is_some(), after)
    }

    #[tokio::test]
    async fn a_walk_goes_on_until_there_is_no_more() {
        let rows = walk("x", Walk::everything(), async |query| {
            match query.after.as_deref() {
                None => page(&["a", "b"], Some("b")),
                Some("b") => page(&["c"], None),
                other => panic!("{other:?}"),
            }
        });
        let rows = rows.await.unwrap();
        let ids: Vec<_> = rows.rows.iter().map(|row| row.value.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
        assert_eq!(
            serde_json::to_string(&rows.printed()).unwrap(),
            r#"{"data":["a","b","c"],"has_more":false}"#
        );
    }

    #[tokio::test]
    async fn more_rows_than_a_page_has_come_on_several() {
        let ids: Vec<String> = (0..7).map(|n| n.to_string()).collect();
        let fetched = async |limit: Option<u32>, all| {
            let first = Query {
                limit,
                order: Order::Asc,
                after: None,
            };
            let asked = std::cell::RefCell::new(Vec::new());
            let several = Walk {
                first,
                all,
                largest: None,
            };
            let rows = walk("x", several.in_pages_of(3), async |query| {
                asked.borrow_mut().push(query.limit);
                let start = query
                    .after
                    .map_or(0, |after| after.parse::<usize>().unwrap() + 1);
                let end = ids.len().min(start + query.limit.unwrap_or(2) as usize);
                let some: Vec<&str> = ids[start..end].iter().map(String::as_str).collect();
                page(&some, some.last().copied().filter(|_| end < ids.len()))
            });
            let rows = rows.await.unwrap();
            (rows.rows.len(), rows.more, asked.into_inner())
        };
        let all = |limits: &[u32]| limits.iter().map(|limit| Some(*limit)).collect::<Vec<_>>();
        assert_eq!(
            fetched(Some(5), false).await,
            (5, Some("4".into()), all(&[3, 2]))
        );
        assert_eq!(fetched(Some(20), false).await, (7, None, all(&[3, 3, 3])));
        assert_eq!(
            fetched(Some(2), false).await,
            (2, Some("1".into()), all(&[2]))
        );
        assert_eq!(fetched(Some(9), true).await, (7, None, all(&[3, 3, 3])));
        assert_eq!(
            fetched(None, false).await,
            (2, Some("1".into()), vec![None])
        );
    }

    #[tokio::test]
    async fn a_walk_that_leads_nowhere_ends() {
        let rows = walk("x", Walk::everything(), async |_| page(&["a"], Some("a"))).await;
        assert_eq!(rows.unwrap_err().code(), 6);
        let rows = walk("x", Walk::everything(), async |_| page(&[], Some("a"))).await;
        assert_eq!(rows.unwrap_err().code(), 6);
        let circle = walk("x", Walk::everything(), async |query| {
            let next = if query.after.as_deref() == Some("a") {
                "b"
            } else {
                "a"
            };
            page(&["x"], Some(next))
        });
        assert_eq!(circle.await.unwrap_err().code(), 6);
        let raw = br#"{"data":[],"has_more":true}"#;
        let rows = Rows::<()>::new("x", raw, [], true, None);
        assert_eq!(rows.unwrap_err().code(), 6);
    }
}
