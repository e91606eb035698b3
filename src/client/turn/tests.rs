use std::time::Duration;

use super::*;
use crate::client::loopback::{
    Loopback, Step, answer, chunk, events, frame, impatient, say, stream_head,
};
use crate::client::pump::AHEAD;
use crate::protocol::{CreateThread, Extra, Request, UserMessageInput};

const DELTA: &str = r#"{"type":"thread.item.updated","item_id":"m","update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"hi"}}"#;

fn hello() -> Request {
    Request::CreateThread(CreateThread {
        input: UserMessageInput::text("hello"),
        extra: Extra::default(),
    })
}

async fn begin(server: &Loopback) -> Result<Turn> {
    server.backend().stream(&hello(), &Cancel::new()).await
}

/// Reads a turn to its end, whichever that is.
async fn read(turn: &mut Turn) -> (Vec<Received>, Result<()>) {
    let mut all = Vec::new();
    loop {
        match turn.next(&Cancel::new()).await {
            Ok(Some(received)) => all.push(received),
            Ok(None) => return (all, Ok(())),
            Err(error) => return (all, Err(error)),
        }
    }
}

async fn run(steps: impl Fn() -> Vec<Step> + Send + Sync + 'static) -> (usize, String) {
    let server = Loopback::start(move |_, _| steps()).await;
    let mut turn = begin(&server).await.unwrap();
    let (all, end) = read(&mut turn).await;
    (
        all.len(),
        end.err().map_or("ok".into(), |error| error.to_string()),
    )
}

