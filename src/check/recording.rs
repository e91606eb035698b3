//! A recording as evidence: the same rules, without a backend.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;

use super::asked::{Address, Places, Sort};
use super::evidence::Fold;
use super::evidence::{
    Asker, Budget, End, Evidence, Exchange, Frame, Head, Mistake, Purpose, Trouble, Way,
};
use crate::cassette::{self, Line, Outcome};
use crate::error::Result;
use crate::protocol::{EventReader, Operation, RawEnvelope, from_slice};

/// Reads a recording.
///
/// # Errors
/// The file is no recording; names the line.
pub fn of_recording(path: &Path, budget: Budget) -> Result<Evidence> {
    let mut recording = cassette::open(path)?;
    let mut played: BTreeMap<u64, Played> = BTreeMap::new();
    for line in recording.by_ref() {
        take(&mut played, line?);
    }
    let cut = recording
        .is_cut()
        .then(|| format!("its last line, {}, is not whole", recording.number()));
    let places = Places::of(played.values().map(|it| (&it.exchange, &it.address)));
    let mut open = None;
    let mut exchanges = Vec::new();
    for (index, played) in played.into_values().enumerate() {
        let mut exchange = played.exchange;
        exchange.number = index + 1;
        let sort = places.sort(&exchange, &played.address);
        if let Sort::Upload(way) = sort {
            upload(&mut exchange, way);
        }
        if !played.is_ended {
            exchange.end = unended(&exchange);
            let label = match sort {
                Sort::Other => exchange.method.clone(),
                _ => exchange.label(),
            };
            let words = || format!("request {} ({label}) has no end", index + 1);
            open.get_or_insert_with(words);
        }
        exchange.fold = Fold::of(&exchange.frames);
        match sort {
            // The protocol says nothing of it.
            Sort::Other => continue,
            Sort::ChatKit => exchange.purpose = purpose(&exchange),
            Sort::Upload(_) => {}
        }
        exchanges.push(exchange);
    }
    let missing: Vec<_> = cut.into_iter().chain(open).collect();
    let gap = (!missing.is_empty()).then(|| Trouble {
        what: format!("the recording was cut: {}", missing.join(", and ")),
        fix: "record it again, and let the program that records come to its end".into(),
    });
    Ok(Evidence {
        barred: None,
        dead: None,
        gaps: gap.into_iter().collect(),
        subject: path.display().to_string(),
        is_recording: true,
        budget,
        origin: String::new(),
        exchanges,
        untried: BTreeMap::new(),
    })
}

/// An exchange that is put together line by line.
struct Played {
    exchange: Exchange,
    address: Address,
    reader: EventReader,
    is_ended: bool,
}

/// How an exchange ended whose end was not recorded.
fn unended(exchange: &Exchange) -> End {
    let reason = "the recording ends before the answer does".to_owned();
    match exchange.head {
        Some(_) => End::Cut(reason),
        None => End::Unreached("the recording ends before an answer came".into()),
    }
}

fn take(exchanges: &mut BTreeMap<u64, Played>, line: Line) {
    match line {
        Line::Request {
            exchange,
            at,
            method,
            url,
            headers,
            body,
        } => {
            let mut asked = Exchange::asked(Bytes::from(body.to_bytes()));
            asked.sent = milliseconds(at);
            asked.ended = asked.sent;
            asked.method = method;
            asked.asker = Asker::of(&headers);
            let played = Played {
                exchange: asked,
                address: Address::of(&url, &headers),
                reader: EventReader::default(),
                is_ended: false,
            };
            exchanges.insert(exchange, played);
        }
        Line::Response {
            exchange,
            at,
            status,
            headers,
        } => change(
            exchanges,
            exchange,
            |Played {
                 exchange: known, ..
             }| {
                known.head = Some(Head {
                    status,
                    headers: headers
                        .into_iter()
                        .map(|(name, value)| (name.to_ascii_lowercase(), value))
                        .collect(),
                    at: milliseconds(at),
                });
            },
        ),
        Line::Event { exchange, at, data } => change(exchanges, exchange, |played| {
            let known = &mut played.exchange;
            let number = known.frames.len() as u64 + 1;
            let data = Bytes::from(data.to_bytes());
            let at = milliseconds(at);
            known.ended = at;
            let frame = Frame::new(number, at, data, &mut played.reader);
            known.frames.push(frame);
        }),
        Line::Document { exchange, at, body } => change(exchanges, exchange, |played| {
            let known = &mut played.exchange;
            known.ended = milliseconds(at);
            known.body = Bytes::from(body.to_bytes());
        }),
        Line::End {
            exchange,
            at,
            outcome,
            reason,
        } => change(exchanges, exchange, |played| {
            let known = &mut played.exchange;
            played.is_ended = true;
            known.ended = milliseconds(at);
            known.end = match outcome {
                Outcome::Complete => End::Complete,
                Outcome::Cancelled => End::Left,
                Outcome::Broken if known.head.is_none() => End::Unreached(why(reason)),
                Outcome::Broken => broken(why(reason)),
            };
        }),
    }
}

