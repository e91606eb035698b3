//! Faults of documents, of pages, of uploads, and of who is let in.

use serde_json::{Value, json};

use super::wire::{Answer, End, Server};
use super::{cases, cases_by_flag, stored};

const ORIGIN: &str = "origin: http://app.example\r\n";

/// A mock with this fault and three threads, and the ids of the threads, the oldest first.
fn with_threads(fault: &str) -> (Server, Vec<Value>) {
    let server = Server::new(&[fault]);
    let threads = (0..3).map(|_| server.thread()).collect();
    (server, threads)
}

fn page(server: &Server, params: &Value) -> Value {
    server.post("threads.list", params).json()
}

fn ids(page: &Value) -> Vec<Value> {
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|row| row["id"].clone()).collect()
}

fn picked(all: &[Value], places: &[usize]) -> Vec<Value> {
    places.iter().map(|place| all[*place].clone()).collect()
}

fn announce(server: &Server) -> Value {
    let params = json!({"name": "a.txt", "size": 3, "mime_type": "text/plain"});
    server.post("attachments.create", &params).json()
}

/// What is answered for a thread that does not exist.
fn unknown(fault: &str, operation: &str) -> Answer {
    let mut params = super::wire::message("hi");
    params["thread_id"] = "thr_nowhere".into();
    Server::new(&[fault]).post(operation, &params)
}

cases_by_flag! {
    fn not_found_dead_stream() {
        let answer = unknown("not-found-dead-stream", "threads.add_user_message");
        assert_eq!((answer.status(), answer.body()), (200, Vec::new()));
        assert_eq!(answer.header("content-type"), Some("text/event-stream"));
        assert_eq!(unknown("bom", "threads.add_user_message").status(), 404);
    }

    fn stack_trace() {
        let answer = unknown("stack-trace", "threads.add_user_message");
        assert_eq!(answer.status(), 500);
        assert!(answer.text().starts_with("Traceback (most recent call last):"));
        let (server, _) = with_threads("stack-trace");
        for wrong in [r#"{"type":"bogus","params":{}}"#, "no JSON"] {
            let answer = server.ask("POST /chatkit", "", wrong);
            assert!(answer.text().starts_with("Traceback"), "{wrong}: {}", answer.text());
        }
        assert_eq!(server.post("threads.list", &json!({})).status(), 200);
    }

    fn no_cors() {
        let preflight = format!("{ORIGIN}access-control-request-method: POST\r\n");
        let list = r#"{"type":"threads.list","params":{}}"#;
        for (fault, allowed) in [("no-cors", None), ("bom", Some("http://app.example"))] {
            let server = Server::new(&[fault]);
            let asked = server.ask("OPTIONS /chatkit", &preflight, "");
            assert_eq!(asked.header("access-control-allow-origin"), allowed);
            let answer = server.ask("POST /chatkit", ORIGIN, list);
            assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (200, allowed));
        }
    }

    fn open_to_strangers() {
        let args = ["--token", "secret"];
        let closed = Server::with(&[], &args).post("threads.list", &json!({}));
        assert_eq!(closed.status(), 401);
        let open = Server::with(&["open-to-strangers"], &args).post("threads.list", &json!({}));
        assert_eq!(open.status(), 200);
    }
}

