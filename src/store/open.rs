//! Opens the store that an address names.

use std::sync::Arc;

use super::{Memory, Store, StoreUrl, postgres, sqlite};
use crate::error::Result;

/// Opens a store, and makes its tables where they are missing.
///
/// # Errors
/// Wrong usage where the address cannot be used: a folder that is not there, a file or database
/// that is another program's, or newer than this program, which is not touched. A store that
/// cannot be reached, is locked, or does not let us in. No message holds a password.
pub async fn open(url: &StoreUrl) -> Result<Arc<dyn Store>> {
    Ok(match url {
        StoreUrl::Memory => Arc::new(Memory::new()),
        StoreUrl::Sqlite(path) => Arc::new(sqlite::open(path).await?),
        StoreUrl::Postgres(url) => Arc::new(postgres::open(url).await?),
    })
}
