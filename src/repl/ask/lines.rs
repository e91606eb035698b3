//! Questions without drawing: options by number, one line an answer.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Kind, Question, Reply, sure};
use crate::error::Result;
use crate::ui;

/// Asks until a line is an answer; `None` at the end of stdin, and at any line once the question is left.
pub(super) fn ask(question: &Question, is_left: &AtomicBool) -> Result<Option<Reply>> {
    loop {
        let Some(line) = ui::ask_line(&text(question))? else {
            // Ctrl-D leaves the cursor behind the question.
            ui::tell("");
            return Ok(None);
        };
        if is_left.load(Ordering::SeqCst) {
            return Ok(None);
        }
        if let Some(reply) = reply(&question.kind, line.trim()) {
            return Ok(Some(reply));
        }
        ui::tell(&refusal(&question.kind));
    }
}

/// What is said to a line that is no answer.
pub(super) fn refusal(kind: &Kind) -> String {
    match kind {
        Kind::Pick(options, _) | Kind::PickSeveral(options) => {
            format!("numbers go from 1 to {}", options.len())
        }
        _ => "that is neither yes nor no".to_owned(),
    }
}

fn text(question: &Question) -> String {
    let help = question.line_help.as_ref().or(question.help.as_ref());
    // Whoever was refused still has to know what Enter alone means.
    let help = help.filter(|_| question.reason.is_none() || question.line_help.is_some());
    let leave = (question.leaving.as_ref()).map(|words| format!("Ctrl-D {words}"));
    let told: Vec<&str> = (question.reason.iter())
        .chain(help)
        .chain(&leave)
        .map(String::as_str)
        .collect();
    let line = line(question);
    if told.is_empty() {
        return line;
    }
    format!("[{}]\n{line}", told.join("; "))
}

fn line(question: &Question) -> String {
    let mut text = format!("{}\n", question.text);
    let (Kind::Pick(options, _) | Kind::PickSeveral(options)) = &question.kind else {
        let end = match &question.kind {
            Kind::Sure(true) | Kind::SureOr(true) => " [Y/n] ".to_owned(),
            Kind::Sure(false) | Kind::SureOr(false) => " [y/N] ".to_owned(),
            Kind::Text { initial, .. } if !initial.is_empty() => format!(" [{initial}] "),
            _ => ": ".to_owned(),
        };
        return question.text.clone() + &end;
    };
    for (number, option) in options.iter().enumerate() {
        let _ = writeln!(text, "  {} {option}", number + 1);
    }
    text + &match question.kind {
        Kind::PickSeveral(_) => "numbers: ".to_owned(),
        Kind::Pick(_, Some(at)) => format!("number [{}]: ", at + 1),
        _ => "number: ".to_owned(),
    }
}

pub(super) fn reply(kind: &Kind, line: &str) -> Option<Reply> {
    let number = |word: &str, options: &[String]| {
        let number: usize = word.parse().ok()?;
        (1..=options.len()).contains(&number).then(|| number - 1)
    };
    match kind {
        Kind::Pick(_, at) if line.is_empty() => at.map(Reply::Picked),
        Kind::Pick(options, _) => number(line, options).map(Reply::Picked),
        Kind::PickSeveral(options) => {
            let words = line.split(|c: char| c == ',' || c.is_whitespace());
            let words = words.filter(|word| !word.is_empty());
            let numbers: Option<Vec<usize>> = words.map(|word| number(word, options)).collect();
            numbers.map(Reply::PickedSeveral)
        }
        Kind::Text { initial, .. } if line.is_empty() => Some(Reply::Text(initial.clone())),
        Kind::Text { .. } => Some(Reply::Text(line.to_owned())),
        Kind::Sure(default) | Kind::SureOr(default) if line.is_empty() => {
            Some(Reply::Sure(*default))
        }
        Kind::Sure(_) => sure(line).map(Reply::Sure),
        Kind::SureOr(_) => {
            let other = || Reply::Text(line.to_owned());
            Some(sure(line).map_or_else(other, Reply::Sure))
        }
    }
}
