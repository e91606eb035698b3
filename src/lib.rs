//! `ChatKit` from a terminal: a client, a local mock backend and a checker.

pub mod cancel;
pub mod cassette;
pub mod error;
pub mod protocol;
pub mod server;
pub mod store;
pub mod transcript;
