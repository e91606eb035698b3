//! Whole turns: context, retry, tools, forms, actions, leaving.

use serde_json::Value;

use super::leave::{cancel_goes_on, cancel_keeps};
use super::rows::{has_rows, is_whole_list, rows};
use super::tool::{tool_ends_the_turn, tool_output};
use crate::check::evidence::{Evidence, Exchange, Probe, Purpose};
use crate::check::rule::{Finding, Review, Rule, Severity, Verdict};
use crate::check::story::walk;
use crate::protocol::{Event, ItemId, ItemKind, Operation};

const LEAVE: &str = "openai-chatkit 1.6.5, server.py, handle_stream_cancelled: assistant messages with text are kept, and a hidden note says that the user left";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "turns/answers",
        severity: Severity::Should,
        says: "a message is answered by a text, or by something else that a user sees and answers",
        source: "openai-chatkit 1.6.5, types.py: AssistantMessageItem, WidgetItem, GeneratedImageItem, StructuredInputItem, ClientToolCallItem",
        fix: "stream an assistant_message with text for a plain message",
        needs: &[Probe::Talk],
        judge: answers,
    },
    Rule {
        id: "turns/remembers",
        severity: Severity::Must,
        says: "what was said in a thread is known in its next turn",
        source: "the ChatKit guides: respond() is given the thread, whose items are the model's input",
        fix: "load the thread's items and give them to the model",
        needs: &[Probe::Remember],
        judge: remembers,
    },
    Rule {
        id: "turns/retry",
        severity: Severity::Must,
        says: "a retry removes every item behind the message and answers it anew",
        source: "openai-chatkit 1.6.5, server.py, ThreadsRetryAfterItemReq: later items are deleted, then respond() runs for the message",
        fix: "delete all later items of the thread before the new answer begins",
        needs: &[Probe::Talk],
        judge: retry,
    },
    Rule {
        id: "turns/tool-ends-the-turn",
        severity: Severity::Must,
        says: "a turn ends at its pending client tool call",
        source: "openai-chatkit 1.6.5, server.py, ThreadsAddClientToolOutputReq: the last item of the thread must be the pending call",
        fix: "stop the turn behind the call; what follows belongs to the turn that its output begins",
        needs: &[Probe::Tool],
        judge: tool_ends_the_turn,
    },
    Rule {
        id: "turns/tool-output",
        severity: Severity::Must,
        says: "a client tool call is completed by its output",
        source: "openai-chatkit 1.6.5, server.py, ThreadsAddClientToolOutputReq: output and status are set and saved",
        fix: "store the output with the call and set its status to completed",
        needs: &[Probe::Tool],
        judge: tool_output,
    },
    Rule {
        id: "turns/form-replaced",
        severity: Severity::Must,
        says: "answers to a form are streamed back as thread.item.replaced of the form, before anything else of the answer",
        source: "openai-chatkit 1.6.5, server.py, stream_structured_input_response",
        fix: "replace the form with its answered self, then answer",
        needs: &[Probe::Form],
        judge: form_replaced,
    },
    Rule {
        id: "turns/form-answers",
        severity: Severity::Must,
        says: "a form keeps the answers that were handed in",
        source: "openai-chatkit 1.6.5, server.py, _apply_structured_input_submission",
        fix: "set status and the answer of each question, and store the form",
        needs: &[Probe::Form],
        judge: form_answers,
    },
    Rule {
        id: "turns/sync-action-item",
        severity: Severity::Must,
        says: "a synchronous action returns the widget that it was sent from, or nothing",
        source: "openai-chatkit 1.6.5, types.py, SyncCustomActionResponse: updated_item",
        fix: "return the widget item under its own id",
        needs: &[Probe::Widget],
        judge: sync_action_item,
    },
    Rule {
        id: "turns/cancel-keeps",
        severity: Severity::Must,
        says: "when the client leaves, its message and the part of the answer that it saw are kept",
        source: LEAVE,
        fix: "store the message before its answer begins; when the connection is closed, store the pending assistant message if it has text",
        needs: &[Probe::Cancel],
        judge: cancel_keeps,
    },
    Rule {
        id: "turns/cancel-goes-on",
        severity: Severity::Must,
        says: "a thread takes messages after its client left in the middle of an answer",
        source: LEAVE,
        fix: "release whatever locks the thread when the connection is closed",
        needs: &[Probe::Cancel],
        judge: cancel_goes_on,
    },
];

fn answers(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut first = evidence
        .uses()
        .filter(|it| it.operation() == Some(Operation::CreateThread) && it.is_whole_turn());
    if let Some(exchange) = first.next() {
        let has_text = !exchange.fold.answer().trim().is_empty();
        let shows = exchange.fold.items().any(|item| {
            matches!(
                item.kind,
                ItemKind::Widget(_)
                    | ItemKind::GeneratedImage(_)
                    | ItemKind::StructuredInput(_)
                    | ItemKind::ClientToolCall(_)
            )
        });
        // What cannot be read may be the text.
        let failed = (exchange.frames.iter())
            .any(|frame| matches!(frame.event, Err(_) | Ok(Event::Error(_))));
        review.check((!has_text && !shows && !failed).then(|| {
            Finding::about(
                exchange,
                "the answer has no text",
                "an assistant_message with text",
            )
        }));
    }
    review.verdict("no thread was created")
}

