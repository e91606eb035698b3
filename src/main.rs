//! Parses, hands over, and maps the outcome to an exit code.

use std::process::ExitCode;

use chatkit::cancel::{Cancel, Interrupts};
use chatkit::cli::Cli;
use chatkit::command::Context;
use chatkit::error::{Error, Result};
use chatkit::ui::{self, Ui};

fn main() -> ExitCode {
    let cli = Cli::of_process();
    ui::start_log(&cli.global.output);
    let mut ui = Ui::new(&cli.global.output);
    let outcome = run(cli, &mut ui).and_then(|()| ui.flush());
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
            std::process::exit(130);
        }
        cancel.request();
    }
}

/// Ctrl-C, and the SIGTERM with which a service manager asks for the end.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
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
        })
    }

    async fn next(&mut self) -> std::io::Result<Asked> {
        tokio::select! {
            _ = self.interrupt.recv() => Ok(Asked::Interrupt),
            _ = self.terminate.recv() => Ok(Asked::Stop),
        }
    }
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
