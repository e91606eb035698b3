//! A backend that knows its users by a cookie, which a check does not send back by itself.

use super::evidence::{Exchange, Trouble, quote};

/// What is to be said of a backend that set a cookie, and then did not know its own thread.
pub fn trouble(exchanges: &[Exchange]) -> Option<Trouble> {
    let first = exchanges.first()?;
    let cookie = first.header("set-cookie")?;
    let name = quote(cookie.split(['=', ';']).next()?.trim().as_bytes());
    let is_stranger = |it: &&Exchange| {
        it.is_use() && it.param("thread_id").is_some() && matches!(it.status(), 401 | 403 | 404)
    };
    let refused = exchanges.iter().find(is_stranger)?;
    Some(Trouble {
        what: format!(
            "the backend set a cookie, {name}, in its answer to request {}, and does not know the \
             thread without it (request {}, {}: status {}); a check sends no cookie of its own",
            first.number,
            refused.number,
            refused.label(),
            refused.status()
        ),
        fix: format!("send the cookie of a session: --header 'Cookie: {name}=…'").into(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::Head;

    fn answered(request: &'static str, status: u16, header: Option<&str>) -> Exchange {
        let header = header.map(|value| ("set-cookie".to_owned(), value.to_owned()));
        Exchange {
            head: Some(Head {
                status,
                headers: header.into_iter().collect(),
                at: Duration::ZERO,
            }),
            ..Exchange::asked(Bytes::from_static(request.as_bytes()))
        }
    }

    #[test]
    fn a_cookie_matters_only_where_the_thread_is_not_known_without_it() {
        let create = "{\"type\":\"threads.create\",\"params\":{}}";
        let read = "{\"type\":\"threads.get_by_id\",\"params\":{\"thread_id\":\"t\"}}";
        let told = |cookie, status| {
            trouble(&[answered(create, 200, cookie), answered(read, status, None)])
        };
        let found = told(Some("sid=secret; Path=/"), 404).unwrap();
        assert!(found.what.contains("a cookie, sid, "), "{}", found.what);
        assert!(!found.what.contains("secret") && !found.fix.contains("secret"));
        assert_eq!(told(Some("sid=secret"), 200), None);
        assert_eq!(told(None, 404), None);
    }
}
