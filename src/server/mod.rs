//! The mock: a local backend that speaks the protocol and the hosted REST API.
//!
//! It never sees `client`: a shared helper would let the mock share the client's mistakes.

mod admin;
mod app;
mod builder;
mod clock;
mod companion;
mod config;
mod documents;
mod endpoint;
mod extract;
mod fault;
mod flaw;
mod forwarded;
mod host;
mod hosted;
mod input;
pub mod journal;
mod leftover;
mod lingering;
mod listen;
mod mint;
mod notebook;
mod page;
mod proxy;
mod refusal;
mod replay;
mod replies;
mod routes;
mod running;
pub mod scenario;
mod script;
mod showcase;
mod stalled;
mod streamed;
#[cfg(test)]
mod testing;
mod turn;
mod turns;
mod uploads;
mod validate;

pub use admin::{Feed, NewThread, NotSeen, Pattern, Times};
pub use builder::Builder;
pub use config::{Config, DEFAULT_PACE, DEFAULT_PORT, LOCAL_USER, Steering};
pub use fault::{
    ArmedFault, Description as FaultDescription, Fault, Faults, InvalidFault,
    Parameter as FaultParameter, compatible as compatible_faults, describe as describe_faults,
};
pub use flaw::Flaw;
pub use journal::Happened;
pub use listen::{Mock, Running, Stage};
pub use proxy::{Proxy, ProxyConfig, Recording};
pub use replay::{OnMiss, Replay, ReplayConfig};
