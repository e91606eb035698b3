//! A run of the binary on a pseudo-terminal, and what a person would see of it.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::Session;
use expectrl::session::OsSession;

/// How long a test waits for something to appear.
const LIMIT: Duration = Duration::from_secs(20);

/// A terminal with the binary on it; dropping it ends the run.
pub struct Terminal {
    pub(super) session: OsSession,
    pub(super) emulator: vt100::Parser,
    /// All that came.
    bytes: Vec<u8>,
    /// What the terminal is still to be asked, and what it answers.
    answer: Option<(&'static str, String)>,
}

/// A run that is being set up.
#[must_use = "a run does not start before `start`"]
pub struct Setup {
    command: Command,
    size: (u16, u16),
    own_home: Option<tempfile::TempDir>,
}

pub const CTRL_C: &str = "\u{3}";
pub const CTRL_D: &str = "\u{4}";
pub const CTRL_L: &str = "\u{c}";
pub const CTRL_R: &str = "\u{12}";
pub const CTRL_U: &str = "\u{15}";
pub const CTRL_W: &str = "\u{17}";
pub const CTRL_Y: &str = "\u{19}";
pub const ENTER: &str = "\r";
pub const HOME: &str = "\u{1b}[H";
pub const ESCAPE: &str = "\u{1b}";
pub const DOWN: &str = "\u{1b}[B";
pub const UP: &str = "\u{1b}[A";

/// A conversation with the mock inside the process.
pub fn mock() -> Setup {
    chat(["--mock"])
}

/// A conversation with a scrubbed environment, in a home folder of its own.
pub fn chat<'a>(args: impl IntoIterator<Item = &'a str>) -> Setup {
    command(["chat"].into_iter().chain(args))
}

/// One message, likewise.
pub fn send<'a>(args: impl IntoIterator<Item = &'a str>) -> Setup {
    command(["send"].into_iter().chain(args))
}

/// Any command, likewise.
pub fn command<'a>(args: impl IntoIterator<Item = &'a str>) -> Setup {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chatkit"));
    command.args(args);
    run(command)
}

/// Any program, in the same surroundings.
pub fn run(command: Command) -> Setup {
    let home = tempfile::tempdir().unwrap();
    let mut setup = Setup {
        command,
        size: (80, 40),
        own_home: None,
    };
    setup.command.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        setup.command.env("PATH", path);
    }
    setup = setup.env("TERM", "xterm-256color").home(home.path());
    setup.own_home = Some(home);
    setup
}

impl Setup {
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn home(self, home: &Path) -> Self {
        let mut setup = self.env("HOME", &home.to_string_lossy());
        setup.command.current_dir(home);
        setup
    }

    pub fn sized(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub fn arg(mut self, arg: &str) -> Self {
        self.command.arg(arg);
        self
    }

    /// Starts, and waits for the prompt, or for what was said.
    pub fn start(self) -> Started {
        let mut started = self.run();
        started.sees("> ");
        started
    }

    /// Starts what has no prompt.
    pub fn run(self) -> Started {
        let (columns, rows) = self.size;
        let mut session = Session::spawn(self.command).unwrap();
        let process = session.get_process_mut();
        process.set_window_size(columns, rows).unwrap();
        Started {
            terminal: Terminal {
                session,
                emulator: vt100::Parser::new(rows, columns, 0),
                bytes: Vec::new(),
                answer: None,
            },
            own_home: self.own_home,
        }
    }
}

/// A terminal, and the home folder that goes with it.
pub struct Started {
    terminal: Terminal,
    #[expect(dead_code, reason = "the folder lives as long as the run")]
    own_home: Option<tempfile::TempDir>,
}

impl std::ops::Deref for Started {
    type Target = Terminal;

    fn deref(&self) -> &Terminal {
        &self.terminal
    }
}

impl std::ops::DerefMut for Started {
    fn deref_mut(&mut self) -> &mut Terminal {
        &mut self.terminal
    }
}

impl Terminal {
    /// Presses these keys.
    pub fn types(&mut self, keys: &str) -> &mut Self {
        self.session.write_all(keys.as_bytes()).unwrap();
        self.session.flush().unwrap();
        self
    }

    /// Types a line and sends it.
    pub fn says(&mut self, line: &str) -> &mut Self {
        self.types(line);
        self.sees(line.lines().last().unwrap_or_default().trim_end());
        self.types(ENTER)
    }

    /// Answers the next question that ends like this, as a terminal of another kind would.
    pub fn answers(&mut self, question: &'static str, answer: &str) -> &mut Self {
        self.answer = Some((question, answer.to_owned()));
        self
    }

    /// How often these bytes came, whatever they did to the screen.
    pub fn came(&self, bytes: &str) -> usize {
        String::from_utf8_lossy(&self.bytes).matches(bytes).count()
    }

    /// Whether no byte came that is no ASCII.
    pub fn came_only_ascii(&self) -> bool {
        self.bytes.is_ascii()
    }

    /// How many bytes came.
    pub fn came_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Waits until a text is on the screen.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        self.until(|screen| screen.contains(text), &format!("{text:?}"))
    }

