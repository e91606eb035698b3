//! What `chatkit send` brings along and answers: tools, forms, attachments, quotes, options.

use serde_json::{Value, json};

use crate::bench::{Bench, Case, Peer};
use crate::cli::{Desk, Outcome, done};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, Peer::Python, run));
    case(
        "client: send --tool answers a client tool and goes on with the next turn",
        tool,
    );
    case(
        "client: send --tool --json hands on the events of both turns",
        tool_json,
    );
    case("client: send --tool answers two tools in a row", tools);
    case(
        "client: a tool that an agent calls while it reasons is answered, and the workflow goes on",
        tool_of_a_workflow,
    );
    case(
        "client: a tool whose output is followed by silence is answered once",
        quiet_tool,
    );
    case(
        "client: send --tool takes any JSON as a result",
        tool_results,
    );
    case(
        "client: send --tool-cmd gives the arguments to a command and takes its result",
        tool_command,
    );
    case(
        "client: send --tool-cmd of a command that fails does not end well",
        tool_command_fails,
    );
    case(
        "client: send --answer answers a form and goes on with the next turn",
        answers,
    );
    case(
        "client: send --skip skips a form and goes on with the next turn",
        skip,
    );
    case("client: send --thread goes on in a thread", thread);
    case(
        "client: send -c goes on in the last thread of this backend",
        carry_on,
    );
    case("client: send --quote quotes", quote);
    case("client: send --model and --tool-choice choose", options);
    case("client: send --tag mentions", tag);
    case(
        "client: send --attach uploads a file by PUT, with the headers of the descriptor",
        attach_put,
    );
    case(
        "client: send --attach uploads an image by POST, with the headers of the descriptor",
        attach_post,
    );
    case(
        "client: send --attach takes several files, in their order",
        attach_several,
    );
    case(
        "client: send --attach --upload-url uploads directly, as multipart",
        attach_direct,
    );
    case(
        "client: send --attach of a file that is not there is wrong usage and sends nothing",
        attach_missing,
    );
    case(
        "client: send --record keeps every event and no secret",
        record,
    );
    cases
}

fn tool(bench: &Bench) {
    let desk = bench.desk();
    let result = r#"get_weather={"temp": 21, "sky": "ünklar"}"#;
    let wanted = r#"get_weather said {"temp": 21, "sky": "ünklar"}"#;
    desk.run(["send", "tool get_weather", "--tool", result])
        .code(0)
        .says(wanted);
}

