//! `chatkit thread` against the reference server.

use serde_json::Value;

use crate::bench::{Bench, Case, Peer};
use crate::cli::Desk;
use crate::process::Server;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, Peer::Python, run));
    case("client: thread list shows the threads, newest first", list);
    case(
        "client: thread list --json prints data, newest first",
        list_json,
    );
    case(
        "client: thread list has twenty threads, and --all has all of them, each once",
        list_all,
    );
    case(
        "client: thread list --limit and --order are asked of the server",
        list_options,
    );
    case("client: thread show prints the conversation", show);
    case(
        "client: thread show --json has all items of a thread of more than one page",
        show_json,
    );
    case(
        "client: thread items --json has the items of a thread",
        items_json,
    );
    case("client: thread items --all walks the pages", items_all);
    case("client: thread rename renames", rename);
    case(
        "client: thread delete --yes deletes every thread that is named",
        delete,
    );
    case(
        "client: thread delete without --yes and without a terminal deletes nothing",
        delete_unasked,
    );
    case(
        "client: threads that are exported and imported into SQLite are answered as before",
        carried,
    );
    cases
}

fn carried(bench: &Bench) {
    let reference = bench.start_reference();
    let desk = Desk::new(reference.url(), None);
    let (long, _) = long_thread(&desk);
    let words = ["widget", "title A carried thread", "text one"];
    let mut made: Vec<_> = words.iter().map(|text| desk.say(text).0).collect();
    made.push(long);
    let file = desk.file("threads.jsonl", b"");
    let file = file.to_str().expect("a path of text");
    desk.run(["thread", "export", "--all", "-o", file]).code(0);
    let store = ["--store", "sqlite:carried.db"];
    desk.run_bare(["thread", "import", file].into_iter().chain(store))
        .code(0);
    let serve = ["serve", "--mock", "--port", "0", "--json"];
    let mock = Server::start(desk.command(serve.into_iter().chain(store)));
    let other = Desk::new(mock.url(), None);
    for id in &made {
        let params = format!("{{\"thread_id\": \"{id}\"}}");
        let ask = |desk: &Desk| {
            let args = ["request", "threads.get_by_id", &params, "--json"];
            desk.run(args).code(0).json()
        };
        let (before, after) = (ask(&desk), ask(&other));
        assert_eq!(before["id"], id.as_str());
        assert_eq!(before, after);
        let show = ["thread", "show", id, "--json"];
        let (before, after) = (
            desk.run(show).code(0).json(),
            other.run(show).code(0).json(),
        );
        assert_eq!(before, after);
    }
    let list = ["thread", "list", "--all", "--json"];
    let list = |desk: &Desk| ids(&desk.run(list).code(0).json());
    assert_eq!(list(&desk), list(&other));
}

fn ids(page: &Value) -> Vec<String> {
    let rows = page["data"]
        .as_array()
        .unwrap_or_else(|| panic!("no data in {page}"));
    rows.iter()
        .filter_map(|row| row["id"].as_str().map(str::to_owned))
        .collect()
}

fn list(bench: &Bench) {
    let desk = bench.desk();
    let (older, _) = desk.say("title An older thread");
    let (newer, _) = desk.say("title A newer thread");
    let outcome = desk.run(["thread", "list", "--all"]).code(0);
    let said = outcome.shows(&[&older, &newer, "An older thread", "A newer thread"]);
    assert!(said.stdout().find(&newer) < said.stdout().find(&older));
}

fn list_json(bench: &Bench) {
    let desk = bench.desk();
    let (older, _) = desk.say("text one");
    let (newer, _) = desk.say("text two");
    let all = ids(&desk
        .run(["thread", "list", "--all", "--json"])
        .code(0)
        .json());
    let at = |id: &str| {
        all.iter()
            .position(|row| row == id)
            .expect("the thread is listed")
    };
    assert!(at(&newer) < at(&older));
}

