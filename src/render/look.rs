//! What a terminal can show: its size, its colours, its links.

/// How text is to look on one terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns; at least one.
    pub width: usize,
    /// Rows; what is redrawn never reaches further up than the screen does.
    pub height: usize,
    /// How many colours there are.
    pub colors: Colors,
    /// Whether the terminal follows OSC 8 links.
    pub links: bool,
    /// Whether it shows more than ASCII: lines, bullets and bars.
    pub unicode: bool,
    /// What the text stands on.
    pub background: Background,
}

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colors {
    /// No colour, and no bold either: no escape sequence for the look of text at all.
    #[default]
    None,
    /// The sixteen that every terminal names.
    Sixteen,
    /// xterm's palette.
    Palette,
    /// Twenty-four bits.
    True,
}

/// What the text stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Light text on a dark ground.
    #[default]
    Dark,
    /// Dark text on a light ground.
    Light,
    /// Either: only the colours that the terminal has chosen for its own ground can be read.
    Unknown,
}

impl Look {
    /// Text without colours or links, this many columns wide.
    pub fn plain(width: usize) -> Self {
        Self {
            width: width.max(1),
            height: 24,
            colors: Colors::None,
            links: false,
            unicode: true,
            background: Background::Dark,
        }
    }

    /// The same look in this many columns.
    #[must_use]
    pub fn with_width(self, width: usize) -> Self {
        Self {
            width: width.max(1),
            ..self
        }
    }

    /// The same look in this many rows.
    #[must_use]
    pub fn with_height(self, height: usize) -> Self {
        Self { height, ..self }
    }
}

/// Whether a terminal shows more than ASCII, by the variables of its locale.
///
/// POSIX (8.2, internationalization variables): the first of the three that is set decides.
pub fn speaks_unicode<S: AsRef<str>>(var: impl Fn(&'static str) -> S) -> bool {
    if cfg!(windows) || cfg!(target_os = "macos") {
        return true;
    }
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].map(var);
    let locale = set
        .iter()
        .map(AsRef::as_ref)
        .find(|value| !value.is_empty());
    let locale = locale.unwrap_or("").to_ascii_uppercase();
    // Without a locale, what runs in a container speaks UTF-8 nearly always.
    locale.is_empty() || locale.contains("UTF-8") || locale.contains("UTF8")
}
