//! Other people's errors in plain words: no library's name, no address with a password in it.

use std::error::Error as StdError;
use std::io;

use url::Url;

use crate::secret;

/// An address for people: without user, password, query and fragment, any of which may be secret.
pub fn address(url: &Url) -> String {
    secret::address(url.as_str())
}

/// Why a request or its answer broke off.
pub(super) fn reason(error: &(dyn StdError + 'static)) -> String {
    let known = chain(error).find_map(|error| {
        tls(error)
            .or_else(|| error.downcast_ref().and_then(io_words))
            .or_else(|| error.downcast_ref().and_then(http_words))
    });
    known.unwrap_or_else(|| {
        let last = chain(error).last().map(ToString::to_string);
        last.unwrap_or_else(|| "unknown cause".to_owned())
    })
}

/// Whether the connection was refused, so that nothing can have been sent.
pub(super) fn is_refused(error: &(dyn StdError + 'static)) -> bool {
    chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// Whether the connection was closed before any answer came, as a backend does with one that it kept
/// and no longer wants, without a word.
pub(super) fn is_closed(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| {
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        let is_broken = kind.is_some_and(|kind| {
            use io::ErrorKind as Kind;
            matches!(
                kind,
                Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe
            )
        });
        let http = error.downcast_ref::<hyper::Error>();
        is_broken || http.is_some_and(hyper::Error::is_incomplete_message)
    })
}

/// An error, what caused it, and so on, including what an I/O error is wrapped around.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let inside = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn StdError + 'static));
        inside.or_else(move || error.source())
    })
}

fn io_words(error: &io::Error) -> Option<String> {
    let words = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset => "the connection was reset",
        io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => "the connection was closed",
        io::ErrorKind::UnexpectedEof => "the connection was closed in the middle",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "no route to the host"
        }
        io::ErrorKind::TimedOut => "the connection timed out",
        _ => {
            let text = error.to_string();
            let cause = text.strip_prefix("failed to lookup address information: ")?;
            return Some(format!("the host's name cannot be resolved ({cause})"));
        }
    };
    Some(words.to_owned())
}

/// Whether a certificate is refused because it is made to sign others.
pub(super) fn is_authority(refusal: &rustls::CertificateError) -> bool {
    let rustls::CertificateError::Other(cause) = refusal else {
        return false;
    };
    let cause = cause.0.downcast_ref::<webpki::Error>();
    matches!(cause, Some(webpki::Error::CaUsedAsEndEntity))
}

fn tls(error: &(dyn StdError + 'static)) -> Option<String> {
    use rustls::CertificateError as Bad;
    use rustls::Error as Tls;

    Some(match error.downcast_ref::<Tls>()? {
        Tls::InvalidCertificate(bad) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "its TLS certificate has expired".into(),
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "its TLS certificate is not valid yet; is the clock right?".into()
            }
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "its TLS certificate is for another name".into()
            }
            Bad::UnknownIssuer => "nobody known here has signed its TLS certificate".into(),
            other if is_authority(other) => {
                "its TLS certificate is one that signs others (CA:TRUE), not a server's".into()
            }
            other => format!("its TLS certificate is not valid ({other})"),
        },
        Tls::InvalidMessage(_) => "it does not speak TLS here; try http://".into(),
        other => format!("TLS failed ({other})"),
    })
}

fn http_words(error: &hyper::Error) -> Option<String> {
    let words = if error.is_parse_too_large() {
        "its head is larger than a client takes: more than 100 headers, or 400 KB"
    } else if error.is_incomplete_message() {
        // A body that ends too soon is an I/O error, so that this is the head's alone.
        "the connection was closed before an answer came"
    } else if error.is_parse() {
        "what it says is not HTTP"
    } else {
        return None;
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_people_holds_no_secret() {
        let url = "http://me:hunter2@h:1/chatkit?key=hunter2#hunter2"
            .parse()
            .unwrap();
        assert_eq!(address(&url), "http://h:1/chatkit");
    }

    #[test]
    fn a_cause_is_found_however_deep_it_is_wrapped() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let wrapped = io::Error::other(io::Error::other(refused));
        assert!(is_refused(&wrapped));
        assert_eq!(reason(&wrapped), "connection refused");
    }

    #[test]
    fn certificates_and_plain_text_behind_https_are_named() {
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        assert_eq!(
            reason(&io::Error::other(expired)),
            "its TLS certificate has expired"
        );
        let plain = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        assert_eq!(reason(&plain), "it does not speak TLS here; try http://");
    }
}
