//! Items that stream at the same time: each stands on the screen once, and no text is torn.

use serde_json::{Value, json};

use crate::events::{
    added, begins, card, done, item, message, server, streaming, text, update, value,
};
use crate::terminal::{DOWN, ENTER, Started, chat};

const WORDS: &str = "The quick brown fox jumps over the lazy dog and runs on and on for a while. ";

#[test]
fn a_widget_and_a_notice_beside_a_text_tear_nothing() {
    let mut events = vec![added(&card(""))];
    events.extend(begins("msg_1"));
    let pieces: Vec<&str> = WORDS.split_inclusive('o').collect();
    for piece in &pieces {
        events.push(text("msg_1", piece));
        events.push(value("on "));
    }
    events.push(json!({"type": "notice", "level": "info", "message": "by the way"}));
    events.push(text("msg_1", "The end."));
    events.push(done(&message("msg_1", &format!("{WORDS}The end."))));
    events.push(value("ready"));
    events.push(done(&card(&format!("{}ready", "on ".repeat(pieces.len())))));
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("ready").sees_prompt();
    let screen = terminal.screen();
    let flowing = screen.replace('\n', " ");
    assert!(flowing.contains(&format!("{WORDS}The end.")), "{screen}");
    for once in ["A card", "by the way", "The end."] {
        assert_eq!(flowing.matches(once).count(), 1, "{once} in\n{screen}");
    }
}

#[test]
fn a_widget_stays_on_the_screen_while_a_text_streams_beside_it() {
    let mut events = vec![added(&card("")), value("one ")];
    events.extend(begins("msg_1"));
    events.push(text(
        "msg_1",
        "The first line is long enough to be broken, ",
    ));
    events.push(value("two "));
    events.push(Value::Null);
    events.push(text(
        "msg_1",
        "and goes on in the second line of its paragraph.",
    ));
    events.push(Value::Null);
    events.push(done(&card("one two three")));
    events.push(Value::Null);
    let whole = "The first line is long enough to be broken, and goes on in the second line of its \
                 paragraph.";
    events.push(done(&message("msg_1", whole)));
    let (_server, mut terminal) = streaming(&events);
    let both = |terminal: &mut Started, words: &str, value: &str| {
        terminal.sees(words).sees(value);
        let screen = terminal.screen();
        assert_eq!(screen.matches("A card").count(), 1, "{screen}");
        assert!(screen.find(words) < screen.find(value), "{screen}");
    };
    terminal.says("go");
    both(&mut terminal, "to be broken,", "one two");
    both(&mut terminal, "paragraph.", "one two");
    both(&mut terminal, "paragraph.", "one two three");
    terminal.sees_prompt();
    both(&mut terminal, "paragraph.", "one two three");
}

#[test]
fn a_long_text_beside_widgets_is_kept_whole_above_them() {
    let tall = (0..60).fold(String::new(), |text, row| format!("{text}row {row}\n\n"));
    let mut second = card("second ");
    second["id"] = "wid_2".into();
    let mut events = vec![added(&card(&tall)), added(&second)];
    events.extend(begins("msg_1"));
    let words = (0..400).fold(String::new(), |text, n| {
        let end = if n % 40 == 39 { "\n\n" } else { " " };
        format!("{text}w{n}.{end}")
    });
    for (number, piece) in words.split_inclusive(". ").enumerate() {
        events.push(text("msg_1", piece));
        if number % 7 == 0 {
            events.push(value("more "));
        }
    }
    events.push(done(&message("msg_1", &words)));
    let more = "more ".repeat(events.len());
    events.push(done(&card(&format!("{tall}{more}"))));
    events.push(done(&second));
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("w399.").sees_prompt();
    let all = terminal.history();
    let place = |word: &str| {
        assert_eq!(all.matches(word).count(), 1, "{word} in\n{all}");
        all.find(word)
    };
    let mut last = None;
    for number in 0..400 {
        let at = place(&format!("w{number}."));
        assert!(last < at, "w{number} in\n{all}");
        last = at;
    }
    for row in 0..60 {
        assert!(last < place(&format!("row {row} ")), "{all}");
    }
    assert!(last < place("second "), "{all}");
    assert_eq!(all.matches("A card").count(), 2, "{all}");
}

