//! Which turn of a thread it is, counted without reading the thread anew each time.

use super::director::Asked;
use super::memory::{Counted, ThreadMemory};
use crate::protocol::{ItemId, ItemKind, Operation, Order, Thread};
use crate::server::app::{App, item_of};
use crate::store::{Query, StoreError};

/// How many items are looked at at once.
const PAGE: usize = 200;

impl App {
    /// Which turn of its thread a request begins or goes on with: as many as there are messages of
    /// the user, with the one that is being answered.
    pub(super) async fn turn(
        &self,
        thread: &Thread,
        asked: Asked<'_>,
        memory: &ThreadMemory,
    ) -> Result<u64, StoreError> {
        let is_new = match asked.operation {
            // A thread that is being created is not stored yet.
            Operation::CreateThread => return Ok(1),
            Operation::AddUserMessage => true,
            _ => false,
        };
        // What follows the message that is answered anew does not count, and is removed.
        let up_to = (asked.operation == Operation::RetryAfterItem)
            .then_some(asked.item)
            .flatten();
        let known = match up_to {
            Some(_) => Counted::default(),
            None => memory.counted(),
        };
        let counted = match self.count(thread, known, up_to).await {
            // The item that was counted up to was removed meanwhile.
            Err(StoreError::NoCursor(_)) => self.count(thread, Counted::default(), up_to).await?,
            counted => counted?,
        };
        let turns = counted.turns;
        memory.count(counted);
        Ok(turns + u64::from(is_new))
    }

    /// Goes on counting, up to an item or to the end of the thread.
    async fn count(
        &self,
        thread: &Thread,
        mut counted: Counted,
        up_to: Option<&ItemId>,
    ) -> Result<Counted, StoreError> {
        loop {
            let query = Query {
                limit: PAGE,
                order: Order::Asc,
                after: counted.up_to.as_ref().map(ItemId::as_str),
                ..Query::default()
            };
            let page = self.store.items(&thread.id, query).await?;
            for row in page.rows {
                let is_said = matches!(item_of(&row.json).kind, ItemKind::UserMessage(_));
                counted.turns += u64::from(is_said);
                counted.up_to = Some(row.id.clone());
                if up_to == Some(&row.id) {
                    return Ok(counted);
                }
            }
            if !page.has_more {
                return Ok(counted);
            }
        }
    }
}
