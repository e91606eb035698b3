//! Holds `chatkit` against its real peers: servers, SDKs and types that others wrote.
//!
//! The peers are installed under `target/peers` by this test itself. One that is missing on a
//! machine makes its tests ignored, with the reason in their names; where `CI` is set it makes
//! them fail.

mod bench;
mod check;
mod cli;
mod client_actions;
#[cfg(unix)]
mod client_chat;
mod client_errors;
mod client_operations;
mod client_replay;
mod client_send;
mod client_threads;
mod client_tools;
mod install;
mod node_backend;
#[cfg(unix)]
mod pipeline;
mod process;
mod scripts;
mod templates;
#[cfg(unix)]
#[path = "../terminal/terminal.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "not every key is pressed here, and a test fails by panicking"
)]
mod terminal;

use std::process::ExitCode;
use std::sync::Arc;

use bench::{Bench, Case, Peer};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let mut cases = client_send::cases();
    cases.extend(client_errors::cases());
    cases.extend(client_tools::cases());
    cases.extend(client_threads::cases());
    cases.extend(client_operations::cases());
    cases.extend(client_actions::cases());
    cases.extend(client_replay::cases());
    #[cfg(unix)]
    cases.extend(client_chat::cases());
    cases.extend(node_backend::cases());
    cases.extend(check::cases());
    #[cfg(unix)]
    cases.extend(pipeline::cases());
    cases.extend(scripts::cases());
    cases.extend(templates::cases());
    cases.retain(|case| wanted(&args, &case.name));

    let needed = |peer| !args.list && cases.iter().any(|case| case.needs == peer);
    let names = cases.iter().map(|case| case.name.clone()).collect();
    let bench = Arc::new(Bench::prepare(
        needed(Peer::Python),
        needed(Peer::Node),
        names,
    ));
    let trials = cases.into_iter().map(|case| trial(case, &bench)).collect();
    let conclusion = libtest_mimic::run(&args, trials);
    // The servers end with the bench, which no trial holds any more.
    drop(bench);
    conclusion.exit_code()
}

/// Whether the filters let a test of this name through, so that no peer is prepared for nothing.
fn wanted(args: &Arguments, name: &str) -> bool {
    let matches = |filter: &String| {
        if args.exact {
            name == filter
        } else {
            name.contains(filter)
        }
    };
    args.filter.as_ref().is_none_or(matches) && !args.skip.iter().any(matches)
}

fn trial(case: Case, bench: &Arc<Bench>) -> Trial {
    let Case { name, needs, run } = case;
    let Some(reason) = bench.missing(needs) else {
        let bench = Arc::clone(bench);
        return Trial::test(name, move || run(&bench));
    };
    // Whole words only: the filters have been applied to the bare name, and apply to this one too.
    let name = format!("{name} (ignored: {reason})");
    let reason = reason.to_owned();
    Trial::test(name, move || Err(reason.into()))
        .with_ignored_flag(std::env::var_os("CI").is_none())
}
