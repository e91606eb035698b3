//! Questions on the terminal. inquire draws choices, on a thread of its own; all that is typed is read
//! by the prompt's editor, because inquire takes Ctrl-U for a letter, and its texts have one line. A
//! terminal that cannot be drawn on is asked line by line.

mod drawn;
mod lines;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use unicode_width::UnicodeWidthStr;

use super::editor::stars;
use super::editor::{self, Editor};
use super::typed::{self, Typed};
use crate::cancel::{Cancel, Interrupts};
use crate::error::{Error, Result};
use crate::render::clean::clean;
use crate::render::table::shorten;
use crate::render::{Line, Style, ascii_signs, clean_line, wrap};
use crate::ui;

/// How one of several options is picked that are drawn; in fewer words than inquire's own.
const PICK_HELP: &str = "↑↓ moves, enter selects, type to filter";

/// A question, in clean text.
#[derive(Clone, Debug)]
pub struct Question {
    text: String,
    help: Option<String>,
    /// What is said instead where one asks line by line.
    line_help: Option<String>,
    /// What is said instead where an answer was refused.
    reason: Option<String>,
    /// What comes of leaving the question, behind the key that does it.
    leaving: Option<String>,
    /// What was typed and refused, to be mended.
    refused: Option<String>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Enter alone means the one of this number, if there is one that a person knows to be meant.
    Pick(Vec<String>, Option<usize>),
    PickSeveral(Vec<String>),
    Text {
        initial: String,
        hidden: bool,
    },
    Sure(bool),
    /// As [`Kind::Sure`], but any other text is an answer as well.
    SureOr(bool),
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The option of this number, from 0.
    Picked(usize),
    /// The options of these numbers.
    PickedSeveral(Vec<usize>),
    /// A text.
    Text(String),
    /// Yes or no.
    Sure(bool),
}

impl Question {
    /// One of several options; the cursor stands on the one of number `at`, or on the first.
    pub fn pick(text: &str, options: impl IntoIterator<Item = String>, at: Option<usize>) -> Self {
        let options = options.into_iter().map(|option| clean_line(&option));
        Self::of(text, Kind::Pick(options.collect(), at))
    }

    /// Any of several options.
    pub fn pick_several(text: &str, options: impl IntoIterator<Item = String>) -> Self {
        let options = options.into_iter().map(|option| clean_line(&option));
        Self::of(text, Kind::PickSeveral(options.collect()))
    }

    /// A text; `initial` stands there already.
    pub fn text(text: &str, initial: &str) -> Self {
        let initial = clean(initial).into_owned();
        let hidden = false;
        Self::of(text, Kind::Text { initial, hidden })
    }

    /// A text that is not shown while it is typed.
    pub fn secret(text: &str) -> Self {
        let initial = String::new();
        let hidden = true;
        Self::of(text, Kind::Text { initial, hidden })
    }

    /// Yes or no.
    pub fn sure(text: &str, default: bool) -> Self {
        Self::of(text, Kind::Sure(default))
    }

    /// Yes or no; whoever types something else has that for an answer.
    pub fn sure_or(text: &str, default: bool) -> Self {
        Self::of(text, Kind::SureOr(default))
    }

    /// The question with a line that says how to answer.
    #[must_use]
    pub fn help(mut self, help: &str) -> Self {
        self.help = Some(clean_line(help));
        self
    }

    /// The question with other words on how to answer where there are no keys but those of a line.
    #[must_use]
    pub fn line_help(mut self, help: &str) -> Self {
        self.line_help = Some(clean_line(help));
        self
    }

    /// The question asked again, with a line that says why it was.
    #[must_use]
    pub fn refused(mut self, reason: &str) -> Self {
        self.reason = Some(clean_line(reason));
        self
    }

    /// The question with words on what comes of leaving it, such as `leaves it for later`.
    #[must_use]
    pub fn leaving(mut self, words: &str) -> Self {
        self.leaving = Some(clean_line(words));
        self
    }

    /// The question with what was typed before, which stands there to be mended. Where nothing can be
    /// mended it is typed anew: what is hidden, and a line of its own, in which Enter alone would
    /// mean it again.
    #[must_use]
    pub fn beginning_with(mut self, text: &str) -> Self {
        self.refused = Some(clean(text).into_owned());
        self
    }

