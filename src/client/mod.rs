//! The client: HTTP, event streams, hosted sessions and uploads.
//!
//! What it hands up are the shapes of `protocol`, the bytes they came in, and errors in people's
//! words. What events *mean* is `transcript`'s, and nothing here writes to a terminal.
//!
//! Two rules hold throughout: what was sent is never sent again (but for the 307, 308 and 401 that
//! say that it was not acted on, and for whoever judges a backend, which is met as browsers meet
//! it), and nothing that authorises leaves for another origin.

mod backend;
mod body;
mod endpoint;
mod failure;
mod file;
mod hosted;
mod outgoing;
mod patience;
pub mod probe;
mod proxy;
mod pump;
mod raw;
mod redirect;
mod rest;
mod secret;
mod sse;
mod transport;
mod turn;
mod upload;
mod words;

#[cfg(test)]
mod loopback;

pub use backend::{Answer, Backend};
pub use body::{Document, Head};
pub use endpoint::{Credentials, Endpoint, Options};
pub use failure::{Refused, failure_of};
pub use file::Upload;
pub use patience::{Patience, is_limited};
pub use raw::{Access, RawAnswer, RawEnd, RawMethod, RawRequest};
pub use rest::{ItemQuery, Rest, ThreadQuery};
pub use secret::secret_expiry;
pub use turn::{Frame, Received, Turn};
pub use upload::Carriage;
pub use words::address;

// What `Endpoint` and `Options` are made of, so that a command needs no HTTP library of its own.
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use secrecy::{ExposeSecret, SecretString};
pub use url::Url;
