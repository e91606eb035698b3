//! Faults of time: what comes late, slowly, unevenly, or not for a while.

use super::super::apply::{Strike, Verdict};
use super::super::asked::Asked;
use super::super::body::Settings;
use super::super::row::{Act, Reach, Row};
use super::super::stage::{Piece, Stage};
use super::super::value::Kind;
use super::{after, param};

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "ttfb",
        params: &[param(
            "time",
            Kind::Time,
            "2s",
            "how late the first byte is",
        )],
        reach: Reach::Operation,
        does: "waits before the first byte of the answer, its status included",
        client: "shows at once that the message is on its way, and can be cancelled meanwhile",
        act: Act::Before(ttfb),
    },
    Row {
        name: "pace",
        params: &[param(
            "time",
            Kind::Time,
            "200ms",
            "how long between two events",
        )],
        reach: Reach::Stream,
        does: "waits between any two events",
        client: "shows each event as it comes, and counts its time limit from the last one",
        act: Act::Flow(pace),
    },
    Row {
        name: "jitter",
        params: &[param(
            "time",
            Kind::Time,
            "100ms",
            "how late an event is at most",
        )],
        reach: Reach::Stream,
        does: "delays each event by a random time",
        client: "draws smoothly whatever the rhythm",
        act: Act::Flow(jitter),
    },
    Row {
        name: "stall",
        params: &[
            param(
                "time",
                Kind::Silence,
                "30s",
                "how long nothing comes, or forever",
            ),
            after("5"),
        ],
        reach: Reach::Stream,
        does: "falls silent in the middle of the stream, with the connection open",
        client: "keeps what it has, says that it waits, and gives up after a time limit of its own",
        act: Act::Flow(stall),
    },
    Row {
        name: "keep-alive",
        params: &[param("time", Kind::Time, "1s", "after how long a silence")],
        reach: Reach::Stream,
        does: "sends a comment whenever nothing else was sent for a while",
        client: "passes comments over, and takes them as a sign of life",
        act: Act::Body(keep_alive),
    },
    Row {
        name: "endless-stream",
        params: &[param(
            "every",
            Kind::Time,
            "1s",
            "how long between two events",
        )],
        reach: Reach::Stream,
        does: "goes on after the answer with one progress update after the other, for ever",
        client: "lets its user stop the stream, and closes the connection then",
        act: Act::Add(endless),
    },
];

fn ttfb(strike: &mut Strike, _: &Asked) -> Verdict {
    Verdict::Wait(strike.fault.time("time"))
}

fn pace(stage: &mut Stage, piece: Piece) {
    if matches!(piece, Piece::Frame(_)) {
        if stage.seen > 0 {
            stage.send(Piece::Wait(stage.fault().time("time")));
        }
        stage.seen += 1;
    }
    stage.send(piece);
}

fn jitter(stage: &mut Stage, piece: Piece) {
    if matches!(piece, Piece::Frame(_)) {
        let most = stage.fault().time("time");
        let late = most.mul_f64(stage.chance());
        stage.send(Piece::Wait(late));
    }
    stage.send(piece);
}

fn stall(stage: &mut Stage, piece: Piece) {
    let is_frame = matches!(piece, Piece::Frame(_));
    if stage.has_struck || !is_frame {
        return stage.send(piece);
    }
    let (time, after) = (stage.fault().silence("time"), stage.fault().count("after"));
    let silence = time.map_or(Piece::Silence, Piece::Wait);
    stage.seen += 1;
    stage.has_struck = stage.seen >= after;
    match stage.seen.cmp(&after) {
        std::cmp::Ordering::Less => stage.send(piece),
        std::cmp::Ordering::Equal => {
            stage.send(piece);
            stage.send(silence);
        }
        std::cmp::Ordering::Greater => {
            stage.send(silence);
            stage.send(piece);
        }
    }
}

fn keep_alive(strike: &Strike, settings: &mut Settings) {
    // A comment after no time at all would be sent without end.
    let least = std::time::Duration::from_millis(1);
    settings.keep_alive = Some(strike.fault.time("time").max(least));
}

fn endless(stage: &mut Stage, piece: Piece) {
    if !matches!(piece, Piece::End) {
        return stage.send(piece);
    }
    let frame: &[u8] = b"data: {\"type\":\"progress_update\",\"text\":\"Still at it\"}\n\n";
    let every = stage
        .fault()
        .time("every")
        .max(std::time::Duration::from_millis(1));
    stage.send(Piece::Repeat(frame, every));
}
