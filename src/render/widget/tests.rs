use serde_json::{Value, json};

use super::*;
use crate::render::look::Colors;

fn decode(widget: Value) -> Component {
    crate::protocol::from_value(widget).unwrap()
}

fn shown(widget: Value, width: usize) -> Shown {
    render(&decode(widget), &Look::plain(width))
}

fn showcase() -> [Value; 5] {
    [
        include_str!("../../server/showcase/widgets/card.json"),
        include_str!("../../server/showcase/widgets/chart.json"),
        include_str!("../../server/showcase/widgets/form.json"),
        include_str!("../../server/showcase/widgets/gallery.json"),
        include_str!("../../server/showcase/widgets/list.json"),
    ]
    .map(|json| serde_json::from_str(json).unwrap())
}

#[test]
fn nothing_is_wider_than_the_terminal_and_every_frame_is_closed() {
    for widget in showcase() {
        let widget = decode(widget);
        for width in 1..130 {
            let (lines, _) = lines(&widget, 1, &Look::plain(width));
            for line in &lines {
                assert!(line.width() <= width, "{width}: {:?}", line.plain());
            }
            let text: String = lines.iter().map(Line::plain).collect();
            assert_eq!(text.matches('╭').count(), text.matches('╯').count());
        }
    }
}

#[test]
fn every_number_in_the_text_is_an_action() {
    for widget in showcase() {
        let shown = shown(widget, 100);
        for (index, action) in shown.actions.iter().enumerate() {
            let mark = format!("[{}] ", index + 1);
            assert!(
                shown.text.contains(&mark),
                "{mark}{}\n{}",
                action.label,
                shown.text
            );
        }
    }
}

