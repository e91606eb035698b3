//! Sends the requests of a check and writes down what comes back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use super::body::BodyReader;
use super::evidence::Fold;
use super::evidence::{Budget, End, Exchange, Frame, Head, Purpose};
use super::reply::Reply;
use crate::cancel::Cancel;
use crate::client::{self, Backend, HeaderValue, Patience, RawAnswer, RawEnd, RawRequest};
use crate::error::{Error, Result};
use crate::protocol::ThreadId;

/// How much longer than its budget a backend gets for the head of an answer: it tells one that is
/// slow from one that is not there.
const LATE: Duration = Duration::from_secs(3);

/// How long the name of a thread is waited for that is being made when we are told to stop.
const NAMING: Duration = Duration::from_secs(3);

/// Sends requests to one backend; several may be under way.
pub struct Wire<'a> {
    /// The backend.
    pub backend: &'a Backend,
    /// The wish to stop.
    pub cancel: &'a Cancel,
    /// What the backend is allowed to take.
    pub budget: Budget,
    start: Instant,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    sent: usize,
    exchanges: Vec<Exchange>,
    /// The threads that were made and not deleted.
    threads: Vec<ThreadId>,
    patience: Patience,
}

/// What a wire saw.
#[derive(Debug)]
pub struct Log {
    /// What was answered, in the order in which it was asked for.
    pub exchanges: Vec<Exchange>,
    /// What was refused because too much was asked.
    pub limited: Vec<Exchange>,
    /// How long was waited for that reason.
    pub patience: Patience,
}

/// A request and why it is sent.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Why.
    pub purpose: Purpose,
    /// What.
    pub request: RawRequest,
    /// When to leave, though there might be more.
    pub leave: Option<fn(&[Frame]) -> bool>,
}

impl Ask {
    /// An operation that is to be carried out.
    pub fn operation(kind: &str, params: &Value) -> Self {
        let body = json!({"type": kind, "params": params}).to_string();
        Self::raw(Purpose::Use, RawRequest::json(body))
    }

    /// Any request.
    pub fn raw(purpose: Purpose, request: RawRequest) -> Self {
        Self {
            purpose,
            request,
            leave: None,
        }
    }

    /// The same for another purpose.
    pub fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }
}

impl<'a> Wire<'a> {
    /// A wire to a backend; the clock of the evidence starts now.
    pub fn new(backend: &'a Backend, budget: Budget, cancel: &'a Cancel) -> Self {
        Self {
            backend,
            cancel,
            budget,
            start: Instant::now(),
            book: Mutex::default(),
        }
    }

    /// The same for somebody who waits for one line.
    pub fn in_haste(self) -> Self {
        self.book().patience = Patience::short();
        self
    }

    /// Sends an operation that is to be carried out.
    ///
    /// # Errors
    /// [`Error::Interrupted`] only: whatever else goes wrong is evidence.
    pub async fn run(&self, kind: &str, params: &Value) -> Result<Reply> {
        self.ask(Ask::operation(kind, params)).await
    }