#[test]
fn what_is_whole_stands_below_what_came_before_it_and_is_still_open() {
    // A model that reasons, calls a tool, and only then has done reasoning.
    let thought = json!({"type": "thought", "content": "Look at the map."});
    let workflow = |summary: Value| {
        let body = json!({"type": "reasoning", "tasks": [thought], "summary": summary});
        item("wf_1", "workflow", json!({ "workflow": body }))
    };
    let task = json!({"type": "custom", "title": "Looked up", "status_indicator": "complete"});
    let events = [
        added(&workflow(Value::Null)),
        done(&item("tsk_1", "task", json!({ "task": task }))),
        done(&workflow(json!({"duration": 3}))),
        done(&message("msg_1", "There it is.")),
    ];
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("There it is.").sees_prompt();
    let screen = terminal.screen();
    let place = |text: &str| {
        screen
            .find(text)
            .unwrap_or_else(|| panic!("{text}:\n{screen}"))
    };
    assert!(place("Thought for 3 s") < place("Looked up"), "{screen}");
    assert!(place("Looked up") < place("There it is."), "{screen}");
    assert_eq!(screen.matches("Looked up").count(), 1, "{screen}");
}

#[test]
fn of_two_messages_the_second_waits_for_the_first() {
    let mut events: Vec<Value> = ["a", "b"].iter().flat_map(|id| begins(id)).collect();
    let words = |id: &str| (0..20).fold(String::new(), |text, n| format!("{text}{id}{n} "));
    for number in 0..20 {
        for id in ["a", "b"] {
            events.push(text(id, &format!("{id}{number} ")));
        }
    }
    events.extend(["b", "a"].map(|id| done(&message(id, &words(id)))));
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("b19").sees_prompt();
    let screen = terminal.screen().replace('\n', " ");
    let place = |words: String| screen.find(words.trim()).expect("a text is torn");
    assert!(place(words("a")) < place(words("b")), "{screen}");
}

#[test]
fn of_two_messages_that_stream_at_once_both_are_seen() {
    let words =
        |id: &str, to: usize| (0..to).fold(String::new(), |all, n| format!("{all}{id}{n} "));
    let mut events: Vec<Value> = ["a", "b"].iter().flat_map(|id| begins(id)).collect();
    for number in 0..20 {
        if number == 10 {
            events.push(Value::Null);
        }
        for id in ["a", "b"] {
            events.push(text(id, &format!("{id}{number} ")));
        }
    }
    events.push(done(&message("b", &format!("{}and done", words("b", 20)))));
    events.push(Value::Null);
    events.push(text("a", "and on\n\n"));
    events.push(Value::Null);
    events.push(text("a", "to the end"));
    let whole = format!("{}and on\n\nto the end", words("a", 20));
    events.push(done(&message("a", &whole)));
    let (_server, mut terminal) = streaming(&events);
    let both = |terminal: &mut Started, upper: &str, lower: &str, later: &str| {
        terminal.sees(upper).sees(lower);
        let screen = terminal.screen().replace('\n', " ");
        assert!(!screen.contains(later), "{later} in\n{screen}");
        let place = |words: &str| {
            assert_eq!(screen.matches(words).count(), 1, "{words} in\n{screen}");
            screen.find(words)
        };
        assert!(place(upper) < place(lower), "{screen}");
    };
    terminal.says("go");
    let half = |id| words(id, 10).trim().to_owned();
    both(&mut terminal, &half("a"), &half("b"), "a10");
    both(&mut terminal, "a19", "b19 and done", "and on");
    both(&mut terminal, "a19 and on", "b19 and done", "to the end");
    terminal.sees_prompt();
    both(&mut terminal, "to the end", "b19 and done", "never");
    let all = terminal.history();
    for word in ["a0 ", "a9 ", "b0 ", "b9 ", "b19 "] {
        assert_eq!(all.matches(word).count(), 1, "{word} in\n{all}");
    }
}

