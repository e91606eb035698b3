//! What a line means: a message, or one of the commands that begin with a slash.

use std::path::PathBuf;

/// A line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Nothing but white space.
    Nothing,
    /// A message for the backend.
    Message(String),
    /// Something for the program to do.
    Command(Command),
}

/// A slash command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Tells what there is.
    Help,
    /// Leaves the thread; the next message starts another.
    New,
    /// Lists the threads.
    Threads,
    /// Goes on with a thread.
    Open(String),
    /// Shows the thread again.
    Show,
    /// Gives the thread another title.
    Rename(String),
    /// Deletes the thread.
    Delete,
    /// Uploads a file for the next message.
    Attach(PathBuf),
    /// Quotes a text in the next message; without one, takes the quote back.
    Quote(Option<String>),
    /// Mentions an entity in the next message.
    Tag(String, String),
    /// Asks for a model from now on; without one, for none.
    Model(Option<String>),
    /// Asks for a tool from now on; without one, for none.
    Tool(Option<String>),
    /// Has the last message answered anew.
    Retry,
    /// Praises the last answer.
    Good,
    /// Criticises the last answer.
    Bad,
    /// Uses an action of the widgets on the screen, with a payload of one's own.
    Click(usize, Option<String>),
    /// Answers what the thread waits for.
    Form,
    /// Lists the items of the thread.
    Items,
    /// Shows events as they come, or no longer.
    Raw,
    /// Tells how long each answer took, or no longer.
    Timing,
    /// Writes the conversation to a file.
    Save(PathBuf),
    /// Writes the next message in an editor.
    Edit,
    /// Leaves.
    Quit,
}

/// What is said of a command, and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Without its slash.
    pub name: &'static str,
    /// What stands after it.
    pub arguments: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// Why a line that begins with a slash is no command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misread {
    /// There is no such command; the nearest, if one is near.
    Unknown(String, Option<&'static str>),
    /// The arguments are not what it takes; how it is used.
    Usage(String),
}

const fn spec(name: &'static str, arguments: &'static str, about: &'static str) -> Spec {
    Spec {
        name,
        arguments,
        about,
    }
}

/// All commands, in the order in which they are told.
pub const COMMANDS: &[Spec] = &[
    spec("help", "", "this list"),
    spec(
        "new",
        "",
        "leave this thread; the next message starts another",
    ),
    spec("threads", "", "list the threads"),
    spec("open", "ID", "go on with a thread"),
    spec("show", "", "show this thread from its beginning"),
    spec("rename", "TITLE", "give this thread another title"),
    spec("delete", "", "delete this thread"),
    spec("attach", "FILE", "upload a file for the next message"),
    spec("quote", "[TEXT]", "quote a text in the next message"),
    spec(
        "tag",
        "ID=TEXT",
        "mention an entity of the app in the next message",
    ),
    spec("model", "[M]", "ask for a model from now on"),
    spec("tool", "[ID]", "ask for a tool from now on"),
    spec("retry", "", "have the last message answered anew"),
    spec("good", "", "thumbs up for the last answer"),
    spec("bad", "", "thumbs down for the last answer"),
    spec(
        "click",
        "N [JSON]",
        "use the action with that number, with another payload if you like",
    ),
    spec(
        "form",
        "",
        "answer the form or the tool that the thread waits for",
    ),
    spec("items", "", "list the items of this thread"),
    spec("raw", "", "show events as they come, or no longer"),
    spec(
        "timing",
        "",
        "tell how long the last answer took, and each from now on",
    ),
    spec(
        "save",
        "FILE",
        "write the whole thread to a file that ends in .json, .md or .txt, and the recording of this session to any other",
    ),
    spec("edit", "", "write the next message in $VISUAL or $EDITOR"),
    spec("quit", "", "leave, as Ctrl-D does"),
];

/// Reads a line.
///
/// # Errors
/// It begins with a slash and is no command.
pub fn read(line: &str) -> Result<Input, Misread> {
    let text = joined(line);
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(Input::Nothing);
    }
    match trimmed.strip_prefix('/') {
        // A message may begin with a slash as well, and says so by a second one.
        Some(message) if message.starts_with('/') => Ok(Input::Message(message.to_owned())),
        Some(command) => read_command(command).map(Input::Command),
        None => Ok(Input::Message(trimmed.to_owned())),
    }
}

/// Whether a line goes on: it ends with a backslash that is not escaped by another.
pub fn goes_on(line: &str) -> bool {
    let backslashes = line.chars().rev().take_while(|c| *c == '\\').count();
    backslashes % 2 == 1
}

/// The lines of an input that was continued by backslashes, without them.
fn joined(line: &str) -> String {
    let mut lines = line.split('\n').peekable();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        match line.strip_suffix('\\') {
            Some(kept) if goes_on(line) && !is_last => text.push_str(kept),
            _ => text.push_str(line),
        }
        if !is_last {
            text.push('\n');
        }
    }
    text
}

