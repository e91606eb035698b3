//! Through the real binary, one file a command.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod action;
mod admin;
mod admin_scenario;
mod against;
mod backend;
mod background;
mod carry;
mod chat;
mod check;
mod completions;
mod doctor;
mod dsl;
mod faults;
mod feedback;
mod in_process;
mod man;
mod pipeline;
mod playback;
mod proxy;
mod proxy_kept;
mod proxy_secrets;
mod proxy_upstream;
mod readme;
mod replay;
mod request;
mod scenario;
mod scenario_reload;
mod send;
mod serve;
mod session;
mod strict;
mod target;
mod thread;
mod update;
mod widget;
