//! `ChatKit` from a terminal: a client, a local mock backend and a checker.

pub mod cancel;
pub mod client;
pub mod error;
pub mod protocol;
