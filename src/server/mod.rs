//! The mock: a local backend that speaks the protocol and the hosted REST API.
//!
//! It never sees `client`: a shared helper would let the mock share the client's mistakes.

mod app;
mod companion;
mod config;
mod documents;
mod endpoint;
mod extract;
mod hosted;
mod leftover;
mod listen;
mod mint;
mod page;
mod refusal;
mod routes;
mod script;
mod showcase;
mod streamed;
#[cfg(test)]
mod testing;
mod turn;
mod turns;
mod uploads;
mod validate;

pub use config::{Config, DEFAULT_PACE, DEFAULT_PORT};
pub use listen::{Mock, Running};
