//! Holds the three stores to one list of facts, and `chatkit serve` to what it says of them.
//!
//! Postgres is a private cluster of this test's own. Where it is not installed its tests are
//! ignored, with the reason in their names; where `CI` is set they fail.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod carried;
mod cluster;
mod crowded;
mod draft_facts;
mod facts;
mod failing;
mod interrupted;
mod item_facts;
mod note_facts;
mod older;
mod opening;
mod place;
mod planted;
mod remembered;
mod replied;
mod rows;
mod served;
mod shared;
mod uploaded;
mod writer_facts;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use cluster::Cluster;
use place::{Kind, Place};

/// The cluster, or why there is none.
type Postgres = Result<Arc<Cluster>, String>;

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let names_postgres = |filter: &String| filter.contains("postgres");
    // A cluster takes seconds to make, which a look at SQLite alone need not wait for.
    let wanted = args.filter.as_ref().is_none_or(|filter| {
        names_postgres(filter) || !(filter.contains("sqlite") || filter.contains("memory"))
    });
    let postgres: Postgres = if args.list || !wanted {
        Err("not asked for".to_owned())
    } else {
        Cluster::start().map(Arc::new)
    };
    let mut trials = Vec::new();
    for kind in [Kind::Memory, Kind::Sqlite, Kind::Postgres] {
        for (name, fact) in facts::FACTS {
            trials.push(trial(kind, name, &postgres, move |place| {
                place.runtime().block_on(fact(&place));
            }));
        }
    }
    for (kind, name, test) in opening::TESTS
        .iter()
        .chain(older::TESTS)
        .chain(served::TESTS)
        .chain(shared::TESTS)
        .chain(remembered::TESTS)
        .chain(replied::TESTS)
        .chain(uploaded::TESTS)
        .chain(failing::TESTS)
        .chain(crowded::TESTS)
        .chain(interrupted::TESTS)
        .chain(carried::TESTS)
        .chain(planted::TESTS)
    {
        trials.push(trial(*kind, name, &postgres, move |place| test(&place)));
    }
    let conclusion = libtest_mimic::run(&args, trials);
    // No trial holds the cluster any more, which ends here.
    drop(postgres);
    conclusion.exit_code()
}

fn trial(
    kind: Kind,
    name: &str,
    postgres: &Postgres,
    test: impl FnOnce(Place) + Send + 'static,
) -> Trial {
    let name = format!("{}::{name}", kind.name());
    let missing = match (postgres, kind) {
        (Err(reason), Kind::Postgres) => Some(reason.clone()),
        _ => None,
    };
    let Some(reason) = missing else {
        let cluster = postgres.as_ref().ok().map(Arc::clone);
        return Trial::test(name, move || {
            test(Place::new(kind, cluster));
            Ok(())
        });
    };
    let name = format!("{name} (ignored: {reason})");
    Trial::test(name, move || Err(reason.into()))
        .with_ignored_flag(std::env::var_os("CI").is_none())
}
