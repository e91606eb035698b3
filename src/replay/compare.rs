//! Two answers to one request, held against each other item by item.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::known::Known;
use super::path::{Ignore, ignore};
use super::reduce::Match;
use super::row::{Folded, Row};

/// How long a pairing of rows may take before it is made roughly.
const PATIENCE: Duration = Duration::from_secs(2);

/// What counts when two answers are compared.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// How closely they are compared.
    pub matching: Match,
    /// What is left out.
    pub ignore: Vec<Ignore>,
}

/// Where two answers to one request differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Which item or signal of the answer it is, from 1: of the left one, or of the right one where
    /// the left has none.
    pub item: usize,
    /// Its type.
    pub kind: String,
    /// Where in it; empty for all of it.
    pub path: String,
    /// What differs.
    #[serde(flatten)]
    pub change: Change,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Only the left one has it.
    Missing {
        /// What it has.
        left: Value,
    },
    /// Only the right one has it.
    Added {
        /// What it has.
        right: Value,
    },
    /// Both have it, with another value.
    Changed {
        /// What the left one has.
        left: Value,
        /// What the right one has.
        right: Value,
    },
}

/// A row as far as it counts.
struct Counted {
    number: usize,
    kind: String,
    value: Value,
    /// The value with its words, whether they count or not.
    whole: Value,
    /// What is the same for two rows that are the same.
    key: String,
}

/// The differences of two answers, each with what is known of its side.
pub fn compare(
    left: (&Folded, &Known),
    right: (&Folded, &Known),
    rules: &Rules,
) -> Vec<Difference> {
    let is_partial = left.0.is_partial;
    let (left, right) = (counted(left, rules), counted(right, rules));
    let mut found = Vec::new();
    for (one, two) in pairs(&left, &right) {
        match (one, two) {
            (Some(one), Some(two)) => {
                let mut place = Place {
                    item: one.number,
                    kind: &one.kind,
                    found: &mut found,
                };
                place.differ("", &one.value, &two.value);
            }
            (Some(one), None) => found.push(one.alone(|value| Change::Missing { left: value })),
            // What would have come after the client left nobody knows.
            (None, Some(_)) if is_partial => {}
            (None, Some(two)) => found.push(two.alone(|value| Change::Added { right: value })),
            (None, None) => {}
        }
    }
    found
}

fn counted((folded, known): (&Folded, &Known), rules: &Rules) -> Vec<Counted> {
    let rows = folded.rows.iter().enumerate();
    let rows = rows.filter(|(_, row)| rules.matching.counts(row));
    let rows = rows.filter_map(|(index, row)| {
        let mut value = row.value.clone();
        known.scrub(&mut value);
        if ignore(&rules.ignore, &row.kind, &mut value) {
            return None;
        }
        let whole = value.clone();
        let value = rules.matching.reduce(value);
        Some(Counted {
            number: index + 1,
            whole,
            key: format!("{} {value}", row.kind),
            kind: row.kind.clone(),
            value,
        })
    });
    rows.collect()
}

impl Counted {
    fn alone(&self, change: impl FnOnce(Value) -> Change) -> Difference {
        Difference {
            item: self.number,
            kind: self.kind.clone(),
            path: String::new(),
            change: change(self.whole.clone()),
        }
    }
}

/// Which row belongs to which: the same ones first, and between those the ones of the same kind.
fn pairs<'a>(
    left: &'a [Counted],
    right: &'a [Counted],
) -> Vec<(Option<&'a Counted>, Option<&'a Counted>)> {
    let keys = |rows: &'a [Counted]| rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>();
    let mut pairs = Vec::new();
    for op in diff(&keys(left), &keys(right)) {
        let (one, two) = (&left[op.old_range()], &right[op.new_range()]);
        match op {
            DiffOp::Equal { .. } => pairs.extend(one.iter().map(Some).zip(two.iter().map(Some))),
            _ => pairs.extend(
                by_kind(one, two, |row| &row.kind)
                    .into_iter()
                    .map(|(at, by)| (at.map(|at| &one[at]), by.map(|by| &two[by]))),
            ),
        }
    }
    pairs
}

