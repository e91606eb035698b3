//! Names to addresses, and addresses to connections.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::{TcpStream, lookup_host};

/// How many addresses of a name are tried.
const MAX_ADDRESSES: usize = 4;

/// An address, and whether a connection to it was made.
#[derive(Debug)]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// How long it took, or why it was not made.
    pub outcome: Result<Duration, io::ErrorKind>,
}

/// The addresses of a host, in the order in which the system prefers them.
///
/// # Errors
/// The name cannot be resolved; the reason in the system's words.
pub async fn resolve(host: &str, port: u16, limit: Duration) -> Result<Vec<SocketAddr>, String> {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::time::timeout(limit, lookup_host((host, port))).await;
    let found = found.map_err(|_| "no answer in time".to_owned())?;
    let mut addresses: Vec<SocketAddr> = found.map_err(|error| plain(&error))?.collect();
    addresses.dedup();
    if addresses.is_empty() {
        return Err("the name has no address".to_owned());
    }
    Ok(addresses)
}

/// Tries the addresses, each on its own.
pub async fn connect(addresses: &[SocketAddr], limit: Duration) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for &address in addresses.iter().take(MAX_ADDRESSES) {
        let begun = Instant::now();
        let outcome = match tokio::time::timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(_)) => Ok(begun.elapsed()),
            Ok(Err(error)) => Err(error.kind()),
            Err(_) => Err(io::ErrorKind::TimedOut),
        };
        attempts.push(Attempt { address, outcome });
    }
    attempts
}

fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("failed to lookup address information: ");
    text.map_or_else(|| error.to_string(), str::to_owned)
}