    fn of(text: &str, kind: Kind) -> Self {
        Self {
            text: clean_line(text),
            help: None,
            line_help: None,
            reason: None,
            leaving: None,
            refused: None,
            kind,
        }
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who reads texts.
    pub editor: Editor,
    /// Whether the terminal can be drawn on.
    pub can_draw: bool,
    /// Whether it may have colours.
    pub has_color: bool,
    /// Whether it shows ASCII only.
    pub is_ascii: bool,
    /// Ctrl-C, where the terminal does not hand it over as a key.
    pub interrupts: Interrupts,
    /// The wish to stop everything.
    pub cancel: Cancel,
}

impl Asker {
    /// Asks; `None` when the question was left by Esc, Ctrl-C or Ctrl-D.
    ///
    /// # Errors
    /// The terminal cannot be used, or everything is to stop.
    pub async fn ask(&self, question: Question) -> Result<Option<Reply>> {
        match &question.kind {
            Kind::Text { initial, hidden } if self.can_draw => {
                let typed = question.refused.as_ref().filter(|_| !hidden);
                let line = self.line(&question, "", typed.unwrap_or(initial), *hidden);
                return Ok(line.await?.map(Reply::Text));
            }
            Kind::Sure(default) | Kind::SureOr(default) if self.can_draw => {
                let keys = if *default { "(Y/n)" } else { "(y/N)" };
                return self.sure(question.clone(), keys).await;
            }
            _ => {}
        }
        let asker = self.clone();
        let is_left = Arc::new(AtomicBool::new(false));
        let left = Arc::clone(&is_left);
        let (reply, answer) = tokio::sync::oneshot::channel();
        // A thread of its own and not of the runtime's: nobody waits for a person at the end.
        std::thread::Builder::new()
            .name("question".to_owned())
            .spawn(move || {
                let question = asker.shown(question);
                let _ = reply.send(if asker.can_draw {
                    drawn::ask(&question, asker.has_color, asker.is_ascii)
                } else {
                    lines::ask(&question, &left)
                });
            })
            .map_err(|error| Error::io("cannot ask", error))?;
        let mut answer = std::pin::pin!(answer);
        loop {
            tokio::select! {
                biased;
                () = self.cancel.requested() => return Err(Error::Interrupted),
                // Drawn, Ctrl-C is a key of the question, except in the moment before it is drawn.
                () = self.interrupts.next() => {
                    if !self.can_draw {
                        is_left.store(true, Ordering::SeqCst);
                        // A read from a terminal cannot be given up, and would take what is typed
                        // for somebody else. Whoever presses it again is told again.
                        ui::tell_line("press Enter to leave the question");
                    }
                }
                answer = &mut answer => return match answer {
                    Ok(Ok(_)) if is_left.load(Ordering::SeqCst) => Ok(None),
                    Ok(answer) => answer,
                    Err(_) => Ok(None),
                },
            }
        }
    }

    /// The question with signs that the terminal shows.
    fn shown(&self, mut question: Question) -> Question {
        let usual = match question.kind {
            // Its keys are those of a question that is drawn.
            _ if !self.can_draw => None,
            Kind::Pick(..) => Some(PICK_HELP),
            _ => None,
        };
        question.help = question.help.or_else(|| usual.map(str::to_owned));
        if self.is_ascii {
            question.text = ascii_signs(&question.text);
            question.help = question.help.as_deref().map(ascii_signs);
            question.line_help = question.line_help.as_deref().map(ascii_signs);
            question.reason = question.reason.as_deref().map(ascii_signs);
            if let Kind::Pick(options, _) | Kind::PickSeveral(options) = &mut question.kind {
                for option in options {
                    *option = ascii_signs(option);
                }
            }
        }
        question
    }

    /// Asks for yes or no until that, or another answer that is taken, is there.
    async fn sure(&self, mut question: Question, keys: &str) -> Result<Option<Reply>> {
        loop {
            let Some(line) = self.line(&question, keys, "", false).await? else {
                return Ok(None);
            };
            match lines::reply(&question.kind, line.trim()) {
                None => {
                    let reason = lines::refusal(&question.kind);
                    question = question.refused(&reason);
                }
                Some(Reply::Sure(is_sure)) if line.is_empty() => {
                    // The line says what Enter alone meant.
                    let before = self.asked(&question, keys).width() - keys.len();
                    let right = before + "? ".len();
                    let said = if is_sure { "Yes" } else { "No" };
                    ui::steer(&format!("\u{1b}[A\r\u{1b}[{right}C{said}\u{1b}[K\r\n"));
                    return Ok(Some(Reply::Sure(is_sure)));
                }
                reply => return Ok(reply),
            }
        }
    }

    /// The question as it stands before the answer, in one row.
    fn asked(&self, question: &Question, keys: &str) -> String {
        let text = fitting(&question.text, keys);
        if self.is_ascii {
            return ascii_signs(&text);
        }
        text
    }

