//! The server under load: one that runs already, or a mock that is started for the purpose.

use crate::cores::Placement;
use crate::error::{Error, Result};
use crate::process::Mock;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

/// Options of every measurement that needs a server.
#[derive(clap::Args)]
pub struct TargetArgs {
    /// Load this server instead of starting one, e.g. <http://127.0.0.1:8000/chatkit>
    #[arg(long, value_name = "URL")]
    url: Option<String>,

    /// The process behind --url, for its CPU time and memory
    #[arg(long, value_name = "PID", requires = "url")]
    pid: Option<u32>,

    /// Where the mock that is started here keeps its threads, as sqlite:FILE or postgres://…
    #[arg(
        long,
        value_name = "STORE",
        default_value = "memory",
        conflicts_with = "url"
    )]
    store: String,

    #[command(flatten)]
    binary: BinaryArgs,
}

/// Options of every measurement that starts a program.
#[derive(clap::Args)]
pub struct BinaryArgs {
    /// Start this program instead of the one that Cargo has just built
    #[arg(long, value_name = "FILE", default_value = env!("CARGO_BIN_EXE_chatkit"), hide_default_value = true)]
    pub binary: PathBuf,

    /// Leave the choice of cores to the system
    #[arg(long)]
    unpinned: bool,
}

impl BinaryArgs {
    pub fn placement(&self) -> Placement {
        Placement::settle(!self.unpinned)
    }
}

pub struct Target {
    pub address: SocketAddr,
    path: String,
    pub pid: Option<u32>,
    placement: Placement,
    /// Held so that it lives as long as the run.
    mock: Option<Mock>,
}

impl Target {
    /// `pace` is what a mock that is started here puts between two deltas.
    pub fn open(args: &TargetArgs, pace: Duration) -> Result<Self> {
        let placement = args.binary.placement();
        let Some(url) = &args.url else {
            let mock = Mock::start(&args.binary.binary, pace, &args.store, placement)?;
            return Self::of(mock, placement);
        };
        let (address, path) = parse_url(url)?;
        Ok(Self {
            address,
            path,
            pid: args.pid,
            placement,
            mock: None,
        })
    }

    /// A server that was started here.
    pub fn of(mock: Mock, placement: Placement) -> Result<Self> {
        let (address, _) = parse_url(&mock.base)?;
        Ok(Self {
            address,
            path: "/chatkit".to_owned(),
            pid: Some(mock.pid()),
            placement,
            mock: Some(mock),
        })
    }

    /// The bytes of a POST of this body, made once and sent many times.
    pub fn post(&self, body: &str) -> Vec<u8> {
        format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
             accept: text/event-stream\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            self.address,
            body.len(),
        )
        .into_bytes()
    }

    pub fn placement(&self) -> &'static str {
        self.placement.sentence(self.mock.is_some())
    }
}

/// The address and the path of an `http` URL on loopback: a load generator that could be aimed
/// at somebody else's machine would one day be.
pub fn parse_url(url: &str) -> Result<(SocketAddr, String)> {
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| Error::new(format!("{url}: only http:// can be loaded")))?;
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, "/"),
    };
    let address = authority
        .to_socket_addrs()
        .map_err(Error::doing(url))?
        // A name such as localhost may stand for two addresses; servers listen on the older.
        .min_by_key(SocketAddr::is_ipv6)
        .ok_or_else(|| Error::new(format!("{url}: no such host")))?;
    if !address.ip().is_loopback() {
        return Err(Error::new(format!(
            "{url}: only a loopback address can be loaded"
        )));
    }
    Ok((address, path.to_owned()))
}