    /// Sends a request and reads its answer to the end; sends it again while the backend says that
    /// it is asked too much, which means that nothing was done.
    ///
    /// # Errors
    /// [`Error::Interrupted`] only.
    pub async fn ask(&self, ask: Ask) -> Result<Reply> {
        let number = {
            let mut book = self.book();
            book.sent += 1;
            book.sent
        };
        loop {
            let (exchange, error) = self.exchange(number, ask.clone()).await?;
            let wait = {
                let retry_after = exchange.header("retry-after");
                self.book().patience.wait(exchange.status(), retry_after)
            };
            let Some(wait) = wait else {
                let reply = Reply::of(&exchange, error);
                self.note_deletion(&exchange);
                self.book().exchanges.push(exchange);
                return Ok(reply);
            };
            tokio::select! {
                biased;
                () = self.cancel.requested() => return Err(Error::Interrupted),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One request and its answer; the error is why there was none.
    async fn exchange(&self, number: usize, ask: Ask) -> Result<(Exchange, Option<Error>)> {
        let mut exchange = exchange(number, &ask, self.since(Instant::now()));
        let makes = exchange.kind == "threads.create";
        // In a box, because what asks is many futures deep and holds several of these.
        let asked = Box::pin(self.send_and_read(ask, &mut exchange));
        let error = if makes {
            self.until_named(asked).await
        } else {
            asked.await
        }?;
        exchange.ended = self.since(Instant::now());
        Ok((exchange, error))
    }

    /// Writes down an exchange that something else made.
    pub fn write_down(&self, fill: impl FnOnce(&mut Exchange)) {
        let mut book = self.book();
        book.sent += 1;
        let ask = Ask::raw(Purpose::Use, RawRequest::json(Bytes::new()));
        let mut exchange = exchange(book.sent, &ask, self.since(Instant::now()));
        fill(&mut exchange);
        exchange.ended = self.since(Instant::now());
        book.exchanges.push(exchange);
    }

    /// The threads that were made and not deleted yet.
    pub fn leftovers(&self) -> Vec<ThreadId> {
        self.book().threads.clone()
    }

    /// Whether an answer ever came to its end.
    pub fn is_answered(&self) -> bool {
        let book = self.book();
        book.exchanges.iter().any(|it| it.end == End::Complete)
    }

    /// Notes that a thread is gone.
    pub fn forget(&self, id: &str) {
        let mut book = self.book();
        book.threads.retain(|thread| thread.as_str() != id);
    }

    /// What was seen.
    pub fn into_log(self) -> Log {
        let book = self
            .book
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let mut exchanges = book.exchanges;
        exchanges.sort_by_key(|exchange| exchange.number);
        let (limited, exchanges) = exchanges.into_iter().partition(Exchange::is_limited);
        Log {
            exchanges,
            limited,
            patience: book.patience,
        }
    }

    /// The error is why there was no answer.
    async fn send_and_read(&self, ask: Ask, exchange: &mut Exchange) -> Result<Option<Error>> {
        // Who makes a thread is not stopped before it is known which one.
        let never = Cancel::new();
        let makes = exchange.kind == "threads.create";
        let cancel = if makes { &never } else { self.cancel };
        match self.send(ask.request, cancel).await {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Err(error) => {
                exchange.end = End::Unreached(error.to_string());
                Ok(Some(error))
            }
            Ok(answer) => {
                let read = self.read(answer, exchange, ask.leave, cancel).await;
                self.note_thread(exchange);
                read.map(|()| None)
            }
        }
    }

    /// Goes on for a while after we were told to stop.
    async fn until_named<T>(&self, asked: impl Future<Output = Result<T>>) -> Result<T> {
        let patience = async {
            self.cancel.requested().await;
            tokio::time::sleep(NAMING).await;
        };
        tokio::select! {
            done = asked => done,
            () = patience => Err(Error::Interrupted),
        }
    }

    /// Waits for the head of the answer a little longer than for a whole turn.
    async fn send(&self, mut request: RawRequest, cancel: &Cancel) -> Result<RawAnswer> {
        // Without the header an answer might be encoded in any way (RFC 9110, 12.5.3).
        let encoding = request.headers.entry("accept-encoding");
        encoding.or_insert(HeaderValue::from_static("identity"));
        let limit = self.budget.turn;
        let sent = tokio::time::timeout(limit + LATE, self.backend.raw(request, cancel)).await;
        sent.unwrap_or_else(|_| {
            Err(Error::TimedOut {
                url: self.backend.describe(),
                seconds: limit.as_secs_f64(),
            })
        })
    }

    async fn read(
        &self,
        mut answer: RawAnswer,
        exchange: &mut Exchange,
        leave: Option<fn(&[Frame]) -> bool>,
        mut cancel: &Cancel,
    ) -> Result<()> {
        exchange.head = Some(self.head(&answer.head));
        exchange.is_resent = answer.is_resent;
        let mut body = BodyReader::new(exchange.head.as_ref());
        exchange.end = loop {
            let spent = self.since(Instant::now()).saturating_sub(exchange.sent);
            let left = self.budget.turn.saturating_sub(spent);
            if left.is_zero() {
                break End::TooLong;
            }
            let bytes = match answer.next(left, cancel).await {
                Ok(bytes) => bytes,
                Err(RawEnd::Complete) => break body.end(),
                Err(RawEnd::Cut(reason)) => break End::Cut(reason),
                Err(RawEnd::Stopped(Error::Interrupted)) => {
                    exchange.frames = body.frames;
                    exchange.fold = Fold::of(&exchange.frames);
                    return Err(Error::Interrupted);
                }
                Err(RawEnd::Stopped(_))
                    if self.since(Instant::now()).saturating_sub(exchange.sent)
                        >= self.budget.turn =>
                {
                    break End::TooLong;
                }
                Err(RawEnd::Stopped(_)) => break End::Silent,
            };
            body.feed(&bytes, self.since(Instant::now()));
            if body.names_a_thread() {
                cancel = self.cancel;
            }
            if let Some(end) = body.limit() {
                break end;
            }
            if leave.is_some_and(|leave| leave(&body.frames)) {
                break End::Left;
            }
        };
        // The connection is closed here, which is how a backend learns that we left.
        drop(answer);
        body.finish(exchange);
        Ok(())
    }

    fn head(&self, head: &client::Head) -> Head {
        let text = |value: &client::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into();
        let headers = head.headers.iter();
        Head {
            status: head.status,
            headers: headers
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
            at: self.since(head.answered),
        }
    }

    fn note_thread(&self, exchange: &Exchange) {
        if exchange.kind != "threads.create" || !exchange.is_success() {
            return;
        }
        if let Some(thread) = exchange.fold.thread() {
            self.book().threads.push(thread);
        }
    }

    fn note_deletion(&self, exchange: &Exchange) {
        let is_own = !matches!(exchange.purpose, Purpose::Stranger | Purpose::NoCredentials);
        if exchange.kind == "threads.delete" && exchange.is_success() && is_own {
            self.forget(exchange.param("thread_id").unwrap_or_default());
        }
    }

    fn since(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.start)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // What panicked cannot have left the book half written.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn exchange(number: usize, ask: &Ask, sent: Duration) -> Exchange {
    Exchange {
        number,
        purpose: ask.purpose.clone(),
        method: ask.request.method.name().to_owned(),
        sent,
        ended: sent,
        ..Exchange::asked(ask.request.body.clone())
    }
}
