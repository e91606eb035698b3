//! Reads a streamed body ahead of whoever wants it, within bounds.
//!
//! Most servers send every event as a chunk of its own, and the HTTP library hands over one chunk
//! at a time: without a reader of its own next to the connection each event would cost two changes
//! of thread (measured: a million deltas took 12 s instead of one).

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Sleep;
use tokio_util::task::AbortOnDropHandle;

use super::body::{Body, Stop};
use crate::cancel::Cancel;
use crate::error::Error;

/// How much is read ahead before the server has to wait, in bytes.
pub(super) const AHEAD: usize = 256 * 1024;

/// A body that is being read; dropping it closes the connection.
pub(super) struct Pump {
    /// What was taken from the pipe at once, so that its lock is rarely needed.
    taken: VecDeque<Arrival>,
    pipe: Arc<Pipe>,
    _reader: AbortOnDropHandle<()>,
}

/// Some bytes of the body, and when they came.
pub(super) struct Arrival {
    pub bytes: Bytes,
    pub at: Instant,
}

#[derive(Default)]
struct Pipe {
    state: Mutex<State>,
    filled: Notify,
    drained: Notify,
}

#[derive(Default)]
struct State {
    arrivals: VecDeque<Arrival>,
    bytes: usize,
    /// Why nothing more comes: an orderly end, or a stop.
    end: Option<Result<(), Stop>>,
}

impl Pump {
    pub(super) fn start(body: Body) -> Self {
        let pipe = Arc::<Pipe>::default();
        let reader = tokio::spawn(read(body, pipe.clone()));
        Self {
            taken: VecDeque::new(),
            pipe,
            _reader: AbortOnDropHandle::new(reader),
        }
    }

    /// The next bytes; `None` at an orderly end. After an end or a stop it is not asked again.
    pub(super) async fn next(&mut self, cancel: &Cancel) -> Result<Option<Arrival>, Stop> {
        loop {
            if let Some(arrival) = self.ready() {
                return Ok(Some(arrival));
            }
            if let Some(end) = self.pipe.lock().end.take() {
                return end.map(|()| None);
            }
            tokio::select! {
                biased;
                () = cancel.requested() => return Err(Stop::Ours(Error::Interrupted)),
                () = self.pipe.filled.notified() => {}
            }
        }
    }

    /// The next bytes, if they have come already.
    pub(super) fn ready(&mut self) -> Option<Arrival> {
        if self.taken.is_empty() {
            self.take();
        }
        self.taken.pop_front()
    }

    /// How many bytes wait in the pipe.
    #[cfg(test)]
    pub(super) fn ahead(&self) -> usize {
        self.pipe.lock().bytes
    }

    /// Takes all that has come.
    fn take(&mut self) {
        let mut state = self.pipe.lock();
        if !state.arrivals.is_empty() {
            std::mem::swap(&mut self.taken, &mut state.arrivals);
            state.bytes = 0;
            self.pipe.drained.notify_one();
        }
    }
}

impl Pipe {
    /// Adds bytes that came just now and says whether there is room for more.
    ///
    /// Only the first of several wakes the other side: whoever wakes takes all that is there.
    fn add(&self, bytes: Bytes, at: Instant) -> bool {
        let mut state = self.lock();
        state.bytes += bytes.len();
        let is_first = state.arrivals.is_empty();
        state.arrivals.push_back(Arrival { bytes, at });
        let has_room = state.bytes < AHEAD;
        drop(state);
        if is_first {
            self.filled.notify_one();
        }
        has_room
    }

    fn end(&self, end: Result<(), Stop>) {
        self.lock().end = Some(end);
        self.filled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What panicked cannot have left the queue half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(mut body: Body, pipe: Arc<Pipe>) {
    let mut silence = Silence::new(body.timeout);
    loop {
        let chunk = tokio::select! {
            biased;
            chunk = body.next() => Some(chunk),
            () = silence.is_too_long() => None,
        };
        let chunk = chunk.unwrap_or_else(|| Err(Stop::Ours(body.timed_out())));
        let bytes = match chunk {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return pipe.end(Ok(())),
            Err(stop) => return pipe.end(Err(stop)),
        };
        let now = Instant::now();
        silence.since = now;
        if !pipe.add(bytes, now) {
            pipe.drained.notified().await;
            // The wait was ours, and no silence of the server's.
            silence.since = Instant::now();
        }
    }
}

/// Measures how long nothing came; one timer serves the whole stream, because setting one for
/// every chunk costs as much as reading it.
struct Silence {
    limit: Duration,
    since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Silence {
    fn new(limit: Duration) -> Self {
        Self {
            limit,
            since: Instant::now(),
            timer: Box::pin(tokio::time::sleep(limit)),
        }
    }

    async fn is_too_long(&mut self) {
        loop {
            self.timer.as_mut().await;
            let left = self.limit.saturating_sub(self.since.elapsed());
            if left.is_zero() {
                return;
            }
            self.timer.set(tokio::time::sleep(left));
        }
    }
}
