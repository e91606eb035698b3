//! The first page of threads and of items, whose time must not grow with the rows behind it.

use chatkit::store::{ItemRow, Memory, Query, Store, ThreadRow};
use divan::{Bencher, black_box};
use tokio::runtime::{Builder, Runtime};

const ROWS: [usize; 3] = [100, 10_000, 100_000];

fn main() {
    divan::main();
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .build()
        .expect("a runtime of one thread starts")
}

fn thread_row(index: usize) -> ThreadRow {
    let id = format!("thr_{index:08}");
    let json = format!(
        r#"{{"id":"{id}","created_at":"2026-11-20T10:00:00","status":{{"type":"active"}},"items":{{"data":[],"has_more":false}}}}"#
    );
    ThreadRow {
        id: id.into(),
        user: "local".into(),
        created_at: i64::try_from(index).expect("the rows are few"),
        json: json.into(),
    }
}

fn first_page() -> Query<'static> {
    Query {
        limit: 20,
        ..Query::default()
    }
}

#[divan::bench(args = ROWS)]
fn threads(bencher: Bencher, rows: usize) {
    let (runtime, store) = (runtime(), Memory::new());
    runtime.block_on(async {
        for index in 0..rows {
            store
                .put_thread(thread_row(index))
                .await
                .expect("memory takes every row");
        }
    });
    bencher.bench_local(|| {
        let page = runtime.block_on(store.threads(Some("local"), first_page()));
        black_box(page.expect("the list is there").rows.len())
    });
}

#[divan::bench(args = ROWS)]
fn items(bencher: Bencher, rows: usize) {
    let (runtime, store) = (runtime(), Memory::new());
    let thread = thread_row(0).id;
    runtime.block_on(async {
        store
            .put_thread(thread_row(0))
            .await
            .expect("memory takes every row");
        for index in 0..rows {
            let id = format!("msg_{index:08}");
            let json = format!(r#"{{"id":"{id}","thread_id":"{thread}","type":"end_of_turn"}}"#);
            let row = ItemRow {
                id: id.into(),
                hidden: false,
                json: json.into(),
            };
            store
                .put_item(&thread, row)
                .await
                .expect("the thread is there");
        }
    });
    bencher.bench_local(|| {
        let page = runtime.block_on(store.items(&thread, first_page()));
        black_box(page.expect("the thread is there").rows.len())
    });
}