fn tool_of_a_workflow(bench: &Bench) {
    let desk = bench.desk();
    // In one breath, and by whoever comes back to it.
    desk.run(["send", "reason_and_call", "--tool", r#"get_place="Lund""#])
        .code(0)
        .says("It is Lund.")
        .warns_of_nothing();
    let (id, _) = desk.say("reason_and_call");
    desk.run(["send", "--thread", &id, "--tool", r#"get_place="Kiel""#])
        .code(0)
        .says("It is Kiel.")
        .warns_of_nothing();
}

fn quiet_tool(bench: &Bench) {
    let desk = bench.desk();
    let ran = desk.file("ran.txt", b"");
    let command = "quiet=echo ran >> ran.txt; echo 1";
    desk.run(["send", "tool quiet", "--tool-cmd", command])
        .code(0)
        .says("");
    assert_eq!(std::fs::read_to_string(ran).expect("it is there"), "ran\n");
}

fn tool_json(bench: &Bench) {
    let desk = bench.desk();
    let events = desk
        .run(["send", "--json", "tool a", "--tool", "a=1"])
        .code(0)
        .lines();
    assert_eq!(done(&events, "client_tool_call").len(), 1);
    assert_eq!(done(&events, "assistant_message").len(), 1);
    let turns = events
        .iter()
        .filter(|event| event["type"] == "stream_options")
        .count();
    assert_eq!(turns, 2);
}

fn tools(bench: &Bench) {
    let both = [
        "--tool",
        "first_of_two=1",
        "--tool",
        r#"second_of_two="two""#,
    ];
    let args = ["send", "tool first_of_two"].iter().chain(&both);
    bench
        .desk()
        .run(args)
        .code(0)
        .says(r#"second_of_two said "two""#);
}

fn tool_results(bench: &Bench) {
    for result in ["null", "true", "[1, 2]", "\"text\"", "{}"] {
        let outcome = bench
            .desk()
            .run(["send", "tool a", "--tool", &format!("a={result}")]);
        outcome.code(0).says(&format!("a said {result}"));
    }
}

fn tool_command(bench: &Bench) {
    let outcome = bench
        .desk()
        .run(["send", "tool get_weather", "--tool-cmd", "get_weather=cat"]);
    outcome
        .code(0)
        .says(r#"get_weather said {"city": "Zürich", "days": 3}"#);
}

fn tool_command_fails(bench: &Bench) {
    let outcome = bench
        .desk()
        .run(["send", "tool a", "--tool-cmd", "a=false"]);
    outcome.code(1);
}

/// The server's last text, which is the JSON of what it took for the answers.
fn taken(outcome: &Outcome) -> Value {
    let last = outcome.stdout().lines().rfind(|line| line.starts_with('{'));
    serde_json::from_str(last.expect("a line of JSON")).expect("JSON")
}

fn answers(bench: &Bench) {
    let given = [
        "colour=red",
        "extras=red",
        "extras=blue",
        "why=because = it is",
    ];
    let options = given.iter().flat_map(|one| ["--answer", *one]);
    let outcome = bench
        .desk()
        .run(["send", "form"].into_iter().chain(options))
        .code(0);
    let answer = |values: &[&str]| json!({"values": values, "skipped": false});
    let wanted = json!({
        "colour": answer(&["red"]),
        "extras": answer(&["red", "blue"]),
        "why": answer(&["because = it is"]),
    });
    assert_eq!(
        taken(&outcome),
        json!({"status": "answered", "answers": wanted})
    );
}

fn skip(bench: &Bench) {
    let outcome = bench.desk().run(["send", "form", "--skip"]).code(0);
    let skipped = json!({"values": [], "skipped": true});
    let wanted = json!({"colour": skipped, "extras": skipped, "why": skipped});
    assert_eq!(
        taken(&outcome),
        json!({"status": "skipped", "answers": wanted})
    );
}

fn thread(bench: &Bench) {
    let desk = bench.desk();
    let (id, _) = desk.say("text one");
    desk.run(["send", "text two", "--thread", &id])
        .code(0)
        .says("two");
    let entry = desk.request("threads.add_user_message", &id);
    assert_eq!(entry["request"]["params"]["thread_id"], Value::from(id));
}

fn carry_on(bench: &Bench) {
    let desk = bench.desk();
    let (other, _) = desk.say("text one");
    let (last, _) = desk.say("text two");
    desk.run(["send", "-c", "text three"]).code(0).says("three");
    desk.run(["send", "--continue", "text four"])
        .code(0)
        .says("four");
    let added = |id: &str| {
        let entries = desk.logged(id);
        let is_added = |entry: &&Value| entry["request"]["type"] == "threads.add_user_message";
        entries.iter().filter(is_added).count()
    };
    assert_eq!((added(&other), added(&last)), (0, 2));
}

/// The user's message as the server stored it.
fn echoed(desk: &Desk, options: &[&str]) -> Value {
    let outcome = desk.run(["send", "echo"].iter().chain(options)).code(0);
    serde_json::from_str(outcome.stdout().trim_end()).expect("the echo is JSON")
}

fn quote(bench: &Bench) {
    assert_eq!(
        echoed(&bench.desk(), &["--quote", "as you said"])["quoted_text"],
        "as you said"
    );
}

fn options(bench: &Bench) {
    let options = ["--model", "m-large", "--tool-choice", "search"];
    let wanted = json!({"model": "m-large", "tool_choice": {"id": "search"}});
    assert_eq!(echoed(&bench.desk(), &options)["inference_options"], wanted);
}

fn tag(bench: &Bench) {
    let item = echoed(&bench.desk(), &["--tag", "u_7=Ada Lovelace"]);
    let content = item["content"].as_array().expect("parts");
    let tag = content
        .iter()
        .find(|part| part["type"] == "input_tag")
        .expect("a tag");
    assert_eq!(
        (&tag["id"], &tag["text"]),
        (&json!("u_7"), &json!("Ada Lovelace"))
    );
}

/// The uploads that the server logged for this content: path, method, and headers.
fn uploads(desk: &Desk, content: &str) -> Vec<Value> {
    let entries = desk.logged("\"content\"").into_iter();
    entries
        .filter(|entry| entry["content"] == content)
        .collect()
}

fn attach(bench: &Bench, name: &str, mime: &str, method: &str, kind: &str) {
    let desk = bench.desk();
    let content = format!("the content of {name}");
    let file = desk.file(name, content.as_bytes());
    let item = echoed(
        &desk,
        &["--attach", file.to_str().expect("a path in UTF-8")],
    );
    let attachment = &item["attachments"][0];
    assert_eq!(
        (&attachment["name"], &attachment["type"]),
        (&json!(name), &json!(kind))
    );
    assert_eq!(attachment["mime_type"], mime);
    // A descriptor that is gone says that the upload was whole before the message was sent.
    assert_eq!(attachment["upload_descriptor"], Value::Null);
    let sent = uploads(&desk, &content);
    assert_eq!(sent.len(), 1, "{sent:#?}");
    assert_eq!(sent[0]["method"], method);
    let id = attachment["id"].as_str().expect("an id");
    assert_eq!(sent[0]["path"], format!("/uploads/{id}"));
    let created = desk.request("attachments.create", name);
    assert_eq!(created["request"]["params"]["size"], content.len());
}

fn attach_put(bench: &Bench) {
    attach(bench, "tides-of-a-peer.txt", "text/plain", "PUT", "file");
}

fn attach_post(bench: &Bench) {
    attach(bench, "dot-of-a-peer.png", "image/png", "POST", "image");
}

fn attach_several(bench: &Bench) {
    let desk = bench.desk();
    let files = ["b.txt", "a.txt", "c.txt"].map(|name| desk.file(name, name.as_bytes()));
    let paths = files
        .each_ref()
        .map(|file| file.to_str().expect("a path in UTF-8"));
    let item = echoed(
        &desk,
        &[
            "--attach", paths[0], "--attach", paths[1], "--attach", paths[2],
        ],
    );
    let names: Vec<_> = item["attachments"]
        .as_array()
        .expect("attachments")
        .iter()
        .collect();
    let names: Vec<_> = names
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["b.txt", "a.txt", "c.txt"]);
}

fn attach_direct(bench: &Bench) {
    let desk = bench.desk();
    let file = desk.file("direct.md", b"# sent at once");
    let (url, path) = (desk.at("/files"), file.to_str().expect("a path in UTF-8"));
    let item = echoed(&desk, &["--attach", path, "--upload-url", &url]);
    assert_eq!(item["attachments"][0]["name"], "direct.md");
    let sent = uploads(&desk, "# sent at once");
    assert_eq!(
        (&sent[0]["path"], &sent[0]["filename"]),
        (&json!("/files"), &json!("direct.md"))
    );
}

fn attach_missing(bench: &Bench) {
    let desk = bench.desk();
    let mark = "text with a file that is not there";
    desk.run(["send", mark, "--attach", "nowhere.txt"])
        .code(2)
        .notes(&["nowhere.txt"]);
    assert!(desk.logged(mark).is_empty());
}

fn record(bench: &Bench) {
    let desk = bench.desk();
    let file = desk.file("turn.jsonl", b"");
    std::fs::remove_file(&file).expect("the file was just made");
    let path = file.to_str().expect("a path in UTF-8");
    let secret = "Authorization: Bearer s3cret-of-a-peer";
    desk.run(["send", "text to keep", "--record", path, "--header", secret])
        .code(0)
        .says("to keep");
    let text = std::fs::read_to_string(&file).expect("the recording is there");
    assert!(
        !text.contains("s3cret-of-a-peer"),
        "the recording holds a secret"
    );
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON lines"))
        .collect();
    assert!(
        lines[0].to_string().contains("version"),
        "the first line is {}",
        lines[0]
    );
    assert!(text.contains("assistant_message.content_part.text_delta"));
    assert!(text.contains("thread.item.done"));
}