fn bars(stack: Option<&str>, rows: &[(f64, f64)]) -> Vec<String> {
    let bar = |key: &str| match stack {
        Some(stack) => json!({"type": "bar", "dataKey": key, "stack": stack}),
        None => json!({"type": "bar", "dataKey": key}),
    };
    let data: Vec<Value> = (rows.iter().enumerate())
        .map(|(at, (a, b))| json!({"x": at.to_string(), "a": a, "b": b}))
        .collect();
    let series = [bar("a"), bar("b")];
    let chart = json!({"type": "Chart", "xAxis": "x", "data": data, "series": series});
    let text = shown(chart, 27).text;
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[test]
fn bars_below_zero_go_to_the_left() {
    let lines = bars(None, &[(8.0, -4.0), (-2.0, 4.0)]);
    assert_eq!(
        lines[..5],
        [
            "0     │████████ 8",
            "  ▓▓▓▓│ -4",
            "1   ██│ -2",
            "      │▓▓▓▓ 4",
            "  ────┴──────── -4 … 8",
        ]
    );
}

#[test]
fn stacked_bars_stand_on_their_own_side_of_zero_and_tell_their_sum() {
    let lines = bars(Some("s"), &[(4.0, -4.0), (4.0, 4.0), (-2.0, -2.0)]);
    assert_eq!(
        lines[..4],
        [
            "0 ▓▓▓▓│████ 0",
            "1     │████▓▓▓▓ 8",
            "2 ▓▓██│ -4",
            "  ────┴──────── -4 … 8",
        ]
    );
}

#[test]
fn numbers_at_the_end_of_what_numbers_can_say_are_drawn() {
    let lines = bars(Some("s"), &[(f64::MAX, f64::MAX), (f64::MIN, f64::MIN)]);
    assert!(lines[0].ends_with("█ 1.8e308"), "{lines:?}");
    assert!(lines[1].ends_with("█│ -1.8e308"), "{lines:?}");
}

fn table(rows: &[&[(&str, usize, usize)]]) -> Vec<String> {
    let cell = |(text, columns, rows): &(&str, usize, usize)| {
        json!({"type": "Table.Cell", "colSpan": columns, "rowSpan": rows,
            "children": [{"type": "Text", "value": text}]})
    };
    let row = |cells: &&[(&str, usize, usize)]| {
        let cells: Vec<Value> = cells.iter().map(cell).collect();
        json!({"type": "Table.Row", "children": cells})
    };
    let rows: Vec<Value> = rows.iter().map(row).collect();
    let text = shown(json!({"type": "Table", "children": rows}), 40).text;
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[test]
fn a_cell_spans_rows_and_columns() {
    assert_eq!(
        table(&[
            &[("two rows", 1, 2), ("b", 1, 1), ("c", 1, 1)],
            &[("d e", 2, 1)],
            &[("f", 1, 1), ("g", 1, 1), ("h", 1, 1)],
        ]),
        ["two rows │ b │ c", "         │ d e", "f        │ g │ h"],
    );
    assert_eq!(
        table(&[&[("a\nb\nc", 1, 2), ("1", 1, 1)], &[("2", 1, 1)]]),
        ["a │ 1", "b │ 2", "c │"],
    );
}

#[test]
fn spans_that_do_not_fit_lose_no_text() {
    assert_eq!(table(&[&[("a", 1, 60), ("b", 1, 1)]]), ["a │ b"]);
    // The wide cell has no room before the one that comes from above.
    let lines = table(&[
        &[("a", 1, 1), ("b", 1, 3), ("c", 1, 1)],
        &[("wide", 2, 1), ("d", 1, 1)],
    ]);
    assert_eq!(
        lines.join("\n").matches(['a', 'b', 'c', 'w', 'd']).count(),
        6,
        "{lines:?}"
    );
    let many: Vec<(&str, usize, usize)> = vec![("x", 64, 64); 64];
    assert_eq!(table(&[&many]).concat().matches('x').count(), 64);
}

#[test]
fn a_submit_asks_for_the_fields_of_its_form() {
    let form: Value = showcase()[2].clone();
    let shown = shown(form, 80);
    let [action] = shown.actions.as_slice() else {
        panic!("{:?}", shown.actions);
    };
    assert_eq!(action.label, "Order");
    assert_eq!(action.config.as_ref().unwrap().kind, "showcase.submit");
    let ActionKind::Submit(fields) = &action.kind else {
        panic!("{:?}", action.kind);
    };
    let told: Vec<(&str, &str, bool)> = fields
        .iter()
        .map(|field| (field.name.as_str(), field.label.as_str(), field.required))
        .collect();
    assert_eq!(
        told,
        [
            ("order.name", "Name", true),
            ("order.message", "Message", false),
            ("order.size", "Size", false),
            ("order.day", "Day", false),
            ("order.delivery", "Delivery", false),
            ("order.terms", "I have read the terms", true),
        ]
    );
    assert_eq!(fields[4].default, Some(json!("post")));
}

#[test]
fn a_cards_own_buttons_come_last() {
    let shown = shown(
        json!({"type": "Card", "asForm": true,
            "confirm": {"label": "Send", "action": {"type": "a"}},
            "cancel": {"label": "Drop", "action": {"type": "b"}},
            "children": [
                {"type": "Select", "name": "size", "options": [], "onChangeAction": {"type": "c"}},
                {"type": "Button", "label": "Hm", "onClickAction": {"type": "d"}},
                {"type": "Form", "onSubmitAction": {"type": "e"}, "children": [{"type": "Input", "name": "x"}]}]}),
        60,
    );
    let kinds: Vec<String> = shown
        .actions
        .iter()
        .map(|action| action.config.as_ref().unwrap().kind.clone())
        .collect();
    assert_eq!(kinds, ["c", "d", "e", "a", "b"]);
    assert!(matches!(&shown.actions[3].kind, ActionKind::Confirm(fields) if fields.len() == 2));
    assert_eq!(shown.actions[4].kind, ActionKind::Cancel);
    assert_eq!(shown.actions[4].path, "Card.cancel");
    assert!(shown.text.contains("[4] Send  [5] Drop"), "{}", shown.text);
}

#[test]
fn an_unknown_component_shows_its_type_and_its_children() {
    let shown = shown(
        json!({"type": "Card", "children": [{"type": "Hologram", "title": "H", "children": [
            {"type": "Button", "label": "Spin", "onClickAction": {"type": "spin"}}]}]}),
        40,
    );
    for text in ["‹Hologram›", "│ H", "[1] Spin"] {
        assert!(shown.text.contains(text), "{text}\n{}", shown.text);
    }
}

#[test]
fn hostile_shapes_are_bounded() {
    // Reading sixty levels takes more stack in a debug build than a test's thread has.
    let thread = std::thread::Builder::new().stack_size(16 << 20);
    thread.spawn(draw_hostile_shapes).unwrap().join().unwrap();
}

fn draw_hostile_shapes() {
    let mut deep = json!({"type": "Text", "value": "deep"});
    for level in 0..60 {
        let kind = ["Row", "Col", "Box", "Form"][level % 4];
        deep = json!({"type": kind, "border": 1, "children": [deep]});
    }
    let many: Vec<Value> = (0..10_000)
        .map(|n| json!({"type": "Text", "value": n.to_string()}))
        .collect();
    for kind in ["Col", "Row", "Box"] {
        let many = json!({"type": "Card", "children": [{"type": kind, "children": many}]});
        for widget in [json!({"type": "Card", "children": [deep]}), many] {
            for width in [1, 3, 9, 80] {
                let (lines, _) = lines(&decode(widget.clone()), 1, &Look::plain(width));
                assert!(lines.len() < 5000, "{}", lines.len());
                assert!(lines.iter().all(|line| line.width() <= width));
            }
        }
    }
}

/// Puts a text into every string of a document.
fn poison(value: &mut Value, text: &str) {
    match value {
        Value::String(string) => string.push_str(text),
        Value::Array(values) => values.iter_mut().for_each(|value| poison(value, text)),
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                // The type says what it is; everything else may be anything.
                if key != "type" {
                    poison(value, text);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn hostile_text_never_reaches_the_terminal() {
    let hostile = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{8}\u{2066}\u{1b}]8;;ftp://e\u{1b}\\";
    let bare = Look::plain(70);
    for mut widget in showcase() {
        poison(&mut widget, hostile);
        let text = render(&decode(widget.clone()), &bare).text;
        let bad = |c: &char| *c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{2066}'));
        assert_eq!(text.chars().find(bad), None);
        let rich = Look {
            colors: Colors::True,
            links: true,
            ..bare
        };
        let text = render(&decode(widget), &rich).text;
        for forbidden in [
            "\u{1b}[2J",
            "\u{1b}]0",
            "\u{9b}",
            "\u{7}",
            "\u{8}",
            "\u{202e}",
            "\u{1b}]8;;ftp://e",
        ] {
            assert!(!text.contains(forbidden), "{forbidden:?}");
        }
    }
}
