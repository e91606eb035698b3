//! `chatkit serve`: a local backend for a frontend, until it is told to stop.

mod background;
mod fault;
mod pid_file;
mod proxy;
mod replay;
mod scenario;
mod stop;
mod store;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use secrecy::SecretString;
use serde::Serialize;

use self::background::{BackgroundArgs, Presence};
use self::fault::FaultArgs;
use self::proxy::ProxyArgs;
use self::replay::ReplayArgs;
use self::scenario::{ScenarioArgs, Watch};
use self::store::StoreArgs;
use crate::cancel::Cancel;
use crate::command::Context;
use crate::error::{Error, Result};
use crate::options;
use crate::server::{Config, DEFAULT_PORT, Flaw, Mock, Steering};
use crate::ui::{Style, Ui};

/// The time between two pieces of a streamed text where none is given.
const PACE: Duration = Duration::from_millis(15);

/// What is served, and where.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  chatkit serve --mock                       a frontend's backend at http://127.0.0.1:8000/chatkit
  chatkit serve --mock --port 0 --json       on a free port, told in the first line of stdout
  chatkit serve --mock --pace 0 --seed 1     as fast as it goes, and the same every time
  chatkit serve --mock --store sqlite:t.db   threads outlive the server, in a file
  chatkit serve --mock --background --wait   in the background, when it answers
  chatkit serve --stop                       ends that one
  chatkit serve --mock --fault stall=5s      falls silent in the middle of every answer
  chatkit serve --mock --scenario shop.yaml  answers by the rules of a file
  chatkit serve --proxy http://localhost:8001/chatkit --record talk.jsonl
                                             passes everything on to a backend, and records it
  chatkit serve --mock --replay talk.jsonl   answers as that backend did

With --user, /chatkit shows the threads of that user of the store.
Send 'show WORD' to the mock to see a state of the UI; any other text is answered with the words.
The hosted API is at /v1, so OPENAI_BASE_URL=http://127.0.0.1:8000/v1 points an SDK here.")]
pub struct ServeArgs {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_parser = host)]
    host: IpAddr,

    /// The port to listen on, 8000 by default; 0 takes a free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// The time between two pieces of a streamed text, 15ms by default; 0 is as fast as it goes
    #[arg(long, value_name = "TIME", value_parser = pace)]
    pace: Option<Duration>,

    /// Make ids, order and times repeat exactly, but for the time at which a hosted session expires
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Ask for this bearer token at /chatkit, which is open without it
    #[arg(long, value_name = "TOKEN", value_parser = key)]
    token: Option<SecretString>,

    /// Take this API key only; without it, any that is not empty is good
    #[arg(long, value_name = "KEY", value_parser = key)]
    api_key: Option<SecretString>,

    /// Let itself be asked under this name too (repeatable)
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,

    /// Let other machines steer the mock through /__mock too
    #[arg(long)]
    admin_open: bool,

    /// Where threads are kept.
    #[command(flatten)]
    store: StoreArgs,

    /// Break one rule of 'chatkit check' on purpose, by its id
    #[arg(long = "break", value_name = "RULE")]
    flaw: Option<Flaw>,

    /// Whether it stays in this process.
    #[command(flatten)]
    background: BackgroundArgs,

    /// What is broken on purpose.
    #[command(flatten)]
    fault: FaultArgs,

    /// What is answered by rules.
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// What real backend stands behind.
    #[command(flatten)]
    proxy: ProxyArgs,

    /// What recording is answered from.
    #[command(flatten)]
    replay: ReplayArgs,
}

/// The first line of `--json`.
#[derive(Serialize)]
struct Listening<'a> {
    event: &'static str,
    url: &'a str,
}

