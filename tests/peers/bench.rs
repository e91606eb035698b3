//! What the tests share: the installed peers, the servers on them, and what a case is.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libtest_mimic::Failed;

use crate::cli::Desk;
use crate::install;
use crate::process::{Server, command};
use crate::scripts::{Report, Script};

/// The peer without which a case cannot run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Python,
    Node,
}

/// What a case does, once.
pub type Body = Box<dyn FnOnce(&Bench) -> Result<(), Failed> + Send>;

/// One test, before it is known whether its peer is there.
pub struct Case {
    pub name: String,
    pub needs: Peer,
    pub run: Body,
}

impl Case {
    /// A case whose body panics when it fails, as tests do.
    pub fn new<F>(name: impl Into<String>, needs: Peer, run: F) -> Self
    where
        F: FnOnce(&Bench) + Send + 'static,
    {
        let run = move |bench: &Bench| {
            run(bench);
            Ok(())
        };
        Self {
            name: name.into(),
            needs,
            run: Box::new(run),
        }
    }
}

/// The server that the tests of the client talk to, and where it writes what it saw.
pub struct Reference {
    server: Server,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

/// The peers of this machine, started when the first test asks for them.
pub struct Bench {
    python: Option<Result<PathBuf, String>>,
    node: Option<Result<PathBuf, String>>,
    names: Vec<String>,
    reference: OnceLock<Reference>,
    node_backend: OnceLock<Server>,
    proper: OnceLock<Server>,
    reports: [OnceLock<Report>; Script::ALL.len()],
}

impl Bench {
    /// Installs what is needed and not there yet. `names` are the tests that will run.
    pub fn prepare(python: bool, node: bool, names: Vec<String>) -> Self {
        Self {
            python: python.then(install::python),
            node: node.then(install::node),
            names,
            reference: OnceLock::new(),
            node_backend: OnceLock::new(),
            proper: OnceLock::new(),
            reports: [const { OnceLock::new() }; Script::ALL.len()],
        }
    }

    /// Why the peer cannot be used here, if so.
    pub fn missing(&self, peer: Peer) -> Option<&str> {
        let installed = match peer {
            Peer::Python => &self.python,
            Peer::Node => &self.node,
        };
        installed.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// The interpreter with the Python peers.
    pub fn python(&self) -> &Path {
        self.python
            .as_ref()
            .expect("a test of a Python peer runs")
            .as_ref()
            .expect("installed")
    }

    /// The folder with the Node peers and the scripts that use them.
    pub fn node(&self) -> &Path {
        self.node
            .as_ref()
            .expect("a test of a Node peer runs")
            .as_ref()
            .expect("installed")
    }

    /// A command line of its own in front of the reference server.
    pub fn desk(&self) -> Desk {
        let reference = self.reference.get_or_init(|| self.start_reference());
        Desk::new(reference.server.url(), Some(reference.log.clone()))
    }

    /// A command line of its own in front of the server on the Node SDK.
    pub fn node_desk(&self) -> Desk {
        let start = || {
            let mut node = command("node");
            node.arg(self.node().join("backend.mjs"));
            Server::start(node)
        };
        Desk::new(self.node_backend.get_or_init(start).url(), None)
    }

    /// Where the shared reference server listens.
    #[cfg(unix)]
    pub fn reference_url(&self) -> &str {
        self.reference.get_or_init(|| self.start_reference()).url()
    }

    /// A new reference server, for a test that wants one to itself.
    pub fn start_reference(&self) -> Reference {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("requests.jsonl");
        let mut python = command(self.python());
        python.arg(install::source("python/reference.py")).arg(&log);
        Reference {
            server: Server::start(python),
            log,
            _folder: folder,
        }
    }

    /// The reference server behind an app that refuses properly.
    pub fn proper_desk(&self) -> Desk {
        let start = || {
            let mut python = command(self.python());
            python.arg(install::source("python/proper.py"));
            Server::start(python)
        };
        Desk::new(self.proper.get_or_init(start).url(), None)
    }

    /// The report of a script, which runs once for all of its cases.
    pub fn report(&self, script: Script) -> &Report {
        self.reports[script as usize].get_or_init(|| script.run(self, &self.names))
    }
}

impl Reference {
    pub fn url(&self) -> &str {
        self.server.url()
    }
}
