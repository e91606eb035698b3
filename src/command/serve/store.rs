//! `serve --store`: where the mock keeps its threads.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Result;
use crate::store::StoreUrl;

/// Where threads are kept.
#[derive(Args, Debug)]
pub struct StoreArgs {
    /// Where threads are kept: memory (the default), sqlite:FILE, or postgres://… for several servers at once
    ///
    /// They share threads, uploaded files, hosted sessions, what rules set, and the rest of a rule that
    /// waits for a tool or a form.
    /// A password may also come from PGPASSWORD.
    #[arg(long, value_name = "STORE")]
    store: Option<SecretString>,
}

impl StoreArgs {
    /// Whether one is named.
    pub fn is_given(&self) -> bool {
        self.store.is_some()
    }

    /// The store that is meant. It is not the parser's to read, whose errors repeat the text, in
    /// which a password may stand.
    ///
    /// # Errors
    /// Wrong usage: no store is spelled like that.
    pub fn url(&self) -> Result<StoreUrl> {
        match &self.store {
            Some(store) => store.expose_secret().parse(),
            None => Ok(StoreUrl::Memory),
        }
    }
}