/// Pairs what is of the same kind, in order; what is left over stands alone.
fn by_kind<T>(
    left: &[T],
    right: &[T],
    kind: impl Fn(&T) -> &str,
) -> Vec<(Option<usize>, Option<usize>)> {
    let kinds = |rows: &[T]| {
        rows.iter()
            .map(|row| kind(row).to_owned())
            .collect::<Vec<_>>()
    };
    let mut pairs = Vec::new();
    for op in diff(&kinds(left), &kinds(right)) {
        let (one, two) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            pairs.extend(one.map(Some).zip(two.map(Some)));
        } else {
            pairs.extend(one.map(|at| (Some(at), None)));
            pairs.extend(two.map(|at| (None, Some(at))));
        }
    }
    pairs
}

/// Which item of one answer plays the part of which item of the other, whatever they say.
pub fn counterparts<'a>(left: &'a [Row], right: &'a [Row]) -> Vec<(&'a Row, &'a Row)> {
    let items = |rows: &'a [Row]| {
        rows.iter()
            .filter(|row| row.id.is_some())
            .collect::<Vec<_>>()
    };
    let (left, right) = (items(left), items(right));
    let pairs = by_kind(&left, &right, |row| &row.kind).into_iter();
    pairs
        .filter_map(|(at, by)| Some((left[at?], right[by?])))
        .collect()
}

fn diff<T: std::hash::Hash + Eq + Ord>(left: &[T], right: &[T]) -> Vec<DiffOp> {
    let deadline = Instant::now() + PATIENCE;
    capture_diff_slices_deadline(Algorithm::Myers, left, right, Some(deadline))
}

/// Where in an item we are.
struct Place<'a> {
    item: usize,
    kind: &'a str,
    found: &'a mut Vec<Difference>,
}

impl Place<'_> {
    fn differ(&mut self, path: &str, left: &Value, right: &Value) {
        match (left, right) {
            (Value::Object(one), Value::Object(two)) => {
                for (name, value) in one {
                    self.field(&below(path, name), Some(value), two.get(name));
                }
                for (name, value) in two.iter().filter(|(name, _)| !one.contains_key(*name)) {
                    self.field(&below(path, name), None, Some(value));
                }
            }
            (Value::Array(one), Value::Array(two)) => self.elements(path, one, two),
            (one, two) if !same(one, two) => {
                let (left, right) = (one.clone(), two.clone());
                self.push(path, Change::Changed { left, right });
            }
            _ => {}
        }
    }

    /// What was put in or taken out of a list does not make all that follows differ.
    fn elements(&mut self, path: &str, left: &[Value], right: &[Value]) {
        let keys = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>();
        for op in diff(&keys(left), &keys(right)) {
            if matches!(op, DiffOp::Equal { .. }) {
                continue;
            }
            let (mut old, mut new) = (op.old_range(), op.new_range());
            loop {
                let (one, two) = (old.next(), new.next());
                let Some(index) = one.or(two) else { break };
                let path = format!("{path}[{index}]");
                self.field(&path, one.map(|at| &left[at]), two.map(|at| &right[at]));
            }
        }
    }

    /// An absent field is as good as null.
    fn field(&mut self, path: &str, left: Option<&Value>, right: Option<&Value>) {
        let given = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
        match (given(left), given(right)) {
            (Some(left), Some(right)) => self.differ(path, &left, &right),
            (Some(left), None) => self.push(path, Change::Missing { left }),
            (None, Some(right)) => self.push(path, Change::Added { right }),
            (None, None) => {}
        }
    }

    fn push(&mut self, path: &str, change: Change) {
        self.found.push(Difference {
            item: self.item,
            kind: self.kind.to_owned(),
            path: path.to_owned(),
            change,
        });
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        return name.to_owned();
    }
    format!("{path}.{name}")
}

