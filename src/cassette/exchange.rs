//! A recording by its exchanges: each request with all that came back.

use std::collections::BTreeMap;

use super::{Line, Outcome, Payload, Reader};
use crate::error::Result;
use crate::protocol::is_event_stream;

/// One request, and what came back.
#[derive(Clone, Debug)]
pub struct Played {
    /// Which exchange it is, from 1.
    pub number: u64,
    /// When it was asked, in milliseconds from the start.
    pub at: f64,
    /// The HTTP method.
    pub method: String,
    /// The address.
    pub url: String,
    /// The headers of the request.
    pub headers: BTreeMap<String, String>,
    /// What was asked.
    pub body: Payload,
    /// The head of the response; none where nothing came.
    pub response: Option<Response>,
    /// The events of a stream, each with its time.
    pub events: Vec<(f64, Payload)>,
    /// The document, with its time.
    pub document: Option<(f64, Payload)>,
    /// How it ended; one whose end was not recorded was left.
    pub outcome: Outcome,
    /// Why it did not end well.
    pub reason: Option<String>,
    /// When it ended.
    pub ended: f64,
}

/// The head of a response.
#[derive(Clone, Debug)]
pub struct Response {
    /// When it came.
    pub at: f64,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: BTreeMap<String, String>,
}

/// The exchanges of a recording in the order of their ends; only those that are open are held.
#[derive(Debug)]
pub struct Exchanges {
    reader: Reader,
    open: BTreeMap<u64, Played>,
}

/// The exchanges of a recording.
pub fn exchanges(reader: Reader) -> Exchanges {
    Exchanges {
        reader,
        open: BTreeMap::new(),
    }
}

impl Exchanges {
    /// Where the line after the last one that was read begins, in bytes.
    pub fn offset(&self) -> u64 {
        self.reader.offset()
    }

    /// Whether something was asked whose answer has not ended yet.
    pub fn has_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Takes a line; gives the exchange that it ends.
    fn take(&mut self, line: Line) -> Option<Played> {
        let number = line.exchange();
        if let Line::Request {
            at,
            method,
            url,
            headers,
            body,
            ..
        } = line
        {
            let played = Played::asked(number, at, method, url, headers, body);
            self.open.insert(number, played);
            return None;
        }
        let is_end = matches!(line, Line::End { .. });
        self.open.get_mut(&number)?.hear(line);
        is_end.then(|| self.open.remove(&number)).flatten()
    }
}

impl Iterator for Exchanges {
    type Item = Result<Played>;

    fn next(&mut self) -> Option<Result<Played>> {
        loop {
            match self.reader.next() {
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(line)) => {
                    if let Some(played) = self.take(line) {
                        return Some(Ok(played));
                    }
                }
                // What was under way when the recording was cut.
                None => return self.open.pop_first().map(|(_, played)| Ok(played)),
            }
        }
    }
}

impl Played {
    fn asked(
        number: u64,
        at: f64,
        method: String,
        url: String,
        headers: BTreeMap<String, String>,
        body: Payload,
    ) -> Self {
        Self {
            number,
            at,
            method,
            url,
            headers,
            body,
            response: None,
            events: Vec::new(),
            document: None,
            outcome: Outcome::Cancelled,
            reason: Some("the recording has no end of it".into()),
            ended: at,
        }
    }

    fn hear(&mut self, line: Line) {
        self.ended = line.at();
        match line {
            Line::Response {
                at,
                status,
                headers,
                ..
            } => {
                self.response = Some(Response {
                    at,
                    status,
                    headers,
                });
            }
            Line::Event { at, data, .. } => self.events.push((at, data)),
            Line::Document { at, body, .. } => self.document = Some((at, body)),
            Line::End {
                outcome, reason, ..
            } => (self.outcome, self.reason) = (outcome, reason),
            Line::Request { .. } => {}
        }
    }

    /// Whether the answer was a stream of events.
    pub fn is_stream(&self) -> bool {
        let head = self.response.as_ref();
        let media_type = head.and_then(|head| head.headers.get("content-type"));
        !self.events.is_empty() || media_type.is_some_and(|media_type| is_event_stream(media_type))
    }
}

/// The path of an address: without its query, whose signature is another one each time, and
/// without its origin: a proxy gives its own.
pub fn url_path(url: &str) -> &str {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let below = url.split_once("://").map_or(url, |(_, rest)| rest);
    below.find('/').map_or("", |at| &below[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_found_whatever_origin_and_signature_it_has() {
        assert_eq!(url_path("http://a:1/files/x?sig=1"), "/files/x");
        assert_eq!(url_path("https://b/files/x#y"), "/files/x");
        assert_eq!(url_path("/files/x"), "/files/x");
        assert_eq!(url_path("http://a"), "");
    }
}
