//! `chatkit serve --proxy`: a recording proxy in front of a real backend.

#![allow(
    clippy::doc_markdown,
    reason = "the doc comments of arguments are the help text, which is no Markdown"
)]

use std::path::PathBuf;

use clap::Args;
use url::Url;

use super::background::Presence;
use super::{Listening, ServeArgs};
use crate::cassette::Redactor;
use crate::command::Context;
use crate::command::connect::http_headers;
use crate::error::{Error, Result};
use crate::options::http_url;
use crate::server::{Proxy, ProxyConfig, Recording};
use crate::ui::{Style, Ui};

/// The real backend, and what is written down of it.
#[derive(Args, Debug)]
#[command(next_help_heading = "Recording")]
pub struct ProxyArgs {
    /// Pass everything on to this backend
    ///
    /// /chatkit here is the address's own path there, and every other path is the same on both
    /// sides. A path that ends with a slash is put before every path instead.
    #[arg(long, value_name = "URL", value_parser = http_url)]
    pub proxy: Option<Url>,

    /// Record what passes to this file, which is there when the proxy has ended
    ///
    /// Until then FILE.partial holds what has passed. Authorization, cookies, keys and client
    /// secrets are taken out.
    #[arg(long, value_name = "FILE", requires = "proxy")]
    pub record: Option<PathBuf>,

    /// Take this out of the recording too: a header or field by its name, or a regular expression
    /// (repeatable)
    #[arg(long, value_name = "NAME|REGEX")]
    redact: Vec<String>,
}

impl ProxyArgs {
    /// Whether a backend is named.
    pub fn is_asked_for(&self) -> bool {
        self.proxy.is_some()
    }

    /// Refuses to take something out of a recording where none is written.
    ///
    /// # Errors
    /// Wrong usage, if that is asked for, or as [`ProxyArgs::redactor`].
    pub fn refuse_idle(&self, is_replay: bool) -> Result<()> {
        self.redactor()?;
        if self.redact.is_empty() || self.record.is_some() || is_replay {
            return Ok(());
        }
        Err(Error::usage_hint(
            "--redact takes something out of a recording, and none is written",
            "add --record FILE, with --proxy",
        ))
    }

    /// What is taken out of a recording.
    ///
    /// # Errors
    /// Wrong usage: what is neither a name nor a regular expression.
    pub fn redactor(&self) -> Result<Redactor> {
        let mut redactors = self.redact.iter();
        redactors.try_fold(Redactor::default(), |redactor, what| redactor.also(what))
    }
}

/// Passes everything on until it is told to stop.
///
/// # Errors
/// Wrong usage, an address that is taken, or a recording that cannot be written.
pub async fn serve(args: &ServeArgs, context: Context<'_>) -> Result<()> {
    if context.global.target.mock {
        return Err(Error::usage("--mock and --proxy exclude each other"));
    }
    let Some(upstream) = args.proxy.proxy.clone() else {
        return Err(Error::usage("no backend is named"));
    };
    let redactor = args.proxy.redactor()?;
    let recording = args.proxy.record.clone();
    let proxy = Proxy::bind(ProxyConfig {
        address: args.address(),
        upstream: upstream.clone(),
        allowed_hosts: args.allow_host.clone(),
        headers: http_headers(&context.global.request.headers)?,
        recording: recording.clone().map(|path| Recording { path, redactor }),
    })
    .await?;
    let _presence = Presence::announce(&args.background, &proxy.url(), &context.around)?;
    announce(&proxy.url(), &upstream, context.ui)?;
    proxy.run(context.cancel).await?;
    if let Some(path) = recording {
        let note = format!("recorded to {}", path.display());
        context.ui.note(Style::Dim, &note);
    }
    Ok(())
}

fn announce(url: &str, upstream: &Url, ui: &mut Ui) -> Result<()> {
    if ui.is_json() {
        ui.json(&Listening {
            event: "listening",
            url,
        })?;
    } else {
        ui.line(&format!("listening on {url}"))?;
        ui.note(Style::Plain, &format!("  endpoint    {url}/chatkit"));
        ui.note(Style::Plain, &format!("  passes to   {upstream}"));
        ui.note(Style::Dim, "  Ctrl-C stops");
    }
    ui.flush()
}
