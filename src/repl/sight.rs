//! What the terminal can show, from its variables and its size.

use std::collections::BTreeMap;

use crate::render::{Background, Colors, Look, speaks_unicode};

/// A terminal as its surroundings describe it; its size is asked for each time.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// Whether it can be drawn on: the cursor goes up, and lines are taken away.
    pub draws: bool,
    /// Whether colours are wanted.
    pub has_color: bool,
    colors: Colors,
    links: bool,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
    /// Whether it breaks its lines anew when it becomes narrower or wider.
    pub reflows: bool,
    background: Background,
}

impl Sight {
    /// What these variables say of a terminal.
    pub fn of(vars: &BTreeMap<String, String>, has_color: bool) -> Self {
        let var = |name: &str| vars.get(name).map_or("", String::as_str);
        let term = var("TERM");
        let draws = term != "dumb" && (cfg!(windows) || !term.is_empty());
        let deep = matches!(var("COLORTERM"), "truecolor" | "24bit");
        let colors = match () {
            () if !has_color || !draws => Colors::None,
            () if deep || (cfg!(windows) && !var("WT_SESSION").is_empty()) => Colors::True,
            () if term.contains("256") => Colors::Palette,
            () => Colors::Sixteen,
        };
        Self {
            draws,
            has_color: has_color && draws,
            colors,
            // Only those that are known to follow links: elsewhere the address would be lost.
            links: draws && knows_links(&var),
            unicode: speaks_unicode(var),
            reflows: breaks_anew(&var),
            background: background(var("COLORFGBG")),
        }
    }

    /// In how many columns the lines that were drawn stand by now, which may have been broken since.
    pub fn columns(self) -> usize {
        if self.reflows {
            self.look().width
        } else {
            usize::MAX
        }
    }

    /// The look of this moment.
    pub fn look(self) -> Look {
        let (width, height) = crossterm::terminal::size().unwrap_or((80, 24));
        Look {
            // A pseudo-terminal that nobody gave a size has none.
            width: if width == 0 { 80 } else { width.into() },
            height: if height == 0 { 24 } else { height.into() },
            colors: self.colors,
            links: self.links,
            unicode: self.unicode,
            background: self.background,
        }
    }
}

fn knows_links<'a>(var: &impl Fn(&'static str) -> &'a str) -> bool {
    let programs = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"];
    let terms = [
        "xterm-kitty",
        "xterm-ghostty",
        "foot",
        "alacritty",
        "wezterm",
    ];
    programs.contains(&var("TERM_PROGRAM"))
        || terms.contains(&var("TERM"))
        || !var("WT_SESSION").is_empty()
        || var("VTE_VERSION")
            .parse()
            .is_ok_and(|version: u32| version >= 5000)
}

/// Nearly all do. Those that cut their lines off instead are known by a variable of their own, which
/// says nothing inside of tmux.
fn breaks_anew<'a>(var: &impl Fn(&'static str) -> &'a str) -> bool {
    let cuts = ["XTERM_VERSION", "STY"]
        .iter()
        .any(|name| !var(name).is_empty());
    let term = var("TERM");
    !var("TMUX").is_empty() || !(cuts || term == "linux" || term == "st" || term.starts_with("st-"))
}

/// `COLORFGBG` is `foreground;background` in the numbers of the sixteen colours.
fn background(variable: &str) -> Background {
    match variable.rsplit(';').next() {
        Some("7" | "15") => Background::Light,
        Some(number) if number.parse::<u8>().is_ok() => Background::Dark,
        _ => Background::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(vars: &[(&str, &str)], has_color: bool) -> Sight {
        let vars = vars
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        Sight::of(&vars.collect(), has_color)
    }

    #[test]
    fn a_dumb_terminal_is_not_drawn_on() {
        assert!(!sight(&[("TERM", "dumb")], true).draws);
        assert!(!sight(&[("TERM", "dumb")], true).has_color);
        assert!(sight(&[("TERM", "xterm")], false).draws);
    }

    #[test]
    fn colours_are_those_that_the_terminal_names() {
        let colors = |vars: &[(&str, &str)]| sight(vars, true).colors;
        assert_eq!(colors(&[("TERM", "linux")]), Colors::Sixteen);
        assert_eq!(colors(&[("TERM", "xterm-256color")]), Colors::Palette);
        assert_eq!(
            colors(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]),
            Colors::True
        );
        assert_eq!(
            sight(&[("TERM", "xterm-256color")], false).colors,
            Colors::None
        );
    }

    #[test]
    fn xterm_and_the_console_cut_their_lines_off() {
        let reflows = |vars: &[(&str, &str)]| sight(vars, true).reflows;
        let xterm = [("TERM", "xterm-256color"), ("XTERM_VERSION", "XTerm(390)")];
        assert!(reflows(&xterm[..1]));
        assert!(!reflows(&xterm));
        assert!(!reflows(&[("TERM", "linux")]));
        assert!(!reflows(&[("TERM", "screen"), ("STY", "1234.pts-0")]));
        let tmux = [xterm.as_slice(), &[("TMUX", "/tmp/tmux-0/default,1,0")]].concat();
        assert!(reflows(&tmux));
    }

    #[test]
    fn links_letters_and_ground_are_told_by_variables() {
        assert!(sight(&[("TERM", "xterm-kitty")], true).links);
        assert!(!sight(&[("TERM", "xterm")], true).links);
        assert_eq!(background("0;15"), Background::Light);
        assert_eq!(background("15;default;0"), Background::Dark);
        assert_eq!(background(""), Background::Unknown);
        if cfg!(target_os = "linux") {
            assert!(!sight(&[("TERM", "xterm"), ("LANG", "C")], true).unicode);
            assert!(sight(&[("TERM", "xterm"), ("LANG", "de_DE.utf8")], true).unicode);
        }
    }
}
