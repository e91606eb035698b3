//! Parses, hands over, and maps the outcome to an exit code.

use std::process::ExitCode;

use chatkit::cancel::{Cancel, Interrupts};
use chatkit::cli::Cli;
use chatkit::command::{self, Context};
use chatkit::error::{Error, Result};
use chatkit::ui::{self, Ui};
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
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
    let runtime = command::runtime(&cli.command)?;
    let cancel = Cancel::new();
    let outcome = runtime.block_on(async {
        let interrupts = Interrupts::new();
        tokio::spawn(heed_signals(cancel.clone(), interrupts.clone()));
        let context = Context::new(cli.global, ui, cancel, interrupts);
        command::run(cli.command, context).await
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
async fn heed_signals(cancel: Cancel, interrupts: Interrupts) {
    while let Ok(asked) = asked().await {
        if matches!(asked, Asked::Interrupt) && interrupts.sound() {
            continue;
        }
        if cancel.is_requested() {
            std::process::exit(130);
        }
        cancel.request();
    }
}

/// Waits for Ctrl-C, or for the SIGTERM with which a service manager says the same.
#[cfg(unix)]
async fn asked() -> std::io::Result<Asked> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map(|()| Asked::Interrupt),
        _ = terminate.recv() => Ok(Asked::Stop),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn asked() -> std::io::Result<Asked> {
    tokio::signal::ctrl_c().await.map(|()| Asked::Interrupt)
}
