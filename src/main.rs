//! Parses, hands over, and maps the outcome to an exit code.

use std::process::ExitCode;

use chatkit::cancel::{Cancel, Interrupts};
use chatkit::cli::Cli;
use chatkit::command::{Context, TerminalMode};
use chatkit::error::{Error, Result};
use chatkit::options::OutputOptions;
use chatkit::ui::{self, Ui};

fn main() -> ExitCode {
    let cli = match Cli::of_process() {
        Ok(cli) => cli,
        Err(instead) => return print(&instead),
    };
    ui::start_log(&cli.global.output);
    let mut ui = Ui::new(&cli.global.output);
    let outcome = run(cli, &mut ui).and_then(|()| ui.flush());
    end(outcome, &mut ui)
}

/// Prints help, or what is wrong with the command line.
fn print(instead: &clap::Error) -> ExitCode {
    let code = u8::try_from(instead.exit_code()).unwrap_or(2);
    let mut ui = Ui::new(&OutputOptions::default());
    match instead.print() {
        Ok(()) => ExitCode::from(code),
        // Help goes to stdout; where stderr is gone there is nobody to tell.
        Err(error) => end(Err(Error::io("cannot write to stdout", error)), &mut ui),
    }
}

/// Maps the outcome to an exit code, and tells what failed.
fn end(outcome: Result<()>, ui: &mut Ui) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever closed the pipe or pressed Ctrl-C knows.
        Err(Error::ClosedPipe) => Error::ClosedPipe.exit_code(),
        Err(Error::Interrupted) => {
            ui.interrupted();
            Error::Interrupted.exit_code()
        }
        Err(error) => {
            ui.error(&error);
            error.exit_code()
        }
    }
}

fn run(cli: Cli, ui: &mut Ui) -> Result<()> {
    let runtime = cli.command.runtime()?;
    let cancel = Cancel::new();
    let outcome = runtime.block_on(async {
        let interrupts = Interrupts::new();
        let signals = Signals::listen()?;
        tokio::spawn(heed_signals(signals, cancel.clone(), interrupts.clone()));
        let context = Context::new(cli.global, ui, cancel, interrupts);
        cli.command.run(context).await
    });
    // A thread that still reads stdin cannot be joined; the process ends without it.
    runtime.shutdown_background();
    outcome
}

/// What the process was asked for.
enum Asked {
    /// Ctrl-C, to which a command may give a meaning of its own.
    Interrupt,
    /// The end.
    Stop,
}

/// The first Ctrl-C that nobody listens to asks everyone to stop; the second does not wait for
/// them.
async fn heed_signals(mut signals: Signals, cancel: Cancel, interrupts: Interrupts) {
    while let Ok(asked) = signals.next().await {
        if matches!(asked, Asked::Interrupt) && interrupts.sound() {
            continue;
        }
        if cancel.is_requested() {
            TerminalMode::give_back();
            std::process::exit(130);
        }
        cancel.request();
    }
}

/// Ctrl-C, the SIGTERM with which a service manager asks for the end, and the SIGHUP of a terminal
/// that was closed.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// None where the process was started to outlive its terminal, as by `nohup`.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on.
    ///
    /// It has to before anything else begins: rustyline puts the handler that it found back after
    /// each line, and one that came in between would be gone.
    fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| Error::io("cannot hear signals", error));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: (!outlives_terminal())
                .then(|| listen(SignalKind::hangup()))
                .transpose()?,
        })
    }

    async fn next(&mut self) -> std::io::Result<Asked> {
        let hung_up = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Ok(Asked::Interrupt),
            _ = self.terminate.recv() => Ok(Asked::Stop),
            _ = hung_up => Ok(Asked::Stop),
        }
    }
}

/// Whether the process was started to go on without its terminal, as `nohup` does by ignoring
/// SIGHUP: listening to it would undo that.
#[cfg(target_os = "linux")]
fn outlives_terminal() -> bool {
    // The kernel's own words (proc_pid_status(5)): a mask in hexadecimal, whose lowest bit is SIGHUP.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 != 0)
}

/// As on Linux, by what can be seen elsewhere: `nohup` gives a process no terminal to write to.
#[cfg(all(unix, not(target_os = "linux")))]
fn outlives_terminal() -> bool {
    !ui::writes_to_terminal()
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn listen() -> Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> std::io::Result<Asked> {
        tokio::signal::ctrl_c().await.map(|()| Asked::Interrupt)
    }
}
