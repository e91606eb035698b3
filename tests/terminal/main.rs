//! `chatkit chat` at a real terminal: a pseudo-terminal, and an emulator that says what is on it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod events;
mod graphics;
mod hosted;
mod lines;
mod parallel;
mod pastes;
mod replay;
mod screen;
mod send;
mod server;
mod stops;
mod tall;
mod terminal;
mod turns;
mod window;
