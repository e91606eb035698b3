//! A window that gets another size, and what a terminal does to the lines that are on it.

use crate::terminal::{Terminal, everything};

impl Terminal {
    /// Makes the window higher by so many rows, which come back from the scrollback as in tmux; from then
    /// on the emulator keeps what scrolls off.
    pub fn pull(&mut self, more: u16) -> &mut Self {
        let (rows, columns) = self.emulator.screen().size();
        let (row, column) = self.emulator.screen().cursor_position();
        let all = self.history();
        self.emulator = vt100::Parser::new(rows + more, columns, 1000);
        let drawn = all.replace('\n', "\r\n");
        let place = format!("\u{1b}[{};{}H", row + more + 1, column + 1);
        self.emulator.process((drawn + &place).as_bytes());
        let process = self.session.get_process_mut();
        process.set_window_size(columns, rows + more).unwrap();
        self
    }

    /// What is on the screen and what has scrolled off it since it was made higher.
    pub fn pulled(&mut self) -> String {
        everything(&mut self.emulator)
    }

    /// Gives the window another size; the emulator cuts its lines off, or leaves room behind them.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        let process = self.session.get_process_mut();
        process.set_window_size(columns, rows).unwrap();
        self.emulator.screen_mut().set_size(rows, columns);
        self
    }

    /// Gives the terminal another width, and breaks the lines anew that are on it, as most do.
    pub fn reflow(&mut self, columns: u16) -> &mut Self {
        let screen = self.emulator.screen();
        let (rows, old) = screen.size();
        let (cursor_row, cursor_column) = screen.cursor_position();
        let (mut lines, mut cursor) = (vec![String::new()], (0, 0));
        for (row, text) in (0..).zip(screen.rows(0, old)) {
            let line = lines.last_mut().unwrap();
            if row == cursor_row {
                let before = line.chars().count() + usize::from(cursor_column);
                cursor = (lines.len() - 1, before);
            }
            let line = lines.last_mut().unwrap();
            line.push_str(&text);
            if !screen.row_wrapped(row) {
                lines.push(String::new());
            }
        }
        let text = lines.join("\r\n");
        let width = usize::from(columns);
        let height = |line: &String| line.chars().count().div_ceil(width).max(1);
        let above: usize = lines[..cursor.0].iter().map(height).sum();
        let (row, column) = (above + cursor.1 / width, cursor.1 % width);
        self.emulator = vt100::Parser::new(rows, columns, 0);
        let drawn = format!("{}\u{1b}[{};{}H", text.trim_end(), row + 1, column + 1);
        self.emulator.process(drawn.as_bytes());
        let process = self.session.get_process_mut();
        process.set_window_size(columns, rows).unwrap();
        self
    }
}
