//! Questions that inquire draws, which are those with options: as high and as wide as the screen at
//! most, because what has scrolled off it cannot be drawn again.

use inquire::list_option::ListOption;
use inquire::ui::RenderConfig;
use inquire::{InquireError, MultiSelect, Select};

use super::{Kind, Question, Reply, told};
use crate::error::{Error, Result};
use crate::render::ascii_signs;
use crate::render::table::shorten;

/// The columns of a question's line that are not its text's: a mark, brackets, the cursor.
pub(super) const BESIDE: usize = 4;

/// The columns of an option's row that are not its text's: the cursor's mark and a box.
const BEFORE_OPTION: usize = 7;

/// The rows of a question that are not its options' or its help's: its own, and the one that is needed
/// when what is typed to find an option goes on below.
const AROUND_OPTIONS: usize = 2;

/// The columns and rows of the screen.
pub(super) fn size() -> (usize, usize) {
    match crossterm::terminal::size() {
        Ok((columns @ 1.., rows @ 1..)) => (columns.into(), rows.into()),
        // A pseudo-terminal that nobody gave a size has none.
        _ => (80, 24),
    }
}

/// How many options are shown at a time, above a line of help.
fn page(usual: usize, help: Option<&str>) -> usize {
    let around = AROUND_OPTIONS + help.map_or(0, |help| help.lines().count());
    size().1.saturating_sub(around).clamp(1, usual)
}

/// Asks on this thread; `None` when the question was left.
///
/// # Errors
/// The terminal cannot be used.
pub(super) fn ask(question: &Question, has_color: bool, is_ascii: bool) -> Result<Option<Reply>> {
    let config = if has_color {
        RenderConfig::default_colored()
    } else {
        RenderConfig::empty()
    };
    let fitted = |text: &str, beside| {
        let text = shorten(text, size().0.saturating_sub(beside));
        if is_ascii { ascii_signs(&text) } else { text }
    };
    // An option has a row, whatever it says.
    let rows = |options: &[String]| -> Vec<String> {
        let row = |option: &String| fitted(option, BEFORE_OPTION);
        options.iter().map(row).collect()
    };
    let text = &fitted(&question.text, BESIDE);
    let help = told(question);
    let help = help.map(|help| if is_ascii { ascii_signs(&help) } else { help });
    let help = help.as_deref();
    let answered = match &question.kind {
        Kind::Pick(options, at) => {
            let mut select = Select::new(text, rows(options))
                .with_page_size(page(Select::<String>::DEFAULT_PAGE_SIZE, help))
                .with_starting_cursor(at.unwrap_or(0).min(options.len().saturating_sub(1)))
                .with_render_config(config);
            select.help_message = help;
            select
                .raw_prompt()
                .map(|option| Reply::Picked(option.index))
        }
        Kind::PickSeveral(options) => {
            let answer = |picked: &[ListOption<&String>]| {
                let picked: Vec<&str> = picked.iter().map(|option| option.value.as_str()).collect();
                fitted(&picked.join(", "), BESIDE)
            };
            let mut select = MultiSelect::new(text, rows(options))
                .with_page_size(page(MultiSelect::<String>::DEFAULT_PAGE_SIZE, help))
                .with_formatter(&answer)
                .with_render_config(config);
            select.help_message = help;
            let picked = select.raw_prompt();
            picked.map(|options| {
                Reply::PickedSeveral(options.iter().map(|option| option.index).collect())
            })
        }
        // A line is read for these.
        Kind::Text { .. } | Kind::Sure(_) | Kind::SureOr(_) => return Ok(None),
    };
    match answered {
        Ok(reply) => Ok(Some(reply)),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => Ok(None),
        Err(InquireError::IO(error)) => Err(Error::io("cannot ask on the terminal", error)),
        Err(error) => Err(Error::usage(format!("cannot ask on the terminal: {error}"))),
    }
}
