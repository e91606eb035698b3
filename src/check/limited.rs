//! What is said of a backend that refused because it is asked too much.

use super::evidence::{Exchange, Trouble, quote};
use crate::client::Patience;
use crate::plural::plural;

/// What is to be said about the requests that were refused in spite of it.
pub fn trouble(patience: &Patience, refused: &[Exchange]) -> Option<Trouble> {
    let first = refused.first()?;
    let (count, number, status) = (refused.len(), first.number, first.status());
    let asked = first.header("retry-after").map_or_else(String::new, |it| {
        format!(", retry-after: {}", quote(it.as_bytes()))
    });
    let waited = patience.spent.as_secs_f64();
    let were = if count == 1 { "was" } else { "were" };
    let requests = plural(count, "request");
    Some(Trouble {
        what: format!(
            "the backend limits the rate: {requests} {were} refused, after {waited:.1} s of \
             waiting (the first is request {number}, {}: status {status}{asked}); what needs \
             their answers was not checked",
            first.label()
        ),
        fix: "raise the limit for the check's credentials, or ask less: --jobs 1, --only GROUP"
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::check::evidence::Head;

    #[test]
    fn what_was_refused_is_counted_and_the_first_of_it_named() {
        let refused = Exchange {
            number: 7,
            head: Some(Head {
                status: 429,
                headers: vec![("retry-after".into(), "9".into())],
                at: Duration::ZERO,
            }),
            ..Exchange::asked(Bytes::from_static(b"{\"type\":\"threads.list\"}"))
        };
        let mut patience = Patience::default();
        patience.wait(429, Some("9"));
        let trouble = trouble(&patience, &[refused]).unwrap();
        let said = "1 request was refused, after 9.0 s of waiting (the first is request 7, \
                    threads.list: status 429, retry-after: 9)";
        assert!(trouble.what.contains(said), "{}", trouble.what);
        assert_eq!(super::trouble(&patience, &[]), None);
    }
}
