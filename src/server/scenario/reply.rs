//! Who plays what waited for a reply: of all who hand it in, the one that ends the wait.

use super::director::Asked;
use crate::protocol::Thread;
use crate::server::app::App;
use crate::store::StoreError;

impl App {
    /// Whether the rest of a rule waits for a reply that is stored already. In a single process
    /// that is never so: nothing comes between the two.
    pub(in crate::server) async fn still_waits(
        &self,
        thread: &Thread,
        asked: Asked<'_>,
    ) -> Result<bool, StoreError> {
        let playing = self.director.playing();
        let Some(playing) = playing.filter(|playing| playing.remembers && self.store.is_shared())
        else {
            return Ok(false);
        };
        let first = &playing.scenario.state;
        let memory = self.director.memory.of_known(thread, first);
        let reply_to = asked.reply_to();
        let rest = self.recall(Some(&playing), &thread.id, &memory, reply_to);
        Ok(rest.await?.is_some())
    }

    /// Lets nothing wait for a reply any more; returns whether anything did. Of several that ask at
    /// once one is told so.
    ///
    /// # Errors
    /// When the store fails; then it waits as before.
    pub(in crate::server) async fn end_wait(
        &self,
        thread: &Thread,
        asked: Asked<'_>,
    ) -> Result<bool, StoreError> {
        let (Some(playing), Some(id)) = (self.director.playing(), asked.reply_to()) else {
            return Ok(false);
        };
        let first = &playing.scenario.state;
        let memory = self.director.memory.of_known(thread, first);
        if !self.store.is_shared() {
            return Ok(memory.end_wait(id));
        }
        let has_ended = self.end_told_wait(&thread.id, id).await?;
        memory.end_wait(id);
        Ok(has_ended)
    }
}
