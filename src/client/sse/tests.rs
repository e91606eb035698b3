use std::time::Instant;

use eventsource_stream::Eventsource;
use futures_util::{FutureExt, StreamExt, stream};
use proptest::prelude::*;

use super::*;

/// Feeds the chunks one by one and takes what is complete after each.
fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<String>, bool) {
    let mut decoder = Decoder::new(MAX_EVENT);
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.feed(Bytes::copy_from_slice(chunk));
        while let Some(data) = decoder.next().unwrap() {
            events.push(String::from_utf8_lossy(&data).into_owned());
        }
    }
    (events, decoder.is_unfinished())
}

fn events(stream: &str) -> Vec<String> {
    decode([stream.as_bytes()]).0
}

/// What `eventsource-stream` makes of the whole stream at once; a byte order mark it cannot take.
fn oracle(stream: &str) -> Vec<String> {
    let stream = stream.strip_prefix('\u{feff}').unwrap_or(stream);
    let chunks = stream::iter([Ok::<_, std::io::Error>(stream.to_owned())]);
    let events = chunks.eventsource().map(|event| event.unwrap().data);
    events.collect().now_or_never().unwrap()
}

#[test]
fn the_standards_own_examples_decode() {
    assert_eq!(
        events("data: YHOO\ndata: +2\ndata: 10\n\n"),
        ["YHOO\n+2\n10"]
    );
    assert_eq!(
        events(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"
        ),
        ["first event", "second event"]
    );
    assert_eq!(events("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
    assert_eq!(events("data:test\n\ndata: test\n\n"), ["test", "test"]);
}

#[test]
fn every_line_end_ends_a_line() {
    for end in ["\n", "\r", "\r\n"] {
        let stream = format!("data: a{end}data: b{end}{end}data: c{end}{end}");
        assert_eq!(events(&stream), ["a\nb", "c"], "{end:?}");
    }
}

#[test]
fn a_carriage_return_at_the_end_of_a_chunk_ends_its_line_at_once() {
    let (now, unfinished) = decode([b"data: a\r\n\r".as_slice()]);
    assert_eq!(now, ["a"]);
    assert!(!unfinished);
    let (all, _) = decode([b"data: a\r".as_slice(), b"\n\r", b"\ndata: b\r\r"]);
    assert_eq!(all, ["a", "b"]);
}

#[test]
fn only_the_field_called_data_is_data() {
    assert_eq!(
        events("datax: a\nDATA: b\n data: c\nevent: d\nretry: 1\n:data: e\ndata: f\n\n"),
        ["f"]
    );
}

#[test]
fn a_byte_order_mark_is_read_over_once_and_only_at_the_start() {
    let marked = b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n";
    assert_eq!(decode([marked.as_slice()]).0, ["a"]);
    assert_eq!(decode(marked.chunks(1)).0, ["a"]);
    // Two thirds of a mark are no mark, but part of the first field's name.
    assert_eq!(decode([b"\xef\xbbdata: a\n\n".as_slice()]).0.len(), 0);
    assert!(decode([b"\xef\xbb".as_slice()]).1);
}

#[test]
fn an_event_that_is_not_finished_is_noticed_and_a_comment_is_not() {
    for (stream, unfinished) in [
        ("", false),
        ("data: a\n\n", false),
        ("data: a\n\n: ping", false),
        ("data: a\n\n\n", false),
        ("data: a\n", true),
        ("data: a", true),
        ("dat", true),
        ("data: a\n\nevent: x\n", false),
    ] {
        assert_eq!(decode([stream.as_bytes()]).1, unfinished, "{stream:?}");
    }
}

#[test]
fn data_on_one_line_is_a_slice_and_not_a_copy() {
    let chunk = Bytes::from_static(b"data: 12345\n\n");
    let mut decoder = Decoder::new(MAX_EVENT);
    decoder.feed(chunk.clone());
    let data = decoder.next().unwrap().unwrap();
    assert_eq!(data.as_ptr(), chunk[6..].as_ptr());
}

#[test]
fn more_than_the_limit_for_one_event_is_refused_however_it_comes() {
    let line = b"data: 0123456789\n";
    for piece in [line.as_slice(), b"0123456789", b":0123456789"] {
        let mut decoder = Decoder::new(100);
        let mut fed = 0;
        let refused = (0..20).any(|_| {
            decoder.feed(Bytes::copy_from_slice(piece));
            fed += piece.len();
            decoder.next().is_err()
        });
        assert!(refused);
        assert!(fed <= 100 + piece.len(), "{fed}");
        assert_eq!(decoder.next(), Ok(None));
    }
}

#[test]
fn the_limit_is_for_each_event_and_not_for_the_stream() {
    let mut decoder = Decoder::new(16);
    for _ in 0..100 {
        decoder.feed(Bytes::from_static(b": ping\n\ndata: 12345678\n\n"));
        assert_eq!(decoder.next().unwrap().unwrap(), "12345678");
        assert_eq!(decoder.next(), Ok(None));
    }
}

#[test]
fn lines_that_are_read_over_do_not_count() {
    for line in [":\n", ": ping\r\n", "id: 5\n", "retry: 1\r", "datax: 1\n"] {
        let mut decoder = Decoder::new(32);
        decoder.feed(Bytes::from_static(b"data: a\n"));
        for _ in 0..100 {
            decoder.feed(Bytes::from_static(line.as_bytes()));
            assert_eq!(decoder.next(), Ok(None), "{line:?}");
        }
        decoder.feed(Bytes::from(line.repeat(100)));
        assert_eq!(decoder.next(), Ok(None), "{line:?}");
        decoder.feed(Bytes::from_static(b"data: b\n\n"));
        assert_eq!(decoder.next().unwrap().unwrap(), "a\nb", "{line:?}");
    }
}

#[test]
fn an_event_of_exactly_the_limit_is_held() {
    let mut stream = b"data: ".to_vec();
    stream.resize(MAX_EVENT - 2, b'x');
    stream.extend_from_slice(b"\n\n");
    for chunk in [stream.len(), 8192] {
        let (events, _) = decode(stream.chunks(chunk));
        assert_eq!(events[0].len(), MAX_EVENT - 8);
    }
}

#[test]
fn a_long_line_in_small_chunks_costs_its_length_and_not_its_square() {
    let mut decoder = Decoder::new(MAX_EVENT);
    let started = Instant::now();
    decoder.feed(Bytes::from_static(b"data: "));
    let piece = Bytes::from_static(&[b'x'; 16]);
    for _ in 0..(8 * 1024 * 1024 / piece.len()) {
        decoder.feed(piece.clone());
        assert_eq!(decoder.next(), Ok(None));
    }
    decoder.feed(Bytes::from_static(b"\n\n"));
    assert_eq!(decoder.next().unwrap().unwrap().len(), 8 * 1024 * 1024);
    // Scanned again for every chunk it would be half a million times four megabytes.
    assert!(started.elapsed().as_secs() < 20);
}

prop_compose! {
    /// A legal stream of every line that the grammar has, with any mix of line ends.
    fn legal()(
        bom in any::<bool>(),
        lines in prop::collection::vec((
            prop_oneof![
                4 => "data(:| |: |:  )?[a-zé\u{1F600}:{}\" \u{0}]{0,12}",
                1 => ":[ a-z:é]{0,8}",
                1 => "(event|id|retry|datax|dat)(: ?[a-z0-9]{0,4})?",
                3 => Just(String::new()),
            ],
            prop_oneof![Just("\n"), Just("\r"), Just("\r\n")],
        ), 0..24),
    ) -> String {
        let mut stream = String::from(if bom { "\u{feff}" } else { "" });
        let mut previous = "";
        for (line, end) in lines {
            // An empty line ended by LF after a CR would be one CRLF: not the lines that are meant.
            let end = if line.is_empty() && previous == "\r" { "\r" } else { end };
            stream.push_str(&line);
            stream.push_str(end);
            previous = end;
        }
        // Without a line end after it, the oracle would wait to see whether an LF follows a CR.
        stream.push_str("\n\n");
        stream
    }
}

/// Cuts bytes at the given places, wherever they fall.
fn cut<'a>(bytes: &'a [u8], places: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut at: Vec<_> = places
        .iter()
        .map(|place| place.index(bytes.len() + 1))
        .collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_legal_stream_split_anywhere_gives_the_events_of_the_oracle(
        stream in legal(),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let expected = oracle(&stream);
        let (whole, unfinished) = decode([stream.as_bytes()]);
        prop_assert_eq!(&whole, &expected);
        prop_assert!(!unfinished);
        let (split, _) = decode(cut(stream.as_bytes(), &places));
        prop_assert_eq!(&split, &expected);
        let (bytewise, _) = decode(stream.as_bytes().chunks(1));
        prop_assert_eq!(&bytewise, &expected);
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_mean_the_same_however_they_are_split(
        bytes in prop::collection::vec(
            prop_oneof![
                any::<u8>(),
                prop::sample::select(b"\r\n:data \xef\xbb\xbf".to_vec()),
            ],
            0..200,
        ),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let whole = decode([bytes.as_slice()]);
        prop_assert_eq!(decode(cut(&bytes, &places)), whole.clone());
        prop_assert_eq!(decode(bytes.chunks(1)), whole);
    }
}