/// JSON does not tell 1 from 1.0.
fn same(one: &Value, two: &Value) -> bool {
    match (one.as_f64(), two.as_f64()) {
        (Some(one), Some(two)) => one.total_cmp(&two).is_eq(),
        _ => one == two,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::ItemId;

    fn message(id: &str, text: &str) -> Row {
        let content = json!([{"type": "output_text", "text": text, "annotations": []}]);
        row(
            id,
            "assistant_message",
            json!({"id": id, "created_at": id, "type": "assistant_message", "content": content}),
        )
    }

    fn row(id: &str, kind: &str, value: Value) -> Row {
        Row {
            kind: kind.into(),
            id: Some(ItemId::from(id)),
            value,
        }
    }

    fn folded(rows: Vec<Row>) -> Folded {
        Folded {
            rows,
            ..Folded::default()
        }
    }

    fn found(left: Vec<Row>, right: Vec<Row>, rules: &Rules) -> Vec<Difference> {
        let known = Known::default();
        compare((&folded(left), &known), (&folded(right), &known), rules)
    }

    fn rules(matching: Match, ignore: &[&str]) -> Rules {
        Rules {
            matching,
            ignore: ignore.iter().map(|path| path.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn ids_and_times_never_differ() {
        let rules = Rules::default();
        assert_eq!(
            found(vec![message("a", "x")], vec![message("b", "x")], &rules),
            []
        );
    }

    #[test]
    fn a_word_differs_where_it_stands_unless_words_do_not_count() {
        let (left, right) = (vec![message("a", "x")], vec![message("b", "y")]);
        let exact = found(left.clone(), right.clone(), &rules(Match::Exact, &[]));
        assert_eq!(exact.len(), 1);
        assert_eq!(exact[0].path, "content[0].text");
        assert_eq!(
            exact[0].change,
            Change::Changed {
                left: "x".into(),
                right: "y".into()
            }
        );
        let text = found(left.clone(), right.clone(), &rules(Match::Text, &[]));
        assert_eq!(text[0].path, "text");
        assert_eq!(
            found(left.clone(), right.clone(), &rules(Match::Shape, &[])),
            []
        );
        let ignored = rules(Match::Exact, &[".content[*].text"]);
        assert_eq!(found(left, right, &ignored), []);
    }

    #[test]
    fn an_item_more_is_found_where_it_stands() {
        let left = vec![message("a", "one"), message("b", "two")];
        let right = vec![
            message("c", "zero"),
            message("d", "one"),
            message("e", "two"),
        ];
        let more = found(left.clone(), right.clone(), &Rules::default());
        assert_eq!(more.len(), 1);
        assert_eq!(more[0].item, 1);
        assert!(matches!(more[0].change, Change::Added { .. }));
        let less = found(right, left, &Rules::default());
        assert!(matches!(less[0].change, Change::Missing { .. }));
    }

    #[test]
    fn another_kind_is_another_item() {
        let left = vec![message("a", "x")];
        let right = vec![row("b", "widget", json!({"type": "widget", "widget": {}}))];
        for matching in [Match::Exact, Match::Text, Match::Shape] {
            let found = found(left.clone(), right.clone(), &rules(matching, &[]));
            assert_eq!(found.len(), 2, "{matching:?}");
        }
    }

    #[test]
    fn what_came_after_the_client_left_is_no_difference() {
        let mut cut = folded(vec![message("a", "one")]);
        cut.is_partial = true;
        let whole = folded(vec![message("b", "one"), message("c", "two")]);
        let known = Known::default();
        let rules = Rules::default();
        assert_eq!(compare((&cut, &known), (&whole, &known), &rules), []);
        assert_eq!(compare((&whole, &known), (&cut, &known), &rules).len(), 1);
    }

    #[test]
    fn a_number_is_the_same_however_it_is_spelled() {
        let one = row("a", "task", json!({"n": 1, "gone": null}));
        let two = row("a", "task", json!({"n": 1.0}));
        assert_eq!(found(vec![one], vec![two], &Rules::default()), []);
    }
}