fn list_all(bench: &Bench) {
    let reference = bench.start_reference();
    let desk = Desk::new(reference.url(), None);
    let mut made: Vec<_> = (0..45).map(|_| make_thread(&desk)).collect();
    made.reverse();
    assert_eq!(
        ids(&desk.run(["thread", "list", "--json"]).code(0).json()),
        made[..20]
    );
    assert_eq!(
        ids(&desk
            .run(["thread", "list", "--all", "--json"])
            .code(0)
            .json()),
        made
    );
}

fn make_thread(desk: &Desk) -> String {
    desk.say("text x").0
}

fn list_options(bench: &Bench) {
    let reference = bench.start_reference();
    let desk = Desk::new(reference.url(), None);
    let made: Vec<_> = (0..4).map(|_| make_thread(&desk)).collect();
    let args = ["thread", "list", "--json", "--limit", "3", "--order", "asc"];
    assert_eq!(ids(&desk.run(args).code(0).json()), made[..3]);
}

fn show(bench: &Bench) {
    let desk = bench.desk();
    let (id, _) = desk.say("text the answer to show");
    desk.run(["send", "widget", "--thread", &id]).code(0);
    let shown = [
        "text the answer to show",
        "the answer to show",
        "Hello from a widget",
    ];
    desk.run(["thread", "show", &id]).code(0).shows(&shown);
}

/// A thread of three turns and 21 items, and the ids of its items.
fn long_thread(desk: &Desk) -> (String, Vec<String>) {
    let (id, mut events) = desk.say("task");
    for _ in 0..2 {
        events.extend(
            desk.run(["send", "--json", "task", "--thread", &id])
                .code(0)
                .lines(),
        );
    }
    let done = events
        .iter()
        .filter(|event| event["type"] == "thread.item.done");
    let ids: Vec<_> = done
        .filter_map(|event| event["item"]["id"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(ids.len(), 21);
    (id, ids)
}

fn show_json(bench: &Bench) {
    let desk = bench.desk();
    let (id, items) = long_thread(&desk);
    let thread = desk.run(["thread", "show", &id, "--json"]).code(0).json();
    assert_eq!(thread["id"], Value::from(id));
    assert_eq!(thread["status"]["type"], "active");
    assert_eq!(ids(&thread["items"]), items);
}

fn items_json(bench: &Bench) {
    let desk = bench.desk();
    let (id, events) = desk.say("cite");
    let items = desk.run(["thread", "items", &id, "--json"]).code(0).json();
    let message = events.last().expect("the done message")["item"].clone();
    let rows = items["data"].as_array().expect("data");
    assert!(rows.contains(&message), "{items} has no {message}");
    assert_eq!(rows.len(), 2);
}

fn items_all(bench: &Bench) {
    let desk = bench.desk();
    let (id, mut wanted) = long_thread(&desk);
    let mut found = ids(&desk
        .run(["thread", "items", &id, "--all", "--json"])
        .code(0)
        .json());
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

fn rename(bench: &Bench) {
    let desk = bench.desk();
    let (id, _) = desk.say("text x");
    desk.run(["thread", "rename", &id, "Größe „7“"]).code(0);
    let thread = desk.run(["thread", "show", &id, "--json"]).code(0).json();
    assert_eq!(thread["title"], "Größe „7“");
}

fn delete(bench: &Bench) {
    let desk = bench.desk();
    let gone = [make_thread(&desk), make_thread(&desk)];
    let kept = make_thread(&desk);
    desk.run(["thread", "delete", &gone[0], &gone[1], "--yes"])
        .code(0);
    let left = ids(&desk
        .run(["thread", "list", "--all", "--json"])
        .code(0)
        .json());
    assert!(left.contains(&kept));
    assert!(!gone.iter().any(|id| left.contains(id)));
}

fn delete_unasked(bench: &Bench) {
    let desk = bench.desk();
    let id = make_thread(&desk);
    desk.run(["thread", "delete", &id])
        .code(2)
        .notes(&["--yes"]);
    desk.run(["thread", "show", &id]).code(0);
}
