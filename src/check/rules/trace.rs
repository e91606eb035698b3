//! What the stack traces of servers look like.

/// What stands in the traces of Python, Node.js, Go, Rust, the JVM and PHP.
const WORDS: &[&str] = &[
    "Traceback (most recent call last)",
    "node:internal/",
    "goroutine ",
    "panicked at ",
    "stack backtrace:",
    "Caused by: ",
    "Stack trace:",
];

/// What of a text is a stack trace, in words; the text may be JSON, in which lines are escaped.
pub(super) fn trace_in(text: &str) -> Option<String> {
    if let Some(word) = WORDS.iter().find(|word| text.contains(**word)) {
        return Some(format!("\"{}\"", word.trim()));
    }
    let lines = text
        .replace("\\r", "")
        .replace("\\n", "\n")
        .replace("\\t", "\t");
    if lines.lines().filter(|line| is_frame(line)).count() > 1 {
        return Some("lines that begin with \"at\"".to_owned());
    }
    let language = lines.lines().find_map(language_of)?;
    Some(format!("a line of a {language} file"))
}

/// A call of Node.js, .NET or the JVM: `    at Handler.run (app.js:3:4)`.
fn is_frame(line: &str) -> bool {
    let place = line.trim_start().strip_prefix("at ");
    place.is_some_and(|place| place.contains(['(', ':']))
}

/// The language of a line that tells a call by itself.
fn language_of(line: &str) -> Option<&'static str> {
    match line {
        _ if is_frame_of_ruby(line) => Some("Ruby"),
        _ if is_frame_of_python(line) => Some("Python"),
        _ if is_frame_of_net(line) => Some(".NET"),
        _ if is_frame_of_go(line) => Some("Go"),
        _ => None,
    }
}

/// A call of Ruby: ``chat.rb:12:in `fetch'``, with another quote since 3.4.
fn is_frame_of_ruby(line: &str) -> bool {
    let before = line
        .split_once(":in `")
        .or_else(|| line.split_once(":in '"));
    before.is_some_and(|(before, _)| before.ends_with(|last: char| last.is_ascii_digit()))
}

/// A call of Python: `File "/srv/app.py", line 3, in respond`, whose quotes JSON escapes.
fn is_frame_of_python(line: &str) -> bool {
    let place = line.split_once("File ");
    let place = place.and_then(|(_, place)| place.split_once(", line "));
    place.is_some_and(|(file, behind)| file.ends_with('"') && begins_with_digit(behind))
}

/// A call of .NET whose file is known: `at Acme.Run(String id) in /src/Run.cs:line 42`.
fn is_frame_of_net(line: &str) -> bool {
    let place = line.split_once("at ");
    let place = place.and_then(|(_, place)| place.split_once(":line "));
    place.is_some_and(|(file, behind)| file.contains(") in ") && begins_with_digit(behind))
}

/// A place of Go: `/src/main.go:42 +0x1d`.
fn is_frame_of_go(line: &str) -> bool {
    let behind = line.split_once(".go:").map(|(_, behind)| behind);
    behind.is_some_and(|behind| begins_with_digit(behind) && behind.contains(" +0x"))
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traces_of_the_common_servers_are_found() {
        for text in [
            "Traceback (most recent call last):\n  File \"a.py\", line 3",
            "TypeError: x\n    at foo (file:///srv/x.mjs:3:4)\n    at bar (x.js:1:1)",
            r#"{"message":"Object reference not set.\r\n   at Acme.Handler.Run(String id) in /src/Handler.cs:line 42\r\n   at Acme.Program.Main()"}"#,
            "java.lang.IllegalStateException\n\tat com.acme.A.b(A.java:1)\n\tat com.acme.C.d(C.java:2)",
            r#"{"message":"x\n\tat com.acme.Run.run(Run.java:42)\n\tat java.base/java.lang.Thread.run(Thread.java:840)"}"#,
            "Fatal error: foo()\nStack trace:\n#0 index.php(30): foo()\n#1 {main}",
            "chat.rb:12:in `fetch': key not found: :x (KeyError)",
            "panic: index out of range\n\ngoroutine 19 [running]:\nmain.handler(0xc000)",
            "main.handler(0xc000)\n\t/src/main.go:42 +0x1d",
            "  File \"/srv/app.py\", line 3, in respond\n    raise KeyError",
            r#"{"detail":"File \"app.py\", line 3, in respond"}"#,
            "   at Acme.Handler.Run(String id) in /src/Handler.cs:line 42",
        ] {
            assert!(trace_in(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_message_is_no_trace() {
        for text in [
            "we met\nat the station\nat noon",
            "not allowed: try again at 10:30",
            r#"{"error":{"message":"unknown operation","param":"type"}}"#,
            "the word stands in 'x':in 'y'",
            "File \"notes.txt\", line up please",
            "see main.go: it begins at 3",
        ] {
            assert_eq!(trace_in(text), None, "{text}");
        }
    }
}