    /// Waits until a text is gone from the screen.
    #[track_caller]
    pub fn sees_no(&mut self, text: &str) -> &mut Self {
        self.until(|screen| !screen.contains(text), &format!("no {text:?}"))
    }

    /// Waits until the last line of the screen is a prompt with nothing behind it.
    #[track_caller]
    pub fn sees_prompt(&mut self) -> &mut Self {
        let is_prompt = |screen: &str| {
            let line = screen.trim_end().lines().last().unwrap_or_default();
            line.ends_with(" >") && !line.starts_with('>')
        };
        self.until(is_prompt, "a prompt")
    }

    /// Waits until a text is on the screen, in as many rows as it takes.
    #[track_caller]
    pub fn sees_line(&mut self, text: &str) -> &mut Self {
        let bare = |text: &str| text.replace([' ', '\n'], "");
        let has = |screen: &str| bare(screen).contains(&bare(text));
        self.until(has, &format!("{text:?}"))
    }

    /// Waits until something has come and nothing more does.
    pub fn sees_drawn(&mut self) -> &mut Self {
        let before = self.bytes.len();
        let begun = Instant::now();
        while self.bytes.len() == before && begun.elapsed() < Duration::from_secs(1) {
            self.read();
        }
        std::thread::sleep(Duration::from_millis(50));
        while self.take() {}
        self
    }

    /// Waits until what was written ends like this.
    #[track_caller]
    pub fn sees_end(&mut self, text: &str) -> &mut Self {
        let is_end = |screen: &str| screen.trim_end().ends_with(text.trim_end());
        self.until(is_end, &format!("{text:?} at the end"))
    }

    /// Waits until a text is on the screen so many times.
    #[track_caller]
    pub fn sees_times(&mut self, text: &str, times: usize) -> &mut Self {
        let holds = |screen: &str| screen.matches(text).count() == times;
        self.until(holds, &format!("{text:?} {times} times"))
    }

    #[track_caller]
    fn until(&mut self, holds: impl Fn(&str) -> bool, what: &str) -> &mut Self {
        let begun = Instant::now();
        while !holds(&self.screen()) {
            assert!(begun.elapsed() < LIMIT, "no {what} on\n{}", self.screen());
            self.read();
        }
        self
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.emulator.screen().contents()
    }

    /// What is on the screen and what has scrolled off it, from the first line.
    ///
    /// Only where the terminal had one size all the time.
    pub fn history(&self) -> String {
        let (rows, columns) = self.emulator.screen().size();
        let mut emulator = vt100::Parser::new(rows, columns, 100_000);
        emulator.process(&self.bytes);
        everything(&mut emulator)
    }

    /// How often a text is on the screen.
    pub fn count(&self, text: &str) -> usize {
        self.screen().matches(text).count()
    }

    /// Asks the program to end, as a service manager does.
    pub fn terminate(&mut self) -> &mut Self {
        let process = self.session.get_process_mut();
        process
            .kill(expectrl::process::unix::Signal::SIGTERM)
            .unwrap();
        self
    }

    /// Waits for the end of the run.
    #[track_caller]
    pub fn ends_with(&mut self, code: i32) {
        let begun = Instant::now();
        while self.session.get_process().is_alive().unwrap() {
            assert!(begun.elapsed() < LIMIT, "it goes on:\n{}", self.screen());
            self.read();
        }
        // Its last words may have come after the last look.
        while self.take() {}
        let status = self.session.get_process().status();
        let ended = format!("{status:?}");
        let exited = ended.contains(&format!(", {code})")) || ended.contains("ECHILD");
        assert!(exited, "{ended}\n{}", self.screen());
    }

    /// Takes what has come, or waits a little.
    fn read(&mut self) {
        if !self.take() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Takes what has come; false if that was nothing.
    fn take(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.session.try_read(&mut bytes) {
            Ok(0) | Err(_) => false,
            Ok(count) => {
                self.emulator.process(&bytes[..count]);
                self.bytes.extend(&bytes[..count]);
                let is_asked =
                    |(question, _): &mut (&str, String)| self.bytes.ends_with(question.as_bytes());
                if let Some((_, answer)) = self.answer.take_if(is_asked) {
                    self.types(&answer);
                }
                true
            }
        }
    }

    /// Whether anything on the screen has a colour.
    pub fn has_color(&self) -> bool {
        let screen = self.emulator.screen();
        let (rows, columns) = screen.size();
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        cells
            .filter_map(|(row, column)| screen.cell(row, column))
            .any(|cell| cell.fgcolor() != vt100::Color::Default)
    }
}

/// What is on a screen and what has scrolled off it.
pub(super) fn everything(emulator: &mut vt100::Parser) -> String {
    let screen = emulator.screen_mut();
    let columns = screen.size().1;
    screen.set_scrollback(usize::MAX);
    let mut lines = Vec::new();
    for above in (1..=screen.scrollback()).rev() {
        screen.set_scrollback(above);
        lines.extend(screen.rows(0, columns).next());
    }
    screen.set_scrollback(0);
    lines.extend(screen.rows(0, columns));
    lines.join("\n")
}