fn why(reason: Option<String>) -> String {
    reason.unwrap_or_else(|| "the recording marks it as broken".into())
}

/// What broke is the connection, unless it was what the events say.
fn broken(reason: String) -> End {
    let judged = ["malformed event", "the stream ended with"];
    if judged.iter().any(|words| reason.starts_with(words)) {
        return End::Complete;
    }
    End::Cut(reason)
}

fn change(exchanges: &mut BTreeMap<u64, Played>, exchange: u64, change: impl FnOnce(&mut Played)) {
    if let Some(known) = exchanges.get_mut(&exchange) {
        change(known);
    }
}

/// A file is no request of the protocol, even if it holds JSON.
fn upload(exchange: &mut Exchange, way: Way) {
    exchange.purpose = Purpose::Upload(way);
    exchange.kind.clear();
    exchange.params = serde_json::Value::Null;
}

/// What a request was recorded for, as far as it tells by itself.
fn purpose(exchange: &Exchange) -> Purpose {
    if let Some(mistake) = mistake(&exchange.request) {
        return Purpose::Refuse(mistake);
    }
    match exchange.end {
        End::Left if exchange.operation().is_some_and(Operation::streams) => Purpose::Cancel,
        // Whether it had to be answered nobody can tell any more.
        _ if exchange.status() >= 400 => Purpose::Offer,
        _ => Purpose::Use,
    }
}

/// What is wrong with a request, by the protocol's own shapes.
fn mistake(request: &[u8]) -> Option<Mistake> {
    let value: serde_json::Value = match serde_json::from_slice(request) {
        Ok(value) => value,
        Err(_) => return Some(Mistake::NotJson),
    };
    let Some(fields) = value.as_object() else {
        return Some(Mistake::NotJson);
    };
    if fields.is_empty() {
        return Some(Mistake::EmptyObject);
    }
    let envelope: RawEnvelope = match from_slice(request) {
        Ok(envelope) => envelope,
        Err(_) => return Some(Mistake::WrongType),
    };
    let Some(operation) = Operation::from_name(&envelope.kind) else {
        return Some(Mistake::UnknownType);
    };
    let Some(params) = envelope.params else {
        return Some(Mistake::MissingField);
    };
    let error = operation.decode(params).err()?;
    let is_missing = error.message.starts_with("missing field");
    Some(if is_missing {
        Mistake::MissingField
    } else {
        Mistake::WrongType
    })
}

fn milliseconds(at: f64) -> Duration {
    Duration::try_from_secs_f64(at / 1000.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_tells_by_itself_what_is_wrong_with_it() {
        for (request, expected) in [
            ("{}", Some(Mistake::EmptyObject)),
            ("[]", Some(Mistake::NotJson)),
            ("{\"type\"", Some(Mistake::NotJson)),
            (r#"{"type":"x","params":{}}"#, Some(Mistake::UnknownType)),
            (
                r#"{"type":"threads.get_by_id"}"#,
                Some(Mistake::MissingField),
            ),
            (
                r#"{"type":"threads.get_by_id","params":{}}"#,
                Some(Mistake::MissingField),
            ),
            (
                r#"{"type":"threads.get_by_id","params":{"thread_id":1}}"#,
                Some(Mistake::WrongType),
            ),
            (
                r#"{"type":"threads.get_by_id","params":{"thread_id":"t"}}"#,
                None,
            ),
        ] {
            assert_eq!(mistake(request.as_bytes()), expected, "{request}");
        }
    }
}