/// Serves until it is told to stop.
///
/// # Errors
/// Wrong usage: nothing to serve, an address that is taken, a store that cannot be used. A store
/// that cannot be reached.
pub async fn run(args: ServeArgs, context: Context<'_>) -> Result<()> {
    if args.fault.list_faults {
        return fault::list(context.ui);
    }
    args.fault.check()?;
    if args.background.stop {
        return stop::stop(&args.background, args.port, context).await;
    }
    let is_proxy = args.proxy.is_asked_for() && !args.replay.is_asked_for();
    if is_proxy {
        args.refuse_for_a_proxy(context.global.target.user.is_some())?;
    }
    args.proxy.refuse_idle(args.replay.is_asked_for())?;
    if !context.global.target.mock && !args.proxy.is_asked_for() {
        return Err(Error::usage_hint(
            "nothing to serve",
            "start a mock with 'chatkit serve --mock', or name a backend with --proxy URL",
        ));
    }
    if args.background.leaves(&context.around) {
        return background::start(&args.background, args.port(), context).await;
    }
    Presence::detach(&args.background);
    if is_proxy {
        return proxy::serve(&args, context).await;
    }
    let watch = args.scenario.read(context.ui, &context.cancel).await?;
    let replay = replay::open(&args, &context.global.request.headers)?;
    let mock = Mock::bind(Config {
        replay: replay.clone(),
        // The flag alone: whoever has a hosted user in the environment did not mean this server.
        user: context.global.target.user.clone(),
        ..args.config(&watch)?
    })
    .await?;
    let _presence = Presence::announce(&args.background, &mock.url(), &context.around)?;
    announce(&mock.url(), context.ui)?;
    serve(mock, watch, &context.cancel, context.ui).await;
    match replay {
        Some(replay) => replay::report(&replay, args.scenario.is_strict(), context.ui).await,
        None => Ok(()),
    }
}

/// Serves, and reads the scenario again when it is saved.
async fn serve(mock: Mock, mut watch: Watch, cancel: &Cancel, ui: &mut Ui) {
    let stage = mock.stage();
    // Whoever asks meanwhile is answered by the scenario from before.
    let reloading = async {
        loop {
            watch.changed().await;
            watch.reload(&stage, ui).await;
        }
    };
    tokio::select! {
        () = mock.run(cancel.clone()) => {}
        () = reloading => {}
    }
}

impl ServeArgs {
    fn port(&self) -> u16 {
        self.port.unwrap_or(DEFAULT_PORT)
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port())
    }

    /// Refuses what a proxy would not look at: whoever asked for a fault or a token and gets none
    /// has tested nothing, or left a door open.
    fn refuse_for_a_proxy(&self, user: bool) -> Result<()> {
        let given = [
            ("--pace", self.pace.is_some()),
            ("--seed", self.seed.is_some()),
            ("--token", self.token.is_some()),
            ("--api-key", self.api_key.is_some()),
            ("--user", user),
            ("--admin-open", self.admin_open),
            ("--store", self.store.is_given()),
            ("--break", self.flaw.is_some()),
            ("--fault", !self.fault.faults().is_empty()),
            ("--scenario", self.scenario.is_given()),
            ("--strict", self.scenario.is_strict()),
        ];
        let given: Vec<_> = given.iter().filter(|it| it.1).map(|it| it.0).collect();
        if given.is_empty() {
            return Ok(());
        }
        Err(Error::usage_hint(
            format!(
                "{} would do nothing: a proxy passes on what its backend answers, as it is",
                given.join(" and ")
            ),
            "leave it out, or start a mock with 'chatkit serve --mock'",
        ))
    }

    fn config(&self, watch: &Watch) -> Result<Config> {
        Ok(Config {
            address: self.address(),
            pace: self.pace.unwrap_or(PACE),
            seed: self.seed,
            token: self.token.clone(),
            api_key: self.api_key.clone(),
            allowed_hosts: self.allow_host.clone(),
            steering: if self.admin_open {
                Steering::Open
            } else {
                Steering::Loopback
            },
            faults: self.fault.faults(),
            store: self.store.url()?,
            user: None,
            scenario: watch.scenario(),
            strict: self.scenario.is_strict(),
            replay: None,
            flaw: self.flaw,
        })
    }
}

fn announce(url: &str, ui: &mut Ui) -> Result<()> {
    if ui.is_json() {
        ui.json(&Listening {
            event: "listening",
            url,
        })?;
    } else {
        ui.line(&format!("listening on {url}"))?;
        ui.note(Style::Plain, &format!("  endpoint    {url}/chatkit"));
        ui.note(Style::Plain, &format!("  hosted API  {url}/v1"));
        ui.note(
            Style::Dim,
            "  say 'show all' to see everything; Ctrl-C stops",
        );
    }
    ui.flush()
}

fn host(text: &str) -> Result<IpAddr, String> {
    if text == "localhost" {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.parse()
        .map_err(|_| "expected an IP address, for example 127.0.0.1 or 0.0.0.0".to_owned())
}

/// An empty one would let nobody in.
fn key(text: &str) -> Result<SecretString, &'static str> {
    match text.trim() {
        "" => Err("it is empty, and would let nobody in; leave the flag out to let everybody in"),
        _ => Ok(text.into()),
    }
}

fn pace(text: &str) -> Result<Duration, String> {
    if matches!(text, "0" | "0ms" | "0s") {
        return Ok(Duration::ZERO);
    }
    options::duration(text)
}
