//! Subcommands whose arguments are described when they are asked for.
//!
//! Describing some three hundred arguments in order to parse five is most of a start: a megabyte
//! of code that an idle server would hold, and half a megabyte of memory.

use clap::builder::Resettable;
use clap::{ArgMatches, Args, Command, FromArgMatches, Id};

/// A subcommand that clap is told the name and the summary of, and the rest when it meets it on
/// the command line or writes help, completions or manuals.
#[derive(Debug)]
pub struct Deferred<T>(pub Box<T>);

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(|asked| Self(Box::new(asked)))
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches_mut(matches).map(|asked| Self(Box::new(asked)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }

    fn update_from_arg_matches_mut(&mut self, matches: &mut ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches_mut(matches)
    }
}

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(|command| described(command, T::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|command| described(command, T::augment_args_for_update))
    }
}

/// Describes a subcommand as if that had been done at once.
///
/// By now it has its summary, which the arguments' own documentation would replace, and the
/// options of every command, which help shows behind its own.
fn described(command: Command, describe: fn(Command) -> Command) -> Command {
    let about = Resettable::from(command.get_about().cloned());
    let long_about = Resettable::from(command.get_long_about().cloned());
    let shared: Vec<Id> = command
        .get_arguments()
        .map(|arg| arg.get_id().clone())
        .collect();
    let mut command = describe(command).about(about).long_about(long_about);
    for id in shared {
        // An argument that is changed becomes the last one.
        command = command.mut_arg(id, |arg| arg);
    }
    command
}
