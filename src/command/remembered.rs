//! The thread that `--continue` goes on with, when it turns out that the backend has it no more.

use super::Context;
use super::connect::Connection;
use crate::conversation::last::{is_gone, may_be_gone};
use crate::error::Error;
use crate::protocol::ThreadId;

impl Context<'_> {
    /// The thread that is remembered of those who talk to this backend as we do.
    pub(super) fn remembered(&self, connection: &Connection) -> Option<ThreadId> {
        let last = self.last_threads()?;
        last.get(connection.memory.as_deref()?)
    }

    /// What came of going on with the remembered thread: one that the backend does not have is
    /// forgotten, and the error or a warning says so.
    pub(super) async fn forget_if_gone(
        &mut self,
        remembered: Option<&ThreadId>,
        connection: &Connection,
        error: Error,
    ) -> Error {
        let Some((last, thread)) = self.last_threads().zip(remembered) else {
            return error;
        };
        // The reference server does not say that it has no such thread.
        if may_be_gone(&error) && is_gone(thread, &connection.backend, &self.cancel).await {
            last.forget(thread);
            let told = format!(
                "the backend has no thread {thread} any more; it was the last one here, and is forgotten now"
            );
            self.ui.warn(&told);
            return error;
        }
        last.explain(thread, error)
    }
}