fn remembers(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in &evidence.exchanges {
        let Purpose::Recall(word) = &exchange.purpose else {
            continue;
        };
        let answer = exchange.fold.answer();
        // Whether there is an answer at all is another rule's.
        if answer.trim().is_empty() {
            continue;
        }
        let knows = answer.to_lowercase().contains(&word.to_lowercase());
        review.check((!knows).then(|| {
            let said = crate::check::evidence::quote(answer.as_bytes());
            let raw = Some(said);
            let finding =
                Finding::about(exchange, "the answer does not have the word", word.clone());
            Finding { raw, ..finding }
        }));
    }
    review.verdict(evidence.reason(Probe::Remember, "no word was to be remembered"))
}

fn retry(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    // The items that a retry was to remove, of the thread that it was about.
    let mut gone: Vec<(String, Vec<String>)> = Vec::new();
    walk(evidence, |exchange, story| {
        // What others ask for is another rule's, and an error under a success's status retries nothing.
        let is_answered = exchange.is_success() && exchange.is_use();
        let Some(thread) = exchange.param("thread_id").filter(|_| is_answered) else {
            return;
        };
        match exchange.operation() {
            Some(Operation::RetryAfterItem) if !exchange.frames.is_empty() => {
                let message = exchange.param("item_id").unwrap_or_default();
                let stored = story.stored();
                let after = stored.iter().skip_while(|item| item.id.as_str() != message);
                let ids = after.skip(1).map(|item| item.id.to_string());
                // The new answer may bear an old id, which is another rule's.
                let ids = ids.filter(|id| exchange.fold.item(id).is_none()).collect();
                gone.push((thread.to_owned(), ids));
            }
            Some(Operation::GetThread) => {
                let document = exchange.document().unwrap_or(Value::Null);
                let Some(rows) = document["items"]["data"].as_array() else {
                    return;
                };
                for (_, ids) in gone.iter().filter(|(of, _)| of == thread) {
                    review.look();
                    let kept = |id: &&String| rows.iter().any(|row| row["id"] == id.as_str());
                    if let Some(id) = ids.iter().find(kept) {
                        let found = format!("item {id} is still there after the retry");
                        let expected = "the items up to the message, and the new answer";
                        review.find(Finding::of(exchange, found, expected));
                    }
                }
            }
            _ => {}
        }
    });
    review.verdict("nothing was retried and read back")
}

fn form_replaced(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.turns().filter(|it| submits(it)) {
        // What tells of the thread is no part of the answer.
        let is_beside = |event: &Event| {
            matches!(
                event,
                Event::StreamOptions(_) | Event::Progress(_) | Event::ThreadUpdated(_)
            )
        };
        let first = exchange.events().find(|(_, event)| !is_beside(event));
        let Some((frame, event)) = first else {
            continue;
        };
        let is_form = matches!(event, Event::ItemReplaced(body)
            if Some(body.item.id.as_str()) == exchange.param("item_id"));
        review.check((!is_form).then(|| {
            let expected = "thread.item.replaced of the form";
            Finding::at(exchange, frame, "something else comes first", expected)
        }));
    }
    review.verdict(evidence.reason(Probe::Form, "no form was answered"))
}

fn submits(exchange: &Exchange) -> bool {
    exchange.operation() == Some(Operation::AddStructuredInput) && exchange.is_use()
}

fn form_answers(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    let mut handed_in: Vec<&Exchange> = Vec::new();
    walk(evidence, |exchange, story| {
        if !exchange.is_use() || !exchange.is_success() {
            return;
        }
        if submits(exchange) {
            handed_in.push(exchange);
        }
        let reads = matches!(
            exchange.operation(),
            Some(Operation::GetThread | Operation::ListItems)
        );
        if !reads || !has_rows(exchange) {
            return;
        }
        let rows = rows(exchange);
        let of = |it: &&&Exchange| it.param("thread_id") == exchange.param("thread_id");
        for submission in handed_in.iter().filter(of) {
            let id = submission.param("item_id").unwrap_or_default();
            let form = rows.iter().find(|row| row["id"] == id);
            // A page need not have it, and what is gone need not be there.
            if story.is_gone(&ItemId::from(id)) || form.is_none() && !is_whole_list(exchange) {
                continue;
            }
            let form = form.unwrap_or(&Value::Null);
            review.look();
            if let Some(found) = wrong_answers(form, &submission.params["input"]) {
                let expected = submission.params["input"].to_string();
                review.find(Finding::in_row(exchange, form, found, expected));
            }
        }
    });
    review.verdict(evidence.reason(Probe::Form, "no form was answered and read back"))
}

fn wrong_answers(form: &Value, input: &Value) -> Option<String> {
    if form["status"] != input["status"] {
        return Some(format!("the status is {}", form["status"]));
    }
    let questions = form["inputs"].as_array().map_or(&[][..], Vec::as_slice);
    let differs = |question: &&Value| {
        let id = question["id"].as_str().unwrap_or_default();
        let given = &input["answers"][id]["values"];
        given.is_array() && question["answer"]["values"] != *given
    };
    let question = questions.iter().find(differs)?;
    Some(format!(
        "the answer to {} is {}",
        question["id"], question["answer"]
    ))
}

fn sync_action_item(evidence: &Evidence) -> Verdict {
    let mut review = Review::default();
    for exchange in evidence.documents(Operation::SyncCustomAction) {
        let document = exchange.document().unwrap_or(Value::Null);
        let item = &document["updated_item"];
        let same = item.is_null()
            || (item["id"] == exchange.params["item_id"] && item["type"] == "widget");
        review.check((!same).then(|| {
            let found = format!("a {} of id {}", item["type"], item["id"]);
            let expected = format!("a widget of id {}", exchange.params["item_id"]);
            Finding::of(exchange, found, expected)
        }));
    }
    review.verdict(evidence.reason(Probe::Widget, "no synchronous action was run"))
}
