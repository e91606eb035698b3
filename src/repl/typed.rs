//! What was typed before a question was there.

use std::time::Duration;

use crossterm::event::{self, KeyCode, KeyModifiers};

/// What was typed before the question was there.
#[derive(Debug)]
pub enum Typed {
    /// A text, which may be empty and goes on.
    Begun(String),
    /// A text, and Enter.
    Answered(String),
    /// A key that leaves the question.
    Left,
}

/// Takes what was typed ahead, behind the text that stands there already: the reader of the choices
/// that were asked before may have it.
///
/// # Errors
/// The terminal cannot be read.
pub fn ahead(initial: &str) -> std::io::Result<Typed> {
    let mut text = initial.to_owned();
    while event::poll(Duration::ZERO)? {
        let Some(key) = event::read()?.as_key_press_event() else {
            continue;
        };
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Ok(Typed::Answered(text)),
            // Enter, pressed while no question had the terminal, which makes a line feed of it then.
            KeyCode::Char('j') if is_control => return Ok(Typed::Answered(text)),
            KeyCode::Esc => return Ok(Typed::Left),
            KeyCode::Char('c' | 'd') if is_control => return Ok(Typed::Left),
            KeyCode::Char(letter) if !is_control => text.push(letter),
            KeyCode::Backspace => {
                text.pop();
            }
            _ => {}
        }
    }
    Ok(Typed::Begun(text))
}
