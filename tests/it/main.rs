//! Through the real binary, one file a command.

mod action;
mod backend;
mod completions;
mod dsl;
mod feedback;
mod man;
mod request;
mod send;
mod session;
mod target;
mod thread;
