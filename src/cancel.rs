//! The wish to stop, as a value that is passed down: only `main` knows of Ctrl-C.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// A wish to stop that anyone can wait for; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    requested: AtomicBool,
    notify: Notify,
}

impl Cancel {
    /// A wish that nobody has uttered yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Utters the wish; it stays uttered.
    pub fn request(&self) {
        self.shared.requested.store(true, Ordering::SeqCst);
        self.shared.notify.notify_waiters();
    }

    /// Whether the wish was uttered.
    pub fn is_requested(&self) -> bool {
        self.shared.requested.load(Ordering::SeqCst)
    }

    /// Waits for the wish.
    pub async fn requested(&self) {
        let notified = self.shared.notify.notified();
        tokio::pin!(notified);
        // Registering before looking closes the gap in which a request would be missed.
        notified.as_mut().enable();
        if !self.is_requested() {
            notified.await;
        }
    }
}

/// Each Ctrl-C as it happens, for whoever gives it a smaller meaning than the end of the process.
///
/// It has that meaning only while somebody listens: nobody can be locked out of leaving by a
/// command that is busy with something else.
#[derive(Clone, Debug, Default)]
pub struct Interrupts {
    heard: Arc<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    listeners: AtomicUsize,
    notify: Notify,
}

/// One of those who listen, for as long as it lives.
struct Listener<'a>(&'a Heard);

impl Interrupts {
    /// A source that has not sounded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ctrl-C was pressed. Returns whether anyone listens.
    pub fn sound(&self) -> bool {
        let listens = self.heard.listeners.load(Ordering::SeqCst) > 0;
        if listens {
            self.heard.notify.notify_waiters();
        }
        listens
    }

    /// Waits for the next Ctrl-C.
    pub async fn next(&self) {
        let _listener = Listener::of(&self.heard);
        self.heard.notify.notified().await;
    }

    /// Does something that Ctrl-C stops, and that only; `whole` is the wish to stop everything.
    ///
    /// A second Ctrl-C is not listened to any more, so that it reaches the process.
    pub async fn stoppable<F: Future>(
        &self,
        whole: &Cancel,
        work: impl FnOnce(Cancel) -> F,
    ) -> F::Output {
        let cancel = Cancel::new();
        let mut work = pin!(work(cancel.clone()));
        tokio::select! {
            biased;
            () = self.next() => {}
            () = whole.requested() => {}
            done = &mut work => return done,
        }
        cancel.request();
        work.await
    }
}

impl<'a> Listener<'a> {
    fn of(heard: &'a Heard) -> Self {
        heard.listeners.fetch_add(1, Ordering::SeqCst);
        Self(heard)
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        self.0.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wish_reaches_those_who_wait_and_those_who_come_later() {
        let cancel = Cancel::new();
        let waiting = tokio::spawn({
            let cancel = cancel.clone();
            async move { cancel.requested().await }
        });
        tokio::task::yield_now().await;
        cancel.request();
        waiting.await.unwrap();
        cancel.requested().await;
        assert!(cancel.is_requested());
    }

    #[tokio::test]
    async fn ctrl_c_stops_the_work_that_listens_and_nothing_else() {
        let (interrupts, whole) = (Interrupts::new(), Cancel::new());
        assert!(!interrupts.sound(), "nobody listens yet");
        let stopped = interrupts.stoppable(&whole, async |cancel| {
            tokio::task::yield_now().await;
            assert!(interrupts.sound());
            cancel.requested().await;
            "stopped"
        });
        assert_eq!(stopped.await, "stopped");
        assert!(!whole.is_requested());
        assert!(!interrupts.sound(), "nobody listens any more");
    }
}
