//! Answers out of a recording: what was asked once is answered again as it was.

mod answer;
mod asked;
mod layer;

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use url::Url;

use self::asked::Asked;
pub(super) use self::layer::layer;
use super::proxy::{Forward, Upstream, Writing};
use crate::cassette::{self, Played, Recorder, Redactor};
use crate::error::{Error, Result};
use crate::protocol::Operation;

/// What a replay is started with.
#[derive(Clone, Debug)]
pub struct ReplayConfig {
    /// The recording.
    pub path: PathBuf,
    /// How many times as fast as it was recorded.
    pub speed: f64,
    /// What happens when something is asked that the recording does not have.
    pub on_miss: OnMiss,
    /// What a backend that records anew is told with every request.
    pub headers: HeaderMap,
    /// What is taken out of what is recorded anew.
    pub redactor: Redactor,
}

/// What happens when something is asked that the recording does not have.
#[derive(Clone, Debug)]
pub enum OnMiss {
    /// It is passed on to this backend, and added to the recording.
    Record(Url),
    /// The mock answers by itself.
    Showcase,
    /// It is refused.
    Refuse,
}

/// A recording that is being answered from.
pub struct Replay {
    tapes: Mutex<Tapes>,
    speed: f64,
    miss: Miss,
}

/// The recorded exchanges, in order, and those of each kind of request.
struct Tapes {
    all: Vec<Tape>,
    by_kind: HashMap<String, Vec<usize>>,
    /// The path that operations were recorded at.
    endpoint: Option<String>,
}

struct Tape {
    asked: Asked,
    played: Arc<Played>,
    was_used: bool,
}

enum Miss {
    Record(Box<Forward>, Mutex<Option<Writing>>),
    Showcase,
    Refuse,
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").finish_non_exhaustive()
    }
}

impl Replay {
    /// Reads the recording.
    ///
    /// # Errors
    /// It is none, or cannot be added to where it is to be.
    pub fn open(config: &ReplayConfig, address: SocketAddr) -> Result<Self> {
        let mut played = Vec::new();
        for exchange in cassette::exchanges(cassette::open(&config.path)?) {
            played.push(exchange?);
        }
        played.sort_by_key(|exchange| exchange.number);
        let tapes = Tapes::new(played);
        if matches!(config.on_miss, OnMiss::Refuse) && tapes.are_exported() {
            return Err(Error::usage_hint(
                format!(
                    "{} holds threads and no turn, as 'chatkit thread export' writes it; there is \
                     nothing in it to answer a message with",
                    config.path.display()
                ),
                "put the threads into a store with 'chatkit thread import FILE --store \
                 sqlite:chat.db', and serve that with 'chatkit serve --mock --store \
                 sqlite:chat.db'; to answer all else by the showcase, add --on-miss showcase",
            ));
        }
        let miss = match &config.on_miss {
            OnMiss::Showcase => Miss::Showcase,
            OnMiss::Refuse => Miss::Refuse,
            OnMiss::Record(upstream) => {
                let upstream = Upstream::new(upstream)?;
                let recorder = Recorder::extend(&config.path, config.redactor.clone())?;
                let writing = Writing::start(recorder);
                let forward = Forward::new(upstream, address, Some(writing.notes()))?;
                let forward = forward.telling(config.headers.clone());
                Miss::Record(Box::new(forward), Mutex::new(Some(writing)))
            }
        };
        Ok(Self {
            tapes: Mutex::new(tapes),
            speed: config.speed,
            miss,
        })
    }

    /// What was recorded and never asked for, in words.
    pub fn never_asked(&self) -> Vec<String> {
        let tapes = self.tapes.lock().unwrap_or_else(PoisonError::into_inner);
        let unused = tapes.all.iter().filter(|tape| !tape.was_used);
        unused
            .map(|tape| format!("exchange {}: {}", tape.played.number, tape.asked))
            .collect()
    }

    /// Writes what was recorded anew, if anything was to be.
    ///
    /// # Errors
    /// The recording cannot be written.
    pub async fn finish(&self) -> Result<()> {
        let Miss::Record(_, writing) = &self.miss else {
            return Ok(());
        };
        let writing = writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match writing {
            Some(writing) => writing.finish().await,
            None => Ok(()),
        }
    }

    /// The recorded exchange that answers this, or how the nearest one differs.
    fn find(&self, asked: &Asked) -> Result<Arc<Played>, String> {
        let mut tapes = self.tapes.lock().unwrap_or_else(PoisonError::into_inner);
        tapes.find(asked)
    }

    fn endpoint(&self) -> Option<String> {
        let tapes = self.tapes.lock().unwrap_or_else(PoisonError::into_inner);
        tapes.endpoint.clone()
    }
}

impl Tapes {
    fn new(played: Vec<Played>) -> Self {
        let endpoint = played.iter().find_map(asked::endpoint);
        let mut tapes = Self {
            all: Vec::new(),
            by_kind: HashMap::new(),
            endpoint,
        };
        for played in played {
            let asked = Asked::recorded(&played, tapes.endpoint.as_deref());
            let of_kind = tapes.by_kind.entry(asked.kind.clone()).or_default();
            of_kind.push(tapes.all.len());
            tapes.all.push(Tape {
                asked,
                played: Arc::new(played),
                was_used: false,
            });
        }
        tapes
    }

    /// Whether they are what an export asks for, and nothing else.
    fn are_exported(&self) -> bool {
        let reads = [Operation::GetThread, Operation::ListItems];
        let mut kinds = self.by_kind.keys();
        let is_read = |kind: &String| reads.iter().any(|read| read.name() == kind);
        !self.all.is_empty() && kinds.all(is_read)
    }

    /// The first that matches and was not used; a read that was used up is read as it was last.
    fn find(&mut self, asked: &Asked) -> Result<Arc<Played>, String> {
        let Some(of_kind) = self.by_kind.get(&asked.kind) else {
            return Err(format!("the recording has no {}", asked.kind));
        };
        let (mut last, mut nearest) = (None, None);
        for &index in of_kind {
            let tape = &self.all[index];
            match tape.asked.difference(asked) {
                None if !tape.was_used => {
                    self.all[index].was_used = true;
                    return Ok(Arc::clone(&self.all[index].played));
                }
                None => last = Some(index),
                Some(path) => {
                    nearest.get_or_insert((self.all[index].played.number, path));
                }
            }
        }
        match (last, nearest) {
            (Some(last), _) if asked.is_read() => Ok(Arc::clone(&self.all[last].played)),
            (Some(_), _) => Err(format!(
                "the recording has this {}, and it was answered already",
                asked.kind
            )),
            (None, Some((number, path))) => Err(format!(
                "the recording has no such {}: exchange {number} differs at {path}",
                asked.kind
            )),
            (None, None) => Err(format!("the recording has no {}", asked.kind)),
        }
    }
}