#[tokio::test]
async fn events_come_in_order_with_their_bytes_and_the_request_id() {
    let unknown = r#"{"type":"brand.new", "x":1}"#;
    let body = format!(": hello\n\n{}{}", frame(DELTA), frame(unknown));
    let server = Loopback::start(move |_, _| events(&body)).await;
    let mut turn = begin(&server).await.unwrap();
    assert_eq!(turn.request_id(), Some("req_1"));
    let (all, end) = read(&mut turn).await;
    end.unwrap();
    assert_eq!(all[0].raw, DELTA);
    assert!(matches!(all[0].event, Event::ItemUpdated(_)));
    assert_eq!(all[1].raw, unknown);
    assert_eq!((all[1].number, all[1].event.type_name()), (2, "brand.new"));
    assert!(turn.next(&Cancel::new()).await.unwrap().is_none());
    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /chatkit");
    assert_eq!(seen.header("accept"), Some("text/event-stream"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(seen.header("user-agent").unwrap().starts_with("chatkit/"));
    assert_eq!(seen.body, hello().to_json());
}

#[tokio::test]
async fn a_stream_in_pieces_of_one_byte_is_the_same_stream() {
    let body = frame(DELTA).repeat(3);
    let pieces = move || {
        let mut steps = vec![stream_head()];
        for byte in body.bytes() {
            steps.push(chunk([byte]));
        }
        steps.push(say("0\r\n\r\n"));
        steps
    };
    assert_eq!(run(pieces).await, (3, "ok".into()));
}

#[tokio::test]
async fn another_content_type_is_told_apart() {
    let server = Loopback::start(|_, _| answer("200 OK", "content-type: text/html\r\n", "x")).await;
    let error = begin(&server).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected text/event-stream, got text/html"
    );
    assert_eq!(error.code(), 6);
}

#[tokio::test]
async fn an_empty_stream_is_told_apart_however_it_ends() {
    let empty = "the stream is empty: the backend closed it before the first event";
    assert_eq!(run(|| events("")).await, (0, empty.into()));
    assert_eq!(
        run(|| vec![stream_head(), Step::Close]).await,
        (0, empty.into())
    );
}

#[tokio::test]
async fn a_stream_without_an_event_is_not_called_empty() {
    let none = |bytes: usize| {
        format!(
            "no event is in the {bytes} bytes of the stream: none of its lines begins with data:"
        )
    };
    assert_eq!(run(|| events(": ping\n\n")).await, (0, none(8)));
    let bare = format!("{DELTA}\n");
    let said = (0, none(bare.len()));
    assert_eq!(run(move || events(&bare)).await, said);
}

#[tokio::test]
async fn a_chunked_body_that_breaks_off_is_cut_short() {
    let steps = || vec![stream_head(), chunk(frame(DELTA)), Step::Close];
    let reason = "the stream was cut short after 1 event: the connection was closed in the middle";
    assert_eq!(run(steps).await, (1, reason.into()));
    let steps = || {
        vec![
            stream_head(),
            chunk(frame(DELTA)),
            say("99\r\ndata: {"),
            Step::Close,
        ]
    };
    assert_eq!(run(steps).await, (1, reason.into()));
}

#[tokio::test]
async fn an_event_without_its_blank_line_is_cut_short() {
    let body = format!("{}data: {DELTA}\n", frame(DELTA));
    let expected = "the stream was cut short after 1 event: the last event is not finished, for no empty line ends it";
    assert_eq!(run(move || events(&body)).await, (1, expected.into()));
}

#[tokio::test]
async fn a_malformed_frame_is_named_and_the_stream_can_be_read_on() {
    let body = format!("{}data: {{\n\n{}", frame(DELTA), frame(DELTA));
    let server = Loopback::start(move |_, _| events(&body)).await;
    let mut turn = begin(&server).await.unwrap();
    let (all, end) = read(&mut turn).await;
    assert_eq!(all.len(), 1);
    let error = end.unwrap_err();
    assert!(
        error.to_string().starts_with("malformed event (frame 2): "),
        "{error}"
    );
    assert_eq!(error.code(), 6);
    let (rest, end) = read(&mut turn).await;
    end.unwrap();
    assert_eq!(rest[0].number, 3);
}

#[tokio::test]
async fn an_event_without_end_is_refused_and_the_connection_closed() {
    let endless = |_: usize, _: &_| {
        let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
        vec![stream_head(), Step::Forever(chunk)]
    };
    let server = Loopback::start(endless).await;
    let mut turn = begin(&server).await.unwrap();
    let (_, end) = read(&mut turn).await;
    assert_eq!(
        end.unwrap_err().to_string(),
        "an event of the stream is larger than 16 MiB"
    );
    assert!(turn.bytes() < 2 * MAX_EVENT as u64);
    assert!(turn.next(&Cancel::new()).await.unwrap().is_none());
    drop(turn);
    server.left_alone().await;
}

#[tokio::test]
async fn dropping_a_turn_closes_its_connection() {
    let steps = |_: usize, _: &_| vec![stream_head(), chunk(frame(DELTA)), Step::UntilGone];
    let server = Loopback::start(steps).await;
    let mut turn = begin(&server).await.unwrap();
    turn.next(&Cancel::new()).await.unwrap().unwrap();
    drop(turn);
    server.left_alone().await;
}

#[tokio::test]
async fn a_wish_to_stop_wins_over_a_server_that_never_pauses() {
    let busy = |_: usize, _: &_| {
        let Step::Say(chunk) = chunk(frame(DELTA).repeat(100)) else {
            unreachable!("a chunk is said")
        };
        vec![stream_head(), Step::Forever(chunk)]
    };
    let server = Loopback::start(busy).await;
    let mut turn = begin(&server).await.unwrap();
    let cancel = Cancel::new();
    for _ in 0..1000 {
        turn.next(&cancel).await.unwrap().unwrap();
    }
    cancel.request();
    let error = turn.next(&cancel).await.unwrap_err();
    assert_eq!(error.code(), 130);
    drop(turn);
    server.left_alone().await;
}

#[tokio::test]
async fn a_turn_that_nobody_reads_makes_the_server_wait() {
    let busy = |_: usize, _: &_| {
        let Step::Say(chunk) = chunk(frame(DELTA).repeat(100)) else {
            unreachable!("a chunk is said")
        };
        vec![stream_head(), Step::Forever(chunk)]
    };
    let server = Loopback::start(busy).await;
    let backend = server.backend_with(impatient());
    let mut turn = backend.stream(&hello(), &Cancel::new()).await.unwrap();
    // Longer than the limit for silence, because it is not the server that is silent.
    tokio::time::sleep(Duration::from_millis(700)).await;
    let ahead = turn.pump.ahead();
    assert!((AHEAD..2 * AHEAD).contains(&ahead), "{ahead}");
    for _ in 0..5000 {
        turn.next(&Cancel::new()).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_wish_to_stop_ends_the_wait_for_a_silent_server() {
    let steps = |_: usize, _: &_| vec![stream_head(), chunk(frame(DELTA)), Step::UntilGone];
    let server = Loopback::start(steps).await;
    let mut turn = begin(&server).await.unwrap();
    let cancel = Cancel::new();
    turn.next(&cancel).await.unwrap();
    let (result, ()) = tokio::join!(turn.next(&cancel), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        cancel.request();
    });
    assert!(matches!(result, Err(Error::Interrupted)));
}

#[tokio::test]
async fn silence_in_the_middle_is_timed_out_and_slowness_is_not() {
    let slow = |_: usize, _: &_| {
        let mut steps = vec![stream_head()];
        for _ in 0..4 {
            steps.extend([chunk(frame(DELTA)), Step::Wait(Duration::from_millis(200))]);
        }
        steps.push(Step::UntilGone);
        steps
    };
    let server = Loopback::start(slow).await;
    let backend = server.backend_with(impatient());
    let mut turn = backend.stream(&hello(), &Cancel::new()).await.unwrap();
    let (all, end) = read(&mut turn).await;
    assert_eq!(all.len(), 4);
    let error = end.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no answer from {} within 0.5 s", server.url)
    );
    assert_eq!(error.code(), 5);
}