    /// Asks for a line, with the keys that the prompt has; `keys` stands behind the question.
    async fn line(
        &self,
        question: &Question,
        keys: &str,
        initial: &str,
        hidden: bool,
    ) -> Result<Option<String>> {
        let failed = |error| Error::io("cannot ask on the terminal", error);
        let text = self.asked(question, keys);
        let mut help = told(question);
        if self.is_ascii {
            help = help.as_deref().map(ascii_signs);
        }
        let initial = match typed::ahead(initial).map_err(failed)? {
            Typed::Begun(begun) => begun,
            Typed::Answered(answer) => {
                let shown = if hidden {
                    stars(&answer)
                } else {
                    answer.clone()
                };
                ui::tell(&format!("? {text} {shown}"));
                return Ok(Some(answer));
            }
            Typed::Left => return Ok(None),
        };
        let answer = self.editor.answer(&text, initial, help, hidden);
        let line = tokio::select! {
            biased;
            () = self.cancel.requested() => return Err(Error::Interrupted),
            line = answer => line,
        };
        match line {
            Ok(Ok(editor::Line::Text(text))) => Ok(Some(text)),
            Ok(Ok(editor::Line::Interrupted | editor::Line::End)) | Err(_) => Ok(None),
            Ok(Err(error)) => Err(error),
        }
    }
}

/// As much of a line as fits on the screen: nobody reads well what its edge has cut inside of a word.
/// With it what stands behind it.
fn fitting(text: &str, behind: &str) -> String {
    let columns = drawn::size().0.saturating_sub(drawn::BESIDE);
    if behind.is_empty() {
        return shorten(text, columns);
    }
    let text = shorten(text, columns.saturating_sub(behind.len() + 1));
    format!("{text} {behind}")
}

/// The rows that the words below a question may take.
const HELP_ROWS: usize = 3;

/// The rows that they leave to the question, what is typed or chosen, and what stands above.
const BESIDE_HELP: usize = 5;

/// What is said below a question that is drawn.
fn told(question: &Question) -> Option<String> {
    let (columns, rows) = drawn::size();
    told_in(question, columns, rows)
}

/// The same on a screen of this size: how to answer, or why that was refused, and how to leave. Where
/// there is too little room, the one of them without which nobody gets on.
fn told_in(question: &Question, columns: usize, rows: usize) -> Option<String> {
    let leave = (question.leaving.as_ref()).map(|words| format!("Esc {words}"));
    let reason = question.reason.as_ref();
    let needed = reason.or(leave.as_ref()).or(question.help.as_ref())?;
    let first = reason.or(question.help.as_ref());
    let both: Vec<&str> = first
        .into_iter()
        .chain(&leave)
        .map(String::as_str)
        .collect();
    let width = columns.saturating_sub(drawn::BESIDE).max(1);
    let most = rows.saturating_sub(BESIDE_HELP).clamp(1, HELP_ROWS);
    let broken = |text: &str| -> Vec<String> {
        let lines = wrap(text, Style::PLAIN, width);
        lines.iter().map(Line::plain).collect()
    };
    let mut lines = broken(&both.join("; "));
    if lines.len() > most {
        lines = broken(needed);
    }
    if lines.len() > most {
        let cut = lines.split_off(most - 1).join(" ");
        lines.push(shorten(&cut, width));
    }
    // Below its first word, which stands behind a bracket.
    Some(lines.join("\n "))
}

/// What a line says to a question of yes or no.
fn sure(line: &str) -> Option<bool> {
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::lines::reply;
    use super::*;

    #[test]
    fn a_small_screen_tells_how_to_leave_and_what_was_wrong_first() {
        let question = Question::text("?", "")
            .help("up and down to move, enter to select, type to filter")
            .leaving("leaves the form for later");
        let told = |question: &Question, columns, rows| told_in(question, columns, rows).unwrap();
        let all =
            "up and down to move, enter to select, type to filter; Esc leaves the form for later";
        assert_eq!(told(&question, 100, 24), all);
        assert_eq!(told(&question, 36, 8).replace("\n ", " "), all);
        assert_eq!(told(&question, 36, 6), "Esc leaves the form for later");
        assert_eq!(told(&question, 24, 8), "Esc leaves the form\n for later");
        assert_eq!(told(&question, 24, 6), "Esc leaves the form…");
        let refused = question.refused("not a whole address, such as https://example.com");
        let wrong = "not a whole address, such\n as https://example.com";
        assert_eq!(told(&refused, 30, 8), wrong);
        assert_eq!(told_in(&Question::sure("?", true), 80, 24), None);
    }

    #[test]
    fn a_line_answers_by_number_or_by_the_default() {
        let options = vec!["a".to_owned(), "b".to_owned()];
        let pick = Kind::Pick(options.clone(), Some(1));
        assert_eq!(reply(&pick, "1"), Some(Reply::Picked(0)));
        assert_eq!(reply(&pick, ""), Some(Reply::Picked(1)));
        assert_eq!(reply(&pick, "3"), None);
        let no_default = Kind::Pick(options.clone(), None);
        assert_eq!(reply(&no_default, ""), None, "nobody has chosen");
        let several = Kind::PickSeveral(options);
        assert_eq!(
            reply(&several, "1, 2"),
            Some(Reply::PickedSeveral(vec![0, 1]))
        );
        assert_eq!(reply(&several, ""), Some(Reply::PickedSeveral(vec![])));
        assert_eq!(reply(&several, "x"), None);
        assert_eq!(reply(&Kind::Sure(true), ""), Some(Reply::Sure(true)));
        assert_eq!(reply(&Kind::Sure(true), "n"), Some(Reply::Sure(false)));
        assert_eq!(reply(&Kind::Sure(true), "what"), None);
        let other = Some(Reply::Text("what".to_owned()));
        assert_eq!(reply(&Kind::SureOr(true), "what"), other);
        assert_eq!(reply(&Kind::SureOr(true), ""), Some(Reply::Sure(true)));
    }
}
