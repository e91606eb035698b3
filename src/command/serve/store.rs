//! `serve --store`: where the mock keeps its threads.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Result;
use crate::store::StoreUrl;

/// Where threads are kept.
#[derive(Args, Debug)]
pub struct StoreArgs {
    /// Where threads are kept: memory, sqlite:FILE, or postgres://… for several servers at once;
    /// a password may also come from PGPASSWORD
    #[arg(long, value_name = "STORE", default_value = "memory")]
    store: SecretString,
}

impl StoreArgs {
    /// The store that is meant. It is not the parser's to read, whose errors repeat the text, in
    /// which a password may stand.
    ///
    /// # Errors
    /// Wrong usage: no store is spelled like that.
    pub fn url(&self) -> Result<StoreUrl> {
        self.store.expose_secret().parse()
    }
}