#[test]
fn a_message_that_waits_keeps_all_of_its_parts_where_nothing_more_comes() {
    let part = |index: usize, kind: &str, text: &str| {
        let kind = format!("assistant_message.content_part.{kind}");
        let content = json!({"type": "output_text", "text": text, "annotations": []});
        update(
            "b",
            &json!({"type": kind, "content_index": index, "content": content, "delta": text}),
        )
    };
    let mut events = begins("a").to_vec();
    events.push(text("a", "The first"));
    events.extend([added(&message("b", "")), part(0, "added", "")]);
    events.push(part(0, "text_delta", "part zero"));
    events.push(part(0, "done", "part zero"));
    events.push(part(1, "added", ""));
    events.push(part(1, "text_delta", "part one"));
    events.push(done(&message("a", "The first")));
    events.push(part(1, "text_delta", " goes on"));
    events.push(Value::Null);
    // Of this one nobody says that it is whole.
    events.push(part(2, "added", ""));
    events.push(part(2, "text_delta", "part two"));
    events.push(
        json!({"type": "error", "code": "custom", "message": "Out of tea", "allow_retry": false}),
    );
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("part one goes on");
    assert_eq!(terminal.count("Out of tea"), 0, "{}", terminal.screen());
    terminal.sees("Out of tea").sees_prompt();
    let all = terminal.history();
    for once in ["The first", "part zero", "part one goes on", "part two"] {
        assert_eq!(all.matches(once).count(), 1, "{once} in\n{all}");
    }
}

#[test]
fn a_notice_stands_behind_the_block_that_it_came_in() {
    let mut events = begins("msg_1").to_vec();
    events.push(text("msg_1", "One, "));
    events.push(json!({"type": "notice", "level": "danger", "message": "look out"}));
    events.push(text("msg_1", "two.\n\n```\na\n"));
    events.push(json!({"type": "notice", "level": "info", "message": "by the way"}));
    events.push(text("msg_1", "b\n```\n\nThree."));
    let whole = "One, two.\n\n```\na\nb\n```\n\nThree.";
    events.push(done(&message("msg_1", whole)));
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("Three.").sees_prompt();
    let screen = terminal.screen();
    let shown: Vec<&str> = screen
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let from = shown
        .iter()
        .position(|line| *line == "One, two.")
        .expect(&screen);
    let expected = [
        "One, two.",
        "✗ danger",
        "│ look out",
        "a",
        "b",
        "ℹ info",
        "│ by the way",
        "Three.",
    ];
    assert_eq!(shown[from..from + expected.len()], expected, "{screen}");
}

#[test]
fn of_two_parts_the_second_waits_for_the_first() {
    let part = |index: usize, kind: &str, text: &str| {
        let kind = format!("assistant_message.content_part.{kind}");
        let content = json!({"type": "output_text", "text": text, "annotations": []});
        update(
            "m",
            &json!({"type": kind, "content_index": index, "content": content, "delta": text}),
        )
    };
    let words = |part: usize| (0..20).fold(String::new(), |text, n| format!("{text}p{part}w{n} "));
    let mut events = vec![
        added(&message("m", "")),
        part(0, "added", ""),
        part(1, "added", ""),
    ];
    for number in 0..20 {
        for index in 0..2 {
            events.push(part(index, "text_delta", &format!("p{index}w{number} ")));
        }
    }
    events.push(part(0, "done", &words(0)));
    events.push(part(1, "done", &words(1)));
    let mut whole = message("m", &words(0));
    let second = json!({"type": "output_text", "text": words(1), "annotations": []});
    let refusal = json!({"type": "refusal", "refusal": "not that"});
    whole["content"]
        .as_array_mut()
        .unwrap()
        .extend([second, refusal]);
    events.push(done(&whole));
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("p1w19").sees_prompt();
    let screen = terminal.screen().replace('\n', " ");
    for words in [words(0), words(1)] {
        assert_eq!(screen.matches(words.trim()).count(), 1, "{screen}");
    }
    let refused = "part of the type refusal: {\"refusal\":\"not that\"}";
    assert_eq!(terminal.count(refused), 1, "{screen}");
}

