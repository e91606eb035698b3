//! Replies that a rule waits for, where the store fails or others reply too: the rest of the rule is
//! played for one of them, and is not lost.

use serde_json::{Value, json};

use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::remembered::{begin, said, scenario, start};
use crate::served::Server;

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Postgres,
        "a_reply_that_could_not_be_stored_is_sent_again",
        not_stored,
    ),
    (
        Kind::Sqlite,
        "a_reply_that_could_not_be_stored_is_sent_again",
        not_stored,
    ),
    (
        Kind::Postgres,
        "a_reply_that_was_stored_and_not_answered_is_sent_again",
        not_answered,
    ),
    (
        Kind::Sqlite,
        "a_reply_that_was_stored_and_not_answered_is_sent_again",
        not_answered,
    ),
    (
        Kind::Postgres,
        "of_several_replies_one_has_the_rest_of_the_rule",
        at_once,
    ),
    (
        Kind::Sqlite,
        "of_several_replies_one_has_the_rest_of_the_rule",
        at_once,
    ),
    (
        Kind::Memory,
        "of_several_replies_one_has_the_rest_of_the_rule",
        at_once,
    ),
];

const SCENARIO: &str = r"
- when: find
  then:
  - tool: {name: find, arguments: {}}
  - 'It is {{ tool.output.state }}.'
- when: pizza
  then:
  - form: {inputs: [{id: size, question: Which?, options: [small, large]}]}
  - 'A {{ answers.size }} one.'
";

fn server(place: &Place) -> Server {
    start(place, &scenario(place, SCENARIO))
}

/// Lets nobody change a row of a table.
fn stop_changes(place: &Place, table: &str) {
    let trigger = format!("CREATE TRIGGER stop BEFORE UPDATE ON {table} FOR EACH ROW");
    place.sql(&match place.kind {
        Kind::Postgres => format!(
            "CREATE OR REPLACE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql \
             AS $$ BEGIN RAISE EXCEPTION 'stopped'; END $$; {trigger} EXECUTE FUNCTION stop()"
        ),
        _ => format!("{trigger} BEGIN SELECT RAISE(ABORT, 'stopped'); END"),
    });
}

fn let_changes(place: &Place, table: &str) {
    place.sql(&match place.kind {
        Kind::Postgres => format!("DROP TRIGGER stop ON {table}"),
        _ => "DROP TRIGGER stop".to_owned(),
    });
}

const OUTPUT: &str = "threads.add_client_tool_output";
const ANSWERS: &str = "threads.add_structured_input";

fn output_of(thread: &str, state: &str) -> Value {
    json!({"thread_id": thread, "result": {"state": state}})
}

fn answers_of(thread: &str, form: &Value, size: &str) -> Value {
    let answers = json!({"size": {"values": [size]}});
    json!({"thread_id": thread, "item_id": form,
        "input": {"status": "answered", "answers": answers}})
}

#[track_caller]
fn is_refused(server: &Server, kind: &str, params: &Value, expected: (&str, &str)) {
    let (status, body) = server.ask(kind, params);
    let body: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status} {body}"));
    let code = body["error"]["code"].as_str().unwrap();
    assert_eq!((&*status, code), expected);
}

const UNAVAILABLE: (&str, &str) = ("503", "store_unavailable");
const NO_CALL: (&str, &str) = ("400", "no_pending_tool_call");
const NO_FORM: (&str, &str) = ("400", "not_pending");

fn not_stored(place: &Place) {
    let (one, two) = (server(place), server(place));
    let (thread, _) = begin(&one, "find");
    let (order, events) = begin(&one, "pizza");
    let form = &events.last().unwrap()["item"]["id"];
    let (sent, large) = (
        output_of(&thread, "sent"),
        answers_of(&order, form, "large"),
    );
    stop_changes(place, "chatkit_items");
    is_refused(&one, OUTPUT, &sent, UNAVAILABLE);
    is_refused(&one, ANSWERS, &large, UNAVAILABLE);
    let_changes(place, "chatkit_items");
    // Nothing has changed, so that it may be another reply, too.
    let lost = output_of(&thread, "lost");
    assert_eq!(said(&two.events(OUTPUT, &lost)), "It is lost.");
    assert_eq!(said(&one.events(ANSWERS, &large)), "A large one.");
    for server in [&one, &two] {
        is_refused(server, OUTPUT, &sent, NO_CALL);
        is_refused(server, OUTPUT, &lost, NO_CALL);
        is_refused(server, ANSWERS, &large, NO_FORM);
    }
}

fn not_answered(place: &Place) {
    let (one, two) = (server(place), server(place));
    let (thread, _) = begin(&one, "find");
    let (order, events) = begin(&one, "pizza");
    let form = &events.last().unwrap()["item"]["id"];
    let (sent, large) = (
        output_of(&thread, "sent"),
        answers_of(&order, form, "large"),
    );
    stop_changes(place, "chatkit_notes");
    is_refused(&one, OUTPUT, &sent, UNAVAILABLE);
    is_refused(&one, ANSWERS, &large, UNAVAILABLE);
    let_changes(place, "chatkit_notes");
    one.kill();
    let one = server(place);
    // The reply is stored, and there is but one.
    is_refused(&two, OUTPUT, &output_of(&thread, "lost"), NO_CALL);
    let small = answers_of(&order, form, "small");
    is_refused(&two, ANSWERS, &small, NO_FORM);
    for (kind, params, rest) in [
        (OUTPUT, &sent, "It is sent."),
        (ANSWERS, &large, "A large one."),
    ] {
        let answers = all_at_once(&[&one, &two, &one, &two], |server| server.ask(kind, params));
        let taken: Vec<_> = answers.iter().filter(|it| it.0 == "200").collect();
        assert_eq!(taken.len(), 1, "{answers:?}");
        assert!(taken[0].1.contains(rest), "{}", taken[0].1);
    }
}

fn all_at_once<T: Send>(servers: &[&Server], ask: impl Fn(&Server) -> T + Sync) -> Vec<T> {
    let ask = &ask;
    std::thread::scope(|scope| {
        let asked: Vec<_> = servers
            .iter()
            .map(|server| scope.spawn(move || ask(server)))
            .collect();
        asked
            .into_iter()
            .map(|asked| asked.join().unwrap())
            .collect()
    })
}

fn at_once(place: &Place) {
    let one = server(place);
    let other = (place.kind != Kind::Memory).then(|| server(place));
    let two = other.as_ref().unwrap_or(&one);
    for round in 0..10 {
        let (thread, _) = begin(&one, "find");
        let answers = all_at_once(&[&one, two, &one, two], |server| {
            server.ask(OUTPUT, &output_of(&thread, "sent"))
        });
        let taken: Vec<_> = answers.iter().filter(|it| it.0 == "200").collect();
        assert_eq!(taken.len(), 1, "round {round}: {answers:?}");
        let text = &taken[0].1;
        assert!(text.contains("It is sent."), "round {round}: {text}");
    }
}