fn read_command(text: &str) -> Result<Command, Misread> {
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let name = match name {
        "exit" | "q" => "quit",
        "?" | "h" => "help",
        name => name,
    };
    let Some(spec) = COMMANDS.iter().find(|spec| spec.name == name) else {
        return Err(Misread::Unknown(name.to_owned(), nearest(name)));
    };
    let usage = || {
        Misread::Usage(
            format!("/{} {}", spec.name, spec.arguments)
                .trim()
                .to_owned(),
        )
    };
    if spec.arguments.is_empty() != rest.is_empty() && !spec.arguments.starts_with('[') {
        return Err(usage());
    }
    let given = (!rest.is_empty()).then(|| rest.to_owned());
    Ok(match name {
        "help" => Command::Help,
        "new" => Command::New,
        "threads" => Command::Threads,
        "open" => Command::Open(rest.to_owned()),
        "show" => Command::Show,
        // A title has one line.
        "rename" => Command::Rename(rest.replace('\n', " ")),
        "delete" => Command::Delete,
        "attach" => Command::Attach(path(rest)),
        "quote" => Command::Quote(given),
        "tag" => match rest.split_once('=') {
            Some((id, text)) if !id.is_empty() && !text.trim().is_empty() => {
                Command::Tag(id.to_owned(), text.to_owned())
            }
            _ => return Err(usage()),
        },
        "model" => Command::Model(given),
        "tool" => Command::Tool(given),
        "retry" => Command::Retry,
        "good" => Command::Good,
        "bad" => Command::Bad,
        "click" => click(rest).ok_or_else(usage)?,
        "form" => Command::Form,
        "items" => Command::Items,
        "raw" => Command::Raw,
        "timing" => Command::Timing,
        "save" => Command::Save(path(rest)),
        "edit" => Command::Edit,
        _ => Command::Quit,
    })
}

fn click(rest: &str) -> Option<Command> {
    let (number, payload) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let payload = payload.trim();
    let payload = (!payload.is_empty()).then(|| payload.to_owned());
    Some(Command::Click(number.parse().ok()?, payload))
}

/// A path as it is typed or dropped onto a terminal: in quotes, or with its spaces escaped.
fn path(text: &str) -> PathBuf {
    let quoted = |mark| {
        text.strip_prefix(mark)
            .and_then(|rest| rest.strip_suffix(mark))
    };
    match quoted('"').or_else(|| quoted('\'')) {
        Some(inner) => inner.into(),
        // A backslash separates folders on Windows and escapes a space elsewhere.
        None => text.replace("\\ ", " ").into(),
    }
}

/// The command that was meant, if one is at most two slips or a few missing letters away.
fn nearest(name: &str) -> Option<&'static str> {
    let begins = |spec: &&Spec| !name.is_empty() && spec.name.starts_with(name);
    let by_slips = || {
        let slips = COMMANDS
            .iter()
            .map(|spec| (strsim::osa_distance(spec.name, name), spec));
        let (slips, spec) = slips.min_by_key(|(slips, _)| *slips)?;
        (slips <= 2 && slips < name.chars().count()).then_some(spec)
    };
    COMMANDS
        .iter()
        .find(begins)
        .or_else(by_slips)
        .map(|spec| spec.name)
}

impl std::fmt::Display for Misread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown(name, _) => write!(f, "there is no command /{name}"),
            Self::Usage(usage) => write!(f, "expected {usage}"),
        }
    }
}

impl Misread {
    /// What to type instead.
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown(_, Some(nearest)) => format!("did you mean /{nearest}?"),
            Self::Unknown(_, None) => {
                "list the commands with /help, or send a text that begins with / by //".to_owned()
            }
            Self::Usage(_) => "tell all commands with /help".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(line: &str) -> Command {
        match read(line) {
            Ok(Input::Command(command)) => command,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_text_is_a_message_and_two_slashes_send_one() {
        assert_eq!(read("  "), Ok(Input::Nothing));
        assert_eq!(read(" hi there "), Ok(Input::Message("hi there".into())));
        assert_eq!(read("//etc/hosts"), Ok(Input::Message("/etc/hosts".into())));
        assert_eq!(read("a /help"), Ok(Input::Message("a /help".into())));
    }

    #[test]
    fn a_backslash_at_the_end_of_a_line_continues_it() {
        assert!(goes_on("a\\") && !goes_on("a\\\\") && !goes_on("a"));
        assert_eq!(read("a\\\nb\\\nc"), Ok(Input::Message("a\nb\nc".into())));
        assert_eq!(read("a\nb"), Ok(Input::Message("a\nb".into())));
        assert_eq!(read("a\\\\\nb"), Ok(Input::Message("a\\\\\nb".into())));
    }

    #[test]
    fn every_command_of_the_list_can_be_read() {
        for spec in COMMANDS {
            let arguments = match spec.arguments {
                "N [JSON]" => "1",
                "ID=TEXT" => "a=b",
                other => other,
            };
            let line = format!("/{} {arguments}", spec.name);
            assert!(matches!(read(&line), Ok(Input::Command(_))), "{line}");
        }
    }

    #[test]
    fn arguments_are_taken_apart() {
        assert_eq!(command("/click 2"), Command::Click(2, None));
        assert_eq!(
            command("/click 2 {\"a\": 1}"),
            Command::Click(2, Some("{\"a\": 1}".into()))
        );
        assert_eq!(
            command("/tag u1=@Ada L"),
            Command::Tag("u1".into(), "@Ada L".into())
        );
        assert_eq!(
            command("/attach 'my file.txt'"),
            Command::Attach("my file.txt".into())
        );
        assert_eq!(
            command("/attach my\\ file.txt"),
            Command::Attach("my file.txt".into())
        );
        assert_eq!(command("/model"), Command::Model(None));
        assert_eq!(
            command("/model gpt 5"),
            Command::Model(Some("gpt 5".into()))
        );
        assert_eq!(command("/q"), Command::Quit);
    }

    #[test]
    fn what_is_wrong_is_told_with_what_to_type_instead() {
        let hint = |line| read(line).unwrap_err().hint();
        assert_eq!(hint("/hlep"), "did you mean /help?");
        assert_eq!(hint("/thr"), "did you mean /threads?");
        assert!(hint("/xyzzyplugh").contains("//"));
        assert_eq!(
            read("/click x"),
            Err(Misread::Usage("/click N [JSON]".into()))
        );
        assert_eq!(read("/open"), Err(Misread::Usage("/open ID".into())));
        assert_eq!(read("/new thread"), Err(Misread::Usage("/new".into())));
    }
}
