//! The filters that templates have: the engine's, and those of jinja2 that it lacks or works out
//! otherwise.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value, filters};
use minijinja_contrib::filters::striptags;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Manner, python};

/// The filters that a template has, under their names.
pub(super) fn known(manner: Manner) -> Vec<(&'static str, Value)> {
    let mut all = builtin();
    if manner == Manner::Sdk {
        let own = own();
        all.retain(|(name, _)| own.iter().all(|(other, _)| other != name));
        all.extend(own);
    }
    all
}

/// The filters that the engine brings along, under their names.
fn builtin() -> Vec<(&'static str, Value)> {
    macro_rules! all {
        ($($name:ident)*) => { vec![$((stringify!($name), Value::from_function(filters::$name))),*] };
    }
    let mut all = all![
        safe escape lower upper title capitalize replace length dictsort items reverse trim join
        split lines default round abs int float attr first last min max sort list string bool batch
        slice sum indent select reject selectattr rejectattr map groupby unique chain zip pprint
        format tojson
    ];
    all.push(("e", Value::from_function(filters::escape)));
    all.push(("count", Value::from_function(filters::length)));
    all.push(("d", Value::from_function(filters::default)));
    all
}

/// The filters that take the place of the engine's, or are missing there.
fn own() -> Vec<(&'static str, Value)> {
    let mut all = vec![
        ("attr", Value::from_function(attr)),
        ("center", Value::from_function(center)),
        ("escape", Value::from_function(escape)),
        ("e", Value::from_function(escape)),
        ("filesizeformat", Value::from_function(file_size)),
        (
            "forceescape",
            Value::from_function(|value: Value| escaped(&python::str(&value))),
        ),
        ("replace", Value::from_function(replace)),
        ("string", Value::from_function(string)),
        (
            "striptags",
            Value::from_function(|value: Value| striptags(python::str(&value))),
        ),
        ("truncate", Value::from_function(truncate)),
        ("urlencode", Value::from_function(url_encoded)),
        ("wordcount", Value::from_function(word_count)),
    ];
    all.sort_by_key(|(name, _)| *name);
    all
}

/// An attribute of Python's, of which the values of JSON have none.
fn attr(_: &Value, _: &Value) -> Value {
    Value::UNDEFINED
}

fn center(value: &Value, width: Option<usize>) -> String {
    let (text, width) = (python::str(value), width.unwrap_or(80));
    let length = text.chars().count();
    let padding = width.saturating_sub(length);
    let left = padding / 2 + (padding & width & 1);
    format!("{}{text}{}", " ".repeat(left), " ".repeat(padding - left))
}

fn escape(value: &Value) -> Value {
    if value.is_safe() {
        return value.clone();
    }
    escaped(&python::str(value))
}

/// A text as `MarkupSafe` escapes it.
fn escaped(text: &str) -> Value {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\'' => escaped.push_str("&#39;"),
            '"' => escaped.push_str("&#34;"),
            other => escaped.push(other),
        }
    }
    Value::from_safe_string(escaped)
}

/// A size in bytes for people, as `filesizeformat` has it.
fn file_size(value: &Value, binary: Option<bool>) -> Result<String, Error> {
    let read = || value.as_str()?.trim().parse().ok();
    let bytes = f64::try_from(value.clone()).ok().or_else(read);
    let wrong = || Error::new(ErrorKind::InvalidOperation, "expected a number of bytes");
    let bytes = bytes.ok_or_else(wrong)?;
    let (base, middle) = if binary == Some(true) {
        (1024.0, "i")
    } else {
        (1000.0, "")
    };
    if (bytes - 1.0).abs() < f64::EPSILON {
        return Ok("1 Byte".to_owned());
    }
    if bytes < base {
        return Ok(format!("{:.0} Bytes", bytes.trunc()));
    }
    let letters = [
        if middle.is_empty() { 'k' } else { 'K' },
        'M',
        'G',
        'T',
        'P',
        'E',
        'Z',
        'Y',
    ];
    let mut size = bytes / base;
    let mut letter = 0;
    while size >= base && letter < letters.len() - 1 {
        size /= base;
        letter += 1;
    }
    Ok(format!("{size:.1} {}{middle}B", letters[letter]))
}

fn replace(value: &Value, old: &Value, new: &Value, count: Option<i64>) -> Value {
    let (text, old, new) = (python::str(value), python::str(old), python::str(new));
    match count.and_then(|count| usize::try_from(count).ok()) {
        Some(count) => text.replacen(&old, &new, count).into(),
        None => text.replace(&old, &new).into(),
    }
}

fn string(value: &Value) -> Value {
    match value.as_str() {
        Some(_) => value.clone(),
        None => python::str(value).into(),
    }
}

/// The beginning of a text and three dots, as `truncate` has it.
fn truncate(
    value: &Value,
    length: Option<usize>,
    kills_words: Option<bool>,
    end: Option<&str>,
    leeway: Option<usize>,
) -> Result<String, Error> {
    let wrong = |reason: &str| Error::new(ErrorKind::InvalidOperation, reason.to_owned());
    let text = value.as_str().ok_or_else(|| wrong("expected a text"))?;
    let (length, end) = (length.unwrap_or(255), end.unwrap_or("..."));
    let kept = length.checked_sub(end.chars().count());
    let kept = kept.ok_or_else(|| wrong("the length leaves no room for the end"))?;
    if text.chars().count() <= length.saturating_add(leeway.unwrap_or(5)) {
        return Ok(text.to_owned());
    }
    let kept: String = text.chars().take(kept).collect();
    let words = match kept.rsplit_once(' ') {
        Some((words, _)) if kills_words != Some(true) => words,
        _ => &kept,
    };
    Ok(format!("{words}{end}"))
}

/// What an address takes as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');
/// The same of a part of a query.
const QUERY: &AsciiSet = &PATH.add(b'/');

fn url_encoded(value: &Value) -> Result<String, Error> {
    let part = |value: &Value| {
        utf8_percent_encode(&python::str(value), QUERY)
            .to_string()
            .replace("%20", "+")
    };
    let pairs = match value.kind() {
        ValueKind::Map => {
            let keys = items(value)?;
            let pairs = keys
                .into_iter()
                .map(|key| Ok((key.clone(), value.get_item(&key)?)));
            pairs.collect::<Result<Vec<_>, Error>>()?
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let pairs = items(value)?;
            let pairs = pairs.iter().map(|pair| {
                Ok((
                    pair.get_item(&Value::from(0))?,
                    pair.get_item(&Value::from(1))?,
                ))
            });
            pairs.collect::<Result<Vec<_>, Error>>()?
        }
        _ => return Ok(utf8_percent_encode(&python::str(value), PATH).to_string()),
    };
    let pairs = pairs
        .iter()
        .map(|(key, value)| format!("{}={}", part(key), part(value)));
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

fn word_count(value: &Value) -> usize {
    let text = python::str(value);
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.filter(|word| !word.is_empty()).count()
}

fn items(value: &Value) -> Result<Vec<Value>, Error> {
    Ok(value.try_iter()?.collect())
}
