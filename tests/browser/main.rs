//! The mock's page in a real Chromium, and a page of another origin that talks to the mock.
//!
//! Debian's `chromium` and `chromium-driver`. Where one is missing the tests are ignored, with the
//! reason in their names; where `CI` is set that makes them fail.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod again;
mod alive;
mod door;
mod driver;
mod looks;
mod odd;
mod other_origin;
mod page;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use driver::{Browser, Case, Driver};

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    // A browser takes a core; two at once would only be slower.
    args.test_threads.get_or_insert(1);
    let mut cases = page::cases();
    cases.extend(again::cases());
    cases.extend(alive::cases());
    cases.extend(door::cases());
    cases.extend(looks::cases());
    cases.extend(odd::cases());
    cases.extend(other_origin::cases());
    let driver = if args.list {
        Err("only listed".to_owned())
    } else {
        Driver::start()
    };
    let trials = match &driver {
        Ok(driver) => {
            let driver = Arc::new(driver.address());
            let trial = |case: Case| {
                let driver = Arc::clone(&driver);
                Trial::test(case.name, move || {
                    Browser::run(&driver, case.window, case.body);
                    Ok(())
                })
            };
            cases.into_iter().map(trial).collect()
        }
        Err(_) if args.list => cases.into_iter().map(Case::listed).collect(),
        Err(reason) => cases.into_iter().map(|case| case.missing(reason)).collect(),
    };
    libtest_mimic::run(&args, trials).exit_code()
}
