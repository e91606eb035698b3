//! `ChatKit` from a terminal: a client, a local mock backend and a checker.

pub mod atomic_file;
pub mod byte_order_mark;
pub mod cancel;
pub mod cassette;
pub mod check;
pub mod cli;
pub mod client;
pub mod command;
pub mod config;
mod conversation;
pub mod doctor;
pub mod error;
pub mod options;
pub mod plural;
pub mod protocol;
pub mod render;
mod repl;
pub mod replay;
pub mod secret;
pub mod server;
pub mod store;
pub mod template;
pub mod transcript;
pub mod ui;

/// The README's Rust is compiled as it stands.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
