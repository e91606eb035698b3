//! Paths of what is not compared: `assistant_message.content[0].text`, `*.created_by`, `**.duration`.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// A place in the items of a turn, or many at once.
///
/// The first segment is the kind of the item (`widget`, `notice`); each further one a field, or an
/// index in brackets. `*` stands for any one of them, `**` for any number, and a path that begins
/// with a dot for any kind. What lies below a place belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// As it was written.
    text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Field(String),
    Index(usize),
    One,
    Any,
}

/// One step down into a value.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

impl FromStr for Ignore {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut segments = Vec::new();
        let rest = match text.strip_prefix('.') {
            Some(rest) => {
                segments.push(Segment::One);
                rest
            }
            None => text,
        };
        for part in rest.split('.') {
            read(part, &mut segments)?;
        }
        Ok(Self {
            text: text.to_owned(),
            segments,
        })
    }
}

impl fmt::Display for Ignore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Ignore {
    /// Whether there is something in this item for it to ignore.
    pub fn is_found_in(&self, kind: &str, value: &Value) -> bool {
        let mut left = value.clone();
        ignore(std::slice::from_ref(self), kind, &mut left) || left != *value
    }
}

/// Reads a field with the indexes behind it.
fn read(part: &str, segments: &mut Vec<Segment>) -> Result<(), String> {
    let (name, indexes) = part.split_at(part.find('[').unwrap_or(part.len()));
    match name {
        "" if indexes.is_empty() => return Err("expected a name between two dots".to_owned()),
        "" => {}
        "*" => segments.push(Segment::One),
        "**" => segments.push(Segment::Any),
        name => segments.push(Segment::Field(name.to_owned())),
    }
    let mut rest = indexes;
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (index, behind) = inner.ok_or("expected an index in brackets, for example [0]")?;
        segments.push(match index {
            "*" => Segment::One,
            number => Segment::Index(
                number
                    .parse()
                    .map_err(|_| format!("'{number}' is no index; write [0] or [*]"))?,
            ),
        });
        rest = behind;
    }
    Ok(())
}

/// Takes out of the value of an item what is not compared; says whether nothing is left to compare.
pub fn ignore(paths: &[Ignore], kind: &str, value: &mut Value) -> bool {
    let begun: Vec<&[Segment]> = paths.iter().map(|path| &path.segments[..]).collect();
    let below = advance(&begun, Step::Field(kind));
    if below.iter().any(|rest| is_met(rest)) {
        return true;
    }
    if !below.is_empty() {
        clear(&below, value);
    }
    false
}

fn clear(paths: &[&[Segment]], value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let names: Vec<String> = fields.keys().cloned().collect();
            for name in names {
                let below = advance(paths, Step::Field(&name));
                if below.iter().any(|rest| is_met(rest)) {
                    fields.remove(&name);
                } else if let (false, Some(field)) = (below.is_empty(), fields.get_mut(&name)) {
                    clear(&below, field);
                }
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter_mut().enumerate() {
                let below = advance(paths, Step::Index(index));
                if below.iter().any(|rest| is_met(rest)) {
                    // Its neighbours keep their indexes.
                    *value = Value::Null;
                } else if !below.is_empty() {
                    clear(&below, value);
                }
            }
        }
        _ => {}
    }
}

/// What is left of each path after a step that it allows.
fn advance<'a>(paths: &[&'a [Segment]], step: Step<'_>) -> Vec<&'a [Segment]> {
    let mut left = Vec::new();
    for path in paths {
        advance_one(path, step, &mut left);
    }
    left
}

fn advance_one<'a>(path: &'a [Segment], step: Step<'_>, left: &mut Vec<&'a [Segment]>) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let fits = match (first, step) {
        (Segment::Any, _) => {
            // It goes on, or it stood for nothing more.
            if !left.contains(&path) {
                left.push(path);
            }
            advance_one(rest, step, left);
            return;
        }
        (Segment::One, _) => true,
        (Segment::Field(name), Step::Field(found)) => name == found,
        (Segment::Index(index), Step::Index(found)) => *index == found,
        _ => false,
    };
    if fits && !left.contains(&rest) {
        left.push(rest);
    }
}

/// Whether a path has come to its end; one that ends with `**` has as soon as it is there.
fn is_met(rest: &[Segment]) -> bool {
    rest.is_empty() || rest == [Segment::Any]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn left(paths: &[&str], kind: &str) -> Option<Value> {
        let paths: Vec<Ignore> = paths.iter().map(|path| path.parse().unwrap()).collect();
        let mut value = json!({"type": "a", "content": [{"text": "x", "n": 1}, {"text": "y", "n": 2}],
            "deep": {"er": {"n": 3}}});
        (!ignore(&paths, kind, &mut value)).then_some(value)
    }

    #[test]
    fn a_path_takes_out_what_it_names_and_nothing_else() {
        let expected = json!({"type": "a", "content": [{"n": 1}, {"text": "y", "n": 2}], "deep": {"er": {"n": 3}}});
        assert_eq!(left(&["a.content[0].text"], "a"), Some(expected.clone()));
        assert_eq!(left(&[".content[0].text"], "a"), Some(expected));
        assert_eq!(left(&["b.content[0].text"], "a"), left(&[], "a"));
    }

    #[test]
    fn wildcards_stand_for_one_or_for_any_number() {
        let bare =
            json!({"type": "a", "content": [{"text": "x"}, {"text": "y"}], "deep": {"er": {}}});
        assert_eq!(left(&["**.n"], "a"), Some(bare));
        let items = json!({"type": "a", "content": [null, null], "deep": {"er": {"n": 3}}});
        assert_eq!(left(&["*.content[*]"], "a"), Some(items));
        let one = json!({"type": "a", "content": [{"text": "x", "n": 1}, {"text": "y", "n": 2}], "deep": {}});
        assert_eq!(left(&["a.deep.*"], "a"), Some(one));
    }

    #[test]
    fn a_kind_is_ignored_whole() {
        assert_eq!(left(&["a"], "a"), None);
        assert_eq!(left(&["**"], "a"), None);
        assert!(left(&["b"], "a").is_some());
    }

    #[test]
    fn what_is_no_path_says_why() {
        for bad in ["", "a..b", "a[", "a[x]", "a[0", "a.[0]x"] {
            assert!(bad.parse::<Ignore>().is_err(), "{bad}");
        }
    }
}
