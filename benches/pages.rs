//! The first page of threads and of items, whose time must not grow with the rows behind it.
//!
//! Memory and `SQLite`; Postgres too, where `CHATKIT_BENCH_POSTGRES` is the address of an empty
//! database.

use std::fmt;
use std::sync::Arc;

use chatkit::protocol::ThreadId;
use chatkit::store::{self, ItemRow, Query, Store, StoreUrl, ThreadRow};
use divan::{Bencher, black_box};
use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

const ROWS: [usize; 2] = [100, 1_000_000];

/// How many rows are written at once: a store may commit together what waits.
const AT_ONCE: usize = 256;

fn main() {
    divan::main();
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

/// A store with so many rows.
struct Case {
    kind: Kind,
    rows: usize,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.kind, self.rows)
    }
}

fn postgres() -> Option<String> {
    std::env::var("CHATKIT_BENCH_POSTGRES").ok()
}

fn cases() -> Vec<Case> {
    let mut kinds = vec![Kind::Memory, Kind::Sqlite];
    kinds.extend(postgres().map(|_| Kind::Postgres));
    let rows = |kind| ROWS.map(|rows| Case { kind, rows });
    kinds.into_iter().flat_map(rows).collect()
}

/// A store that goes with the bench, and the runtime that it lives in.
struct Site {
    store: Arc<dyn Store>,
    runtime: Runtime,
    _folder: TempDir,
}

impl Site {
    fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder is made");
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime starts");
        let url = match kind {
            Kind::Memory => "memory".to_owned(),
            Kind::Sqlite => format!("sqlite:{}", folder.path().join("bench.db").display()),
            Kind::Postgres => postgres().expect("cases with Postgres have an address"),
        };
        let url: StoreUrl = url.parse().expect("the address is a store's");
        let store = runtime.block_on(store::open(&url));
        Self {
            store: store.expect("the store opens"),
            runtime,
            _folder: folder,
        }
    }

    fn fill(&self, rows: usize, put: impl AsyncFn(usize)) {
        self.runtime.block_on(async {
            for start in (0..rows).step_by(AT_ONCE) {
                let end = rows.min(start + AT_ONCE);
                join_all((start..end).map(async |index| put(index).await)).await;
            }
        });
    }
}

/// Every site has a user of its own, because the cases share one Postgres.
fn thread_row(user: &str, index: usize) -> ThreadRow {
    let id = format!("thr_{user}_{index:08}");
    let json = format!(
        r#"{{"id":"{id}","created_at":"2026-11-20T10:00:00","status":{{"type":"active"}},"items":{{"data":[],"has_more":false}}}}"#
    );
    ThreadRow {
        id: id.into(),
        user: user.into(),
        // All in one moment, where only the order of arrival tells them apart.
        created_at: 1,
        json: json.into(),
    }
}

fn first_page() -> Query<'static> {
    Query {
        limit: 20,
        ..Query::default()
    }
}

#[divan::bench(args = cases(), sample_count = 200)]
fn threads(bencher: Bencher, case: &Case) {
    let site = Site::new(case.kind);
    let (store, user) = (&site.store, format!("threads{}", case.rows));
    site.fill(case.rows, async |index| {
        let put = store.put_thread(thread_row(&user, index)).await;
        put.expect("the store takes every row");
    });
    bencher.bench_local(|| {
        let page = site
            .runtime
            .block_on(store.threads(Some(&user), first_page()));
        black_box(page.expect("the list is there").rows.len())
    });
}

#[divan::bench(args = cases(), sample_count = 200)]
fn items(bencher: Bencher, case: &Case) {
    let site = Site::new(case.kind);
    let store = &site.store;
    let row = thread_row(&format!("items{}", case.rows), 0);
    let thread: ThreadId = row.id.clone();
    let made = site.runtime.block_on(store.put_thread(row));
    made.expect("the store takes every row");
    site.fill(case.rows, async |index| {
        let id = format!("msg_{index:08}");
        let json = format!(r#"{{"id":"{id}","thread_id":"{thread}","type":"end_of_turn"}}"#);
        let row = ItemRow {
            id: id.into(),
            hidden: false,
            json: json.into(),
        };
        let put = store.put_item(&thread, row).await;
        put.expect("the thread is there");
    });
    bencher.bench_local(|| {
        let page = site.runtime.block_on(store.items(&thread, first_page()));
        black_box(page.expect("the thread is there").rows.len())
    });
}
