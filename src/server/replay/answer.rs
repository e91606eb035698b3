//! A recorded answer, given again at its recorded pace.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use futures_util::stream;
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use crate::cassette::{Outcome, Played, REDACTED};
use crate::server::proxy::redirected;

/// Headers that are of the connection, of the other server's pages, or made anew.
const NOT_REPLAYED: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "keep-alive",
    "transfer-encoding",
    "vary",
];

/// What a broken stream says that ended in order all the same: it is the events that are wrong.
const ENDED_IN_ORDER: &[&str] = &[
    "malformed event",
    "the stream ended with",
    "the stream is empty",
];

/// The recorded connection broke here.
#[derive(Debug, thiserror::Error)]
#[error("the recorded answer breaks off here")]
struct BreaksOff;

/// How a stream goes on.
struct Course {
    played: Arc<Played>,
    next: usize,
    began: Instant,
    speed: f64,
}

/// The answer, which begins as late as it did, `speed` times as fast.
pub(super) async fn give(played: Arc<Played>, speed: f64, ours: &str) -> Option<Response<Body>> {
    let head = played.response.as_ref()?;
    sleep(span(head.at - played.at, speed)).await;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(head.status).ok()?;
    for (name, value) in &head.headers {
        let is_replayed = !NOT_REPLAYED.contains(&name.as_str())
            && !name.starts_with("access-control-")
            && !value.contains(REDACTED);
        if is_replayed
            && let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
        {
            response.headers_mut().insert(name, value);
        }
    }
    *response.body_mut() = if played.is_stream() {
        streamed(Arc::clone(&played), speed)
    } else {
        document(&played, speed, ours).await
    };
    Some(response)
}

async fn document(played: &Played, speed: f64, ours: &str) -> Body {
    let mut bytes = Vec::new();
    if let (Some((at, body)), Some(head)) = (&played.document, &played.response) {
        sleep(span(at - head.at, speed)).await;
        bytes = body.to_bytes();
    }
    // An upload goes to the backend of the recording no more.
    if let Ok(theirs) = Url::parse(&played.url)
        && let Some(changed) = redirected(&bytes, &theirs.origin().ascii_serialization(), ours)
    {
        bytes = changed.into_bytes();
    }
    let is_whole = !breaks_off(played)
        || played
            .response
            .as_ref()
            .is_some_and(|head| head.status >= 400);
    if is_whole {
        return Body::from(bytes);
    }
    Body::from_stream(stream::iter([Ok(Bytes::from(bytes)), Err(BreaksOff)]))
}

fn streamed(played: Arc<Played>, speed: f64) -> Body {
    let course = Course {
        played,
        next: 0,
        began: Instant::now(),
        speed,
    };
    Body::from_stream(stream::unfold(Some(course), |course| async move {
        let mut course = course?;
        let begin = course.played.response.as_ref().map_or(0.0, |head| head.at);
        let Some((at, data)) = course.played.events.get(course.next) else {
            sleep_until(course.began + span(course.played.ended - begin, course.speed)).await;
            if !breaks_off(&course.played) {
                return None;
            }
            // What was written before must be on its way when the connection breaks.
            sleep(Duration::from_millis(5)).await;
            return Some((Err(BreaksOff), None));
        };
        sleep_until(course.began + span(at - begin, course.speed)).await;
        let frame = frame(&data.to_bytes());
        course.next += 1;
        Some((Ok(frame), Some(course)))
    }))
}

/// An event as it stands in a stream.
fn frame(data: &[u8]) -> Bytes {
    let mut frame = Vec::with_capacity(data.len() + 8);
    for line in data.split(|byte| *byte == b'\n') {
        frame.extend_from_slice(b"data: ");
        frame.extend_from_slice(line);
        frame.push(b'\n');
    }
    frame.push(b'\n');
    frame.into()
}

fn breaks_off(played: &Played) -> bool {
    let reason = played.reason.as_deref().unwrap_or_default();
    match played.outcome {
        Outcome::Complete => false,
        Outcome::Cancelled => true,
        Outcome::Broken => !ENDED_IN_ORDER.iter().any(|words| reason.starts_with(words)),
    }
}

/// Milliseconds of the recording as time; a file may say anything, and no more than an hour is waited.
fn span(milliseconds: f64, speed: f64) -> Duration {
    let seconds = (milliseconds / 1000.0 / speed).clamp(0.0, 3600.0);
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_gap_is_waited_at_its_speed_whatever_the_file_says() {
        assert_eq!(span(500.0, 1.0), Duration::from_millis(500));
        assert_eq!(span(500.0, 4.0), Duration::from_millis(125));
        assert_eq!(span(500.0, f64::INFINITY), Duration::ZERO);
        assert_eq!(span(-3.0, 1.0), Duration::ZERO);
        assert_eq!(span(f64::NAN, 1.0), Duration::ZERO);
        assert_eq!(span(1e300, 1.0), Duration::from_secs(3600));
    }

    #[test]
    fn data_over_several_lines_is_one_event() {
        assert_eq!(frame(b"{\n}").as_ref(), b"data: {\ndata: }\n\n");
    }
}
