//! How a mock is set up.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::fault::Fault;
use super::flaw::Flaw;
use super::replay::Replay;
use super::scenario::Scenario;
use crate::store::StoreUrl;

/// What a mock is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// The time between two deltas of a streamed text.
    pub pace: Duration,
    /// Makes ids, order and times repeat exactly.
    pub seed: Option<u64>,
    /// What `/chatkit` asks for as a bearer token; without one it is open.
    pub token: Option<SecretString>,
    /// The one API key that is good; without one, any that is not empty.
    pub api_key: Option<SecretString>,
    /// Names under which the server may be asked for, beyond its own addresses.
    pub allowed_hosts: Vec<String>,
    /// Who may steer the mock through `/__mock`.
    pub steering: Steering,
    /// What is broken on purpose.
    pub faults: Vec<Fault>,
    /// Where threads are kept.
    pub store: StoreUrl,
    /// Whose threads `/chatkit` shows; without one, those of [`LOCAL_USER`].
    pub user: Option<String>,
    /// What is answered by rules; without one, everything is the showcase's.
    pub scenario: Option<Arc<Scenario>>,
    /// Refuse what no rule of the scenario matches, instead of showing the showcase.
    pub strict: bool,
    /// The recording that is answered from.
    pub replay: Option<Arc<Replay>>,
    /// A mistake that is made on purpose.
    pub flaw: Option<Flaw>,
}

/// Who may steer a mock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Steering {
    /// Programs on this machine, and the mock's own page.
    #[default]
    Loopback,
    /// Whoever reaches the mock, except for the pages of others.
    Open,
}

/// The port that the official guides point a frontend at.
pub const DEFAULT_PORT: u16 = 8000;

/// Whose threads `/chatkit` shows where nothing else is said.
pub const LOCAL_USER: &str = "local";

/// The time between two deltas where none is given.
pub const DEFAULT_PACE: Duration = Duration::from_millis(15);

impl Default for Config {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), DEFAULT_PORT),
            pace: DEFAULT_PACE,
            seed: None,
            token: None,
            api_key: None,
            allowed_hosts: Vec::new(),
            steering: Steering::default(),
            faults: Vec::new(),
            store: StoreUrl::default(),
            user: None,
            scenario: None,
            strict: false,
            replay: None,
            flaw: None,
        }
    }
}
