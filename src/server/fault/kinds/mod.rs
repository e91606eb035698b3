//! The faults themselves: each file has the rows of one kind, and the functions that they name.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the functions of a class have one signature, and most of them send on what they get"
)]

pub(super) mod connection;
mod document;
mod event;
mod framing;
mod page;
mod refusal;
mod time;
mod transfer;
mod upload;

use super::row::{Param, Row};
use super::value::Kind;

/// Every table, in the order in which they are listed; the order of the rows is also the one in
/// which faults of the same class are applied.
pub(super) const TABLES: &[&[Row]] = &[
    time::ROWS,
    refusal::ROWS,
    event::ROWS,
    framing::ROWS,
    connection::ROWS,
    transfer::ROWS,
    document::ROWS,
    page::ROWS,
    upload::ROWS,
];

/// After how many events a fault strikes.
const fn after(default: &'static str) -> Param {
    Param {
        name: "after",
        kind: Kind::Count,
        default,
        means: "lets so many events pass first",
    }
}

const fn param(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    means: &'static str,
) -> Param {
    Param {
        name,
        kind,
        default,
        means,
    }
}