cases! {
    fn time_format() {
        for (format, expected) in [
            ("naive", json!("2026-01-01T00:00:00.000000")),
            ("z", json!("2026-01-01T00:00:00.000000Z")),
            ("offset", json!("2026-01-01T00:00:00.000000+00:00")),
            ("unix", json!(1_767_225_600)),
            ("millis", json!(1_767_225_600_000_i64)),
        ] {
            let server = Server::new(&[&format!("time-format={format}")]);
            let events = server.say("show text 3").events();
            assert_eq!(events[0]["thread"]["created_at"], expected);
            let is_text = events[9]["item"]["created_at"].is_string();
            assert_eq!(is_text, expected.is_string());
            let thread = json!({"thread_id": events[0]["thread"]["id"]});
            let document = server.post("threads.get_by_id", &thread).json();
            assert_eq!(document["created_at"], expected);
            assert_eq!(document["items"]["data"][1]["created_at"], events[9]["item"]["created_at"]);
        }
    }

    fn malformed_document() {
        let (server, threads) = with_threads("malformed-document");
        for (operation, params, begin) in [
            ("threads.list", json!({}), r#"{"data":[{"#),
            ("threads.update", json!({"thread_id": threads[0], "title": "New"}), r#"{"id":"#),
            ("threads.delete", json!({"thread_id": threads[0]}), "{"),
        ] {
            let answer = server.post(operation, &params);
            assert_eq!((answer.status(), answer.end), (200, End::Whole));
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert!(answer.text().starts_with(begin), "{operation}: {}", answer.text());
            assert!(serde_json::from_slice::<Value>(&answer.body()).is_err());
        }
    }

    fn not_found_500() {
        let answer = unknown("not-found-500", "threads.get_by_id");
        assert_eq!((answer.status(), answer.text()), (500, "Internal Server Error".into()));
        assert!(answer.header("content-type").unwrap().starts_with("text/plain"));
        assert_eq!(unknown("bom", "threads.get_by_id").status(), 404);
    }

    fn rename_not_kept() {
        let (server, threads) = with_threads("rename-not-kept");
        let rename = |id: &Value| server.post("threads.update", &json!({"thread_id": id, "title": "New"}));
        let renamed = rename(&threads[0]).json();
        assert_eq!((&renamed["id"], &renamed["title"]), (&threads[0], &json!("New")));
        let read = server.post("threads.get_by_id", &json!({"thread_id": threads[0]})).json();
        assert_eq!(read["title"], Value::Null);
        assert_eq!(rename(&json!("thr_nowhere")).status(), 404);
    }

    fn deleted_still_listed() {
        let (server, threads) = with_threads("deleted-still-listed");
        let delete = |id: &Value| server.post("threads.delete", &json!({"thread_id": id}));
        assert_eq!(delete(&threads[0]).json(), json!({}));
        assert!(ids(&page(&server, &json!({}))).contains(&threads[0]));
        assert_eq!(delete(&json!("thr_nowhere")).status(), 404);
    }

    fn page_doubles() {
        let (server, threads) = with_threads("page-doubles");
        assert_eq!(ids(&page(&server, &json!({}))), picked(&threads, &[2, 1, 0, 0]));
    }

    fn page_misses() {
        let (server, threads) = with_threads("page-misses");
        assert_eq!(ids(&page(&server, &json!({}))), picked(&threads, &[2, 0]));
        let items = server.post("items.list", &json!({"thread_id": threads[0]})).json();
        assert_eq!(items["data"].as_array().unwrap().len(), 1);
    }

    fn page_order() {
        let (server, threads) = with_threads("page-order");
        assert_eq!(ids(&page(&server, &json!({}))), picked(&threads, &[0, 1, 2]));
    }

    fn page_no_after() {
        let (server, _) = with_threads("page-no-after");
        let page = page(&server, &json!({"limit": 2}));
        assert_eq!((&page["has_more"], page.get("after")), (&json!(true), None));
    }

    fn page_endless() {
        let (server, threads) = with_threads("page-endless");
        let last = page(&server, &json!({"limit": 3}));
        assert_eq!((&last["has_more"], &last["after"]), (&json!(true), &threads[0]));
        let beyond = page(&server, &json!({"after": threads[0]}));
        assert_eq!(ids(&beyond), Vec::<Value>::new());
        assert_eq!((&beyond["has_more"], &beyond["after"]), (&json!(true), &threads[0]));
    }

    fn hidden_listed() {
        let (server, threads) = with_threads("hidden-listed");
        let items = server.post("items.list", &json!({"thread_id": threads[0]})).json();
        let hidden = items["data"].as_array().unwrap().last().unwrap();
        assert_eq!(hidden["type"], "hidden_context_item");
        assert_eq!(stored(&server, &threads[0]), ["the mock streams"]);
    }

    fn upload_url() {
        let server = Server::new(&["upload-url"]);
        let attachment = announce(&server);
        assert_eq!(attachment.get("upload_descriptor"), None);
        let url = attachment["upload_url"].as_str().unwrap();
        let path = &url[url.find("/files/").unwrap()..];
        let form = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nabc\r\n--x--\r\n";
        let kind = "content-type: multipart/form-data; boundary=x\r\n";
        assert_eq!(server.ask(&format!("POST {path}"), kind, form).status(), 200);
        let bare = path.split('?').next().unwrap();
        assert_eq!(server.ask(&format!("POST {bare}"), kind, form).status(), 403);
        assert_eq!(server.ask(&format!("GET {bare}"), "", "").text(), "abc");
    }

    fn no_upload_address() {
        let attachment = announce(&Server::new(&["no-upload-address"]));
        assert!(attachment.get("upload_descriptor").is_none() && attachment.get("upload_url").is_none());
        assert!(attachment["id"].is_string());
    }

    fn upload_fails() {
        let server = Server::new(&["upload-fails=507"]);
        let descriptor = announce(&server)["upload_descriptor"].clone();
        let url = descriptor["url"].as_str().unwrap();
        let path = &url[url.find("/files/").unwrap()..];
        let token = descriptor["headers"]["x-upload-token"].as_str().unwrap();
        let token = format!("x-upload-token: {token}\r\n");
        let answer = server.ask(&format!("PUT {path}"), &token, "abc");
        assert_eq!((answer.status(), answer.end), (507, End::Whole));
        assert_eq!(server.ask(&format!("GET {path}"), "", "").status(), 404);
    }
}

#[test]
fn an_upload_that_was_not_announced_fails_too() {
    let server = Server::new(&["upload-fails=507"]);
    let kind = "content-type: multipart/form-data; boundary=x\r\n";
    assert_eq!(server.ask("POST /files", kind, "--x--\r\n").status(), 507);
}
