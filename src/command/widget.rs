//! `chatkit widget`: looks at widgets without a backend.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Context, input};
use crate::byte_order_mark;
use crate::check::{wrong_actions_of, wrong_props_of};
use crate::error::{Error, Result};
use crate::options::Deferred;
use crate::render::{Look, widget};
use crate::repl::Sight;
use crate::template::widget_file;

/// What to do with a widget.
#[derive(Debug, Subcommand)]
pub enum WidgetCommand {
    /// Draw a .widget file, a widget's JSON or a widget item in the terminal
    Show(Deferred<ShowArgs>),
}

/// Which widget, with which data.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit widget show order.widget
  chatkit widget show order.widget --data '{\"total\": 12}'
  chatkit widget show order.widget --data @order.json --json
  chatkit thread items thr_1 --json | jq '.data[-1]' | chatkit widget show -")]
pub struct ShowArgs {
    /// The file; - reads stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The data of a .widget file's template, as JSON or @FILE; its own preview if not given
    #[arg(long, value_name = "JSON|@FILE")]
    data: Option<String>,

    /// How many columns to draw in, instead of as many as there are
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(1..))]
    width: Option<u16>,
}

/// Runs what was asked for.
///
/// # Errors
/// Whatever the subcommand says.
pub async fn run(command: WidgetCommand, context: Context<'_>) -> Result<()> {
    match command {
        WidgetCommand::Show(args) => show(*args.0, context).await,
    }
}

async fn show(args: ShowArgs, context: Context<'_>) -> Result<()> {
    let name = args.file.display().to_string();
    let text = if name == "-" {
        input::stdin_text(&context.cancel).await?
    } else {
        read(&name)?
    };
    let document = parse(&name, &text)?;
    let data = match args.data.as_deref() {
        Some(given) => Some(match given.strip_prefix('@') {
            Some(file) => parse(file, &read(file)?)?,
            None => parse("--data", given)?,
        }),
        None => None,
    };
    let wrong = |fault: widget_file::Fault| Error::usage(format!("{name}: {fault}"));
    let built = widget_file::build(document, data).map_err(wrong)?;
    let component = widget_file::widget(built.clone()).map_err(wrong)?;
    // What is drawn is what can be made of it, and clients may leave the whole out.
    for wrong in wrong_props_of(&built).chain(wrong_actions_of(&built)) {
        context.ui.warn(&wrong);
    }
    if context.ui.is_json() {
        return context.ui.json(&built);
    }
    let look = look(&context, args.width);
    context.ui.drawn(&widget::render(&component, &look).text)
}

/// Off a terminal the widget is drawn as well: that is what was asked for, and there is no other
/// text of it that a file would rather hold.
fn look(context: &Context<'_>, width: Option<u16>) -> Look {
    let sight = Sight::of(&context.around.vars, context.ui.has_color());
    let look = if context.ui.out_is_terminal() {
        sight.look()
    } else {
        Look {
            width: 80,
            links: false,
            unicode: true,
            ..sight.look()
        }
    };
    look.with_width(width.map_or(look.width, usize::from))
}

fn read(name: &str) -> Result<String> {
    byte_order_mark::read(name)
        .map_err(|error| Error::usage(format!("cannot read {name}: {error}")))
}

fn parse(name: &str, text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| {
        let told = error.to_string();
        Error::usage(if told.starts_with("recursion limit") {
            format!("{name} is nested too deeply: {told}")
        } else {
            format!("{name} is not JSON: {told}")
        })
    })
}