#[test]
fn what_is_kept_stands_whole_below_what_was_streamed_otherwise() {
    let mut events = begins("msg_1").to_vec();
    events.push(text("msg_1", "The price is 5"));
    events.push(done(&message("msg_1", "The price is 7.")));
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("The price is 7.").sees_prompt();
    assert_eq!(terminal.count("The price is 5"), 1);
}

#[test]
fn a_widget_in_a_terminal_that_becomes_narrower_leaves_one_copy_at_most() {
    let mut events = vec![added(&card(""))];
    let words: Vec<String> = (0..200).map(|number| format!("w{number} ")).collect();
    events.extend(words.iter().map(|word| value(word)));
    events.push(done(&card(&words.concat())));
    let (_server, mut terminal) = streaming(&events);
    terminal.says("go").sees("w30 ");
    terminal.resize(60, 40);
    terminal.sees("w199").sees_prompt();
    assert!(terminal.count("A card") <= 2, "{}", terminal.screen());
}

#[test]
fn a_widget_takes_nothing_away_above_it_where_lines_are_cut_off() {
    let mut events = vec![added(&card(""))];
    let words: Vec<String> = (0..100).map(|number| format!("w{number} ")).collect();
    events.extend(words.iter().map(|word| value(word)));
    events.push(done(&card(&words.concat())));
    let server = server(&events);
    // What xterm sets, which cuts its lines off as this emulator does.
    let xterm = chat(["--url", &server.url]).env("XTERM_VERSION", "XTerm(390)");
    let mut terminal = xterm.start();
    terminal.says("go").sees("w30 ");
    terminal.resize(60, 40);
    terminal.sees("w99").sees_prompt();
    assert_eq!(terminal.count("> go"), 1, "{}", terminal.screen());
    assert_eq!(terminal.count("A card"), 1, "{}", terminal.screen());
}

#[test]
fn progress_takes_nothing_away_above_it_where_lines_are_cut_off() {
    let progress = json!({"type": "progress_update", "text": WORDS});
    let events = [progress, Value::Null, done(&message("msg_1", "Done."))];
    let server = server(&events);
    let xterm = chat(["--url", &server.url]).env("XTERM_VERSION", "XTerm(390)");
    let mut terminal = xterm.start();
    terminal.says("go").sees("The quick brown fox");
    terminal.resize(40, 40);
    terminal.sees("Done.").sees_prompt();
    assert_eq!(terminal.count("> go"), 1, "{}", terminal.screen());
}

#[test]
fn a_question_in_a_low_window_leaves_no_lines() {
    let options = (0..12).map(|number| json!({"value": format!("c{number} {}", WORDS.trim())}));
    let options: Vec<Value> = options.collect();
    let asked = |id: &str, multiple: bool| {
        json!({"type": "multiple_choice", "id": id, "question": format!("Which {id}?"),
            "options": options, "multiple": multiple})
    };
    let inputs = [asked("one", false), asked("all", true)];
    let form = item(
        "frm_1",
        "structured_input",
        json!({"status": "pending", "inputs": inputs}),
    );
    let server = server(&[done(&form)]);
    let mut terminal = chat(["--url", &server.url]).sized(50, 7).start();
    let marked = |terminal: &mut Started| {
        for number in 1..12 {
            terminal.types(DOWN).sees(&format!("> c{number} "));
        }
    };
    terminal.types("go").types(ENTER).sees("? Which one?");
    marked(&mut terminal);
    terminal.types(ENTER).sees("? Which all?");
    for number in 1..12 {
        let box_of = format!("> [x] c{number} ");
        terminal.types(DOWN).types(" ").sees(&box_of);
    }
    terminal.types(ENTER).sees_prompt();
    let all = terminal.history();
    for left in ["> c", "> [", "\n? Which"] {
        assert!(!all.contains(left), "{left} in\n{all}");
    }
    assert!(all.contains("> Which one? c11 The quick"), "{all}");
}
