//! Which store is meant: the value of `--store`, parsed once.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use url::{Position, Url};

use crate::error::Error;

/// Which store is meant.
#[derive(Clone, Debug, Default)]
pub enum StoreUrl {
    /// In memory, gone with the process.
    #[default]
    Memory,
    /// A file of `SQLite`'s.
    Sqlite(PathBuf),
    /// A Postgres database.
    Postgres(PostgresUrl),
}

/// The address of a Postgres database, whose password is printed by nothing.
#[derive(Clone, Debug)]
pub struct PostgresUrl {
    full: SecretString,
    shown: String,
    connections: Option<NonZeroU32>,
}

impl PostgresUrl {
    /// How many connections a process may open, if the address says so.
    pub(super) fn connections(&self) -> Option<u32> {
        self.connections.map(NonZeroU32::get)
    }

    /// The address with its password, as Postgres knows it.
    pub(super) fn expose(&self) -> &str {
        self.full.expose_secret()
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

/// What is a store, for a hint.
const KNOWN: &str = "pass memory, sqlite:FILE or postgres://USER@HOST/DATABASE";

impl FromStr for StoreUrl {
    type Err = Error;

    /// Reads `memory`, `sqlite:FILE` or `postgres://…`. No message repeats the text, in which a
    /// password may stand.
    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        if let Some(file) = text.strip_prefix("sqlite:") {
            return sqlite(file);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return postgres(text).map(Self::Postgres);
        }
        let message = match text.split_once(':') {
            Some((scheme, _)) if is_scheme(scheme) => {
                format!("--store knows no kind of store called '{scheme}'")
            }
            _ => "--store is neither memory nor the address of a store".to_owned(),
        };
        Err(Error::usage_hint(message, KNOWN))
    }
}

/// The parameter of an address of Postgres's that says how many connections a process may open, by
/// the name that Prisma has given it.
const CONNECTIONS: &str = "connection_limit";

/// `sqlite:FILE`, and `sqlite://FILE` as other programs spell it.
fn sqlite(file: &str) -> Result<StoreUrl, Error> {
    let file = file.strip_prefix("//").unwrap_or(file);
    if file.is_empty() {
        return Err(Error::usage_hint(
            "--store sqlite: names no file",
            "pass sqlite:FILE; the file is made when it is not there",
        ));
    }
    if file == ":memory:" {
        return Err(Error::usage_hint(
            "--store sqlite::memory: would be gone with the process",
            "pass memory, or sqlite:FILE",
        ));
    }
    // Others take settings there; a file of that name, made silently, is not what was meant.
    if file.contains('?') || file.contains('\0') {
        return Err(Error::usage_hint(
            "--store sqlite: takes a file's name and no parameters",
            "pass sqlite:FILE without what follows the '?'",
        ));
    }
    Ok(StoreUrl::Sqlite(file.into()))
}

fn postgres(text: &str) -> Result<PostgresUrl, Error> {
    let malformed = || {
        Error::usage_hint(
            "--store is no valid address of a Postgres database",
            "pass postgres://USER@HOST:PORT/DATABASE, with '@', '/' and ':' in a password \
             percent-encoded",
        )
    };
    let mut url = Url::parse(text).map_err(|_| malformed())?;
    let connections = take_connections(&mut url)?;
    let mut shown = String::from("postgres://");
    if !url.username().is_empty() {
        shown.push_str(url.username());
        shown.push('@');
    }
    // The host with its port, without the user before it.
    shown.push_str(&url[Position::BeforeHost..Position::AfterPort]);
    shown.push_str(url.path());
    Ok(PostgresUrl {
        full: String::from(url).into(),
        shown,
        connections,
    })
}

/// Takes the limit of connections out of an address: it is ours, and Postgres does not know it.
fn take_connections(url: &mut Url) -> Result<Option<NonZeroU32>, Error> {
    let Some(query) = url.query() else {
        return Ok(None);
    };
    let is_limit = |pair: &&str| pair.split('=').next() == Some(CONNECTIONS);
    let limit = query.split('&').find(is_limit);
    let Some(limit) = limit.map(|pair| pair[CONNECTIONS.len()..].trim_start_matches('=')) else {
        return Ok(None);
    };
    let limit = limit.parse().map_err(|_| {
        Error::usage_hint(
            format!("{CONNECTIONS} in the address of --store is no number from 1"),
            "it is how many connections to Postgres a process opens at most",
        )
    })?;
    let others = query.split('&').filter(|pair| !is_limit(pair));
    let others = others.collect::<Vec<_>>().join("&");
    url.set_query((!others.is_empty()).then_some(&others));
    Ok(Some(limit))
}

fn is_scheme(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    !text.is_empty() && text.len() < 20 && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_read_and_shown_without_its_password() {
        for (text, shown) in [
            ("memory", "memory"),
            ("sqlite:a b.db", "sqlite:a b.db"),
            ("sqlite:///tmp/a.db", "sqlite:/tmp/a.db"),
            (
                "postgres://ann:geheim@db.example:5433/chat?sslmode=require",
                "postgres://ann@db.example:5433/chat",
            ),
            ("postgresql://localhost", "postgres://localhost"),
            (
                "postgres:///chat?host=/run/postgresql&password=geheim",
                "postgres:///chat",
            ),
        ] {
            let url: StoreUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("geheim"));
        }
    }

    #[test]
    fn a_limit_of_connections_is_ours_and_all_else_is_for_postgres() {
        let parsed = |text: &str| match text.parse() {
            Ok(StoreUrl::Postgres(url)) => (url.connections(), url.expose().to_owned()),
            other => panic!("{other:?}"),
        };
        for (text, limit, full) in [
            ("postgres://h/d", None, "postgres://h/d"),
            (
                "postgres://h/d?connection_limit=4",
                Some(4),
                "postgres://h/d",
            ),
            (
                "postgres://u:a%26b@h/d?password=x%26y&connection_limit=1&sslmode=disable",
                Some(1),
                "postgres://u:a%26b@h/d?password=x%26y&sslmode=disable",
            ),
        ] {
            assert_eq!(parsed(text), (limit, full.to_owned()), "{text}");
        }
        for wrong in ["0", "", "-1", "many", "4294967296"] {
            let text = format!("postgres://h/d?connection_limit={wrong}");
            let error = text.parse::<StoreUrl>().unwrap_err().to_string();
            assert!(error.contains("connection_limit"), "{wrong}: {error}");
        }
    }

    #[test]
    fn what_is_no_store_is_refused_without_repeating_it() {
        for text in [
            "",
            "geheim",
            "mysql://u:geheim@h/d",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:geheim?mode=ro",
            "postgres://u:geheim@h:port/d",
            "u:geheim@h/d",
        ] {
            let error = text.parse::<StoreUrl>().unwrap_err();
            assert!(!error.to_string().contains("geheim"), "{text}: {error}");
            assert!(error.hint().is_some(), "{text}");
        }
    }
}
