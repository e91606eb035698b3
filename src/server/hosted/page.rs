//! Pages of the REST API: the query that asks for one, and the list that answers.

use axum::http::Uri;
use url::form_urlencoded;

use super::super::refusal::Refusal;
use crate::protocol::hosted::List;
use crate::protocol::{DEFAULT_PAGE_SIZE, Extra, Order};
use crate::store::{Query, StoreError};

const MAX_PAGE_SIZE: usize = 100;

/// Which page is asked for.
#[derive(Debug, PartialEq)]
pub(super) struct PageQuery {
    pub limit: usize,
    pub order: Order,
    pub after: Option<String>,
    pub before: Option<String>,
    /// Whose threads; without one, everyone's.
    pub user: Option<String>,
}

impl PageQuery {
    /// Reads the query of an address; parameters that the API does not have are passed over.
    pub fn read(uri: &Uri) -> Result<Self, Refusal> {
        let mut page = Self {
            limit: DEFAULT_PAGE_SIZE,
            order: Order::default(),
            after: None,
            before: None,
            user: None,
        };
        let query = uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "limit" => page.limit = limit(&value)?,
                "order" => page.order = order(&value)?,
                "after" => page.after = filled(&value),
                "before" => page.before = filled(&value),
                "user" if value.is_empty() => {
                    let message = "user must not be empty; leave it out to list everyone's";
                    return Err(Refusal::invalid("user", message));
                }
                "user" => page.user = Some(value.into_owned()),
                _ => {}
            }
        }
        Ok(page)
    }

    /// The store's query for this page.
    pub fn stored(&self) -> Query<'_> {
        Query {
            limit: self.limit,
            order: self.order,
            after: self.after.as_deref(),
            before: self.before.as_deref(),
            hidden: false,
        }
    }

    /// Names the cursor that the list does not have.
    pub fn refuse(&self, error: StoreError) -> Refusal {
        let param = match &error {
            StoreError::NoCursor(id) if self.before.as_ref() == Some(id) => Some("before".into()),
            _ => None,
        };
        let refusal = Refusal::from(error);
        Refusal {
            param: param.or(refusal.param),
            ..refusal
        }
    }
}

/// A page of rows, which names its first and last one.
pub(super) fn list<T>(data: Vec<T>, has_more: bool, id: impl Fn(&T) -> &str) -> List<T> {
    List {
        object: "list".into(),
        first_id: data.first().map(|row| id(row).to_owned()),
        last_id: data.last().map(|row| id(row).to_owned()),
        data,
        has_more,
        extra: Extra::default(),
    }
}

fn limit(value: &str) -> Result<usize, Refusal> {
    let limit = value.parse().ok();
    limit
        .filter(|limit| (1..=MAX_PAGE_SIZE).contains(limit))
        .ok_or_else(|| {
            let message =
                format!("limit must be a number from 1 to {MAX_PAGE_SIZE}, not '{value}'");
            Refusal::invalid("limit", message)
        })
}

fn order(value: &str) -> Result<Order, Refusal> {
    match value {
        "asc" => Ok(Order::Asc),
        "desc" => Ok(Order::Desc),
        _ => {
            let message = format!("order must be 'asc' or 'desc', not '{value}'");
            Err(Refusal::invalid("order", message))
        }
    }
}

fn filled(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &'static str) -> Result<PageQuery, Refusal> {
        PageQuery::read(&Uri::from_static(query))
    }

    #[test]
    fn a_query_has_defaults_and_is_percent_decoded() {
        let page = read("/threads").unwrap();
        assert_eq!((page.limit, page.order), (20, Order::Desc));
        let page = read("/threads?limit=100&order=asc&user=a%20b&after=x&before=&new=1").unwrap();
        assert_eq!((page.limit, page.order), (100, Order::Asc));
        assert_eq!(page.user.as_deref(), Some("a b"));
        assert_eq!((page.after.as_deref(), page.before), (Some("x"), None));
    }

    #[test]
    fn a_bad_parameter_is_named() {
        for (query, param) in [
            ("/?limit=0", "limit"),
            ("/?limit=101", "limit"),
            ("/?limit=ten", "limit"),
            ("/?order=up", "order"),
            ("/?user=", "user"),
            ("/?user", "user"),
        ] {
            assert_eq!(read(query).unwrap_err().param.as_deref(), Some(param));
        }
    }
}
