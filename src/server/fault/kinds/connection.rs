//! Faults of the connection: it breaks, or the stream ends before the answer does.

use std::cmp::Ordering;
use std::time::Duration;

use super::super::link::Ending;
use super::super::row::{Act, Param, Reach, Row};
use super::super::spec::Fault;
use super::super::stage::{Piece, Stage};
use super::super::value::Kind;
use super::{after, param};

/// How long what was sent has to arrive: a reset throws away what is still under way.
const FLUSH: Duration = Duration::from_millis(50);

const AT: Param = param(
    "at",
    Kind::Choice(&["before", "between", "during"]),
    "between",
    "before anything of the answer, between two events, or in the middle of one",
);

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "reset",
        params: &[AT, after("5")],
        reach: Reach::Operation,
        does: "resets the connection (TCP RST); a turn that still runs ends as if its client had left",
        client: "keeps what it has, says that the answer is not whole, and offers to try again",
        act: Act::Sever(Ending::Reset),
    },
    Row {
        name: "cut",
        params: &[AT, after("5")],
        reach: Reach::Operation,
        does: "closes the connection without the end of the body; a turn that still runs ends as if its client had left",
        client: "tells a body that was cut from one that ended, and says that the answer is not whole",
        act: Act::Sever(Ending::Cut),
    },
    Row {
        name: "end-early",
        params: &[after("5")],
        reach: Reach::Stream,
        does: "ends the body in order in the middle of the answer, with items open",
        client: "sees by the items that were never done that the answer is not whole",
        act: Act::Flow(end_early),
    },
    Row {
        name: "truncated",
        params: &[after("5")],
        reach: Reach::Stream,
        does: "ends the body in order in the middle of an event",
        client: "does not take half an event for one, and says that the answer is not whole",
        act: Act::Flow(truncated),
    },
    Row {
        name: "empty-stream",
        params: &[param(
            "then",
            Kind::Choice(&["end", "cut"]),
            "end",
            "whether the body ends in order or is cut",
        )],
        reach: Reach::Stream,
        does: "answers 200 with an event stream of no bytes, as the reference server does in its worst case",
        client: "takes a turn without a single event for a failure",
        act: Act::Flow(empty),
    },
];

/// Whether the fault strikes before there is an answer.
pub(in super::super) fn is_before(fault: &Fault) -> bool {
    matches!(fault.row.act, Act::Sever(_)) && fault.text("at") == Some("before")
}

/// Ends the connection at its place, or at the end of a stream that is shorter.
pub(in super::super) fn sever(stage: &mut Stage, how: Ending, piece: Piece) {
    if stage.has_struck {
        return;
    }
    match piece {
        Piece::Frame(frame) => {
            stage.seen += 1;
            let after = stage.fault().count("after");
            let is_during = stage.fault().text("at") == Some("during");
            match stage.seen.cmp(&after) {
                Ordering::Less => return stage.send(frame),
                Ordering::Equal if is_during => return stage.send(frame),
                Ordering::Equal => stage.send(frame),
                Ordering::Greater if is_during => send_half(stage, &frame),
                Ordering::Greater => {}
            }
        }
        Piece::End | Piece::Sever(_) => {}
        other => return stage.send(other),
    }
    stage.has_struck = true;
    stage.send(Piece::Wait(FLUSH));
    stage.send(Piece::Sever(how));
}

fn send_half(stage: &mut Stage, frame: &[u8]) {
    let half = frame[..frame.len() / 2].to_vec();
    stage.send(Piece::Bytes(half.into()));
}

fn end_early(stage: &mut Stage, piece: Piece) {
    if stage.has_struck {
        return;
    }
    if !matches!(piece, Piece::Frame(_)) {
        return stage.send(piece);
    }
    if stage.is_time() {
        return stage.send(Piece::End);
    }
    stage.send(piece);
}

fn truncated(stage: &mut Stage, piece: Piece) {
    if stage.has_struck {
        return;
    }
    match piece {
        Piece::Frame(frame) if stage.is_time() => {
            send_half(stage, &frame);
            stage.send(Piece::End);
        }
        piece => stage.send(piece),
    }
}

fn empty(stage: &mut Stage, piece: Piece) {
    if matches!(piece, Piece::End) {
        if stage.fault().text("then") == Some("cut") {
            stage.send(Piece::Wait(FLUSH));
            return stage.send(Piece::Sever(Ending::Cut));
        }
        stage.send(Piece::End);
    }
}
