//! A TLS handshake that lets every certificate pass, and then judges it by the system's rules.
//!
//! A client that refuses a certificate learns the first reason only. Here nothing is sent after
//! the handshake, so that it can be finished whoever is at the other end.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as Tls, InvalidMessage,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::client::words::is_authority;

/// Far enough ahead for every certificate to have expired, in seconds.
const AN_AGE: u64 = 200 * 365 * 24 * 3600;

/// What a TLS server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// The protocol's version, for example `TLSv1_3`.
    pub version: String,
    /// How many certificates the server sent, its own included.
    pub certificates: usize,
    /// When its certificate expires, if it is good now.
    pub expires: Option<Timestamp>,
    /// What is wrong with it; nothing if it is good.
    pub problems: Vec<TlsProblem>,
}

/// What can be wrong with a server's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    /// It was good until then.
    Expired(Option<Timestamp>),
    /// It is good from then on.
    NotValidYet(Option<Timestamp>),
    /// It is for these names.
    WrongName(Vec<String>),
    /// It is signed by itself.
    SelfSigned,
    /// It is signed by somebody whose own certificate the server did not send.
    Alone,
    /// It is signed by somebody who is not known here.
    UnknownIssuer,
    /// This machine knows nobody who could have signed it.
    NoRoots,
    /// It is one that signs others.
    Authority,
    /// Something else, in the library's words.
    Other(String),
}

/// Makes the handshake.
///
/// # Errors
/// There is none to be made: no TLS is spoken there, or the two do not agree on anything. The
/// reason is in plain words.
pub async fn handshake(
    address: SocketAddr,
    host: &str,
    now: SystemTime,
    limit: Duration,
) -> Result<Handshake, String> {
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let name = ServerName::try_from(host).map_err(|_| "the host is no name for TLS".to_owned())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let shown = Arc::new(Shown {
        provider: Arc::clone(&provider),
        chain: Mutex::default(),
    });
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&shown) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let shake = async {
        let stream = TcpStream::connect(address).await?;
        TlsConnector::from(Arc::new(config))
            .connect(name.clone(), stream)
            .await
    };
    let stream = match tokio::time::timeout(limit, shake).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(refusal(&error)),
        Err(_) => return Err("the server accepts the connection and says nothing".to_owned()),
    };
    let version = stream.get_ref().1.protocol_version();
    let chain = shown.chain.lock().unwrap_or_else(PoisonError::into_inner);
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Judge {
        chain: &chain,
        name: &name,
        verifier: Verifier::new(provider).ok(),
        now,
    }
    .judge(version.map(|version| format!("{version:?}"))))
}

/// Why no handshake came about.
fn refusal(error: &std::io::Error) -> String {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Tls>());
    match inner {
        Some(Tls::InvalidMessage(InvalidMessage::InvalidContentType)) => {
            "it does not speak TLS here".to_owned()
        }
        Some(tls) => tls.to_string(),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the server closes the connection during the handshake".to_owned()
        }
        None => error.to_string(),
    }
}

/// A chain of certificates, and by what it is judged.
struct Judge<'a> {
    chain: &'a [CertificateDer<'static>],
    name: &'a ServerName<'static>,
    verifier: Option<Verifier>,
    now: Duration,
}

impl Judge<'_> {
    fn judge(&self, version: Option<String>) -> Handshake {
        let refusal = self.refusal_at(self.now);
        let expires = match (
            &refusal,
            self.refusal_at(self.now + Duration::from_secs(AN_AGE)),
        ) {
            (None, Some(CertificateError::ExpiredContext { not_after, .. })) => time(not_after),
            _ => None,
        };
        Handshake {
            version: version.unwrap_or_default(),
            certificates: self.chain.len(),
            expires,
            problems: refusal
                .map(|refusal| self.problems(refusal))
                .unwrap_or_default(),
        }
    }

    /// What the system says about the chain at a time.
    fn refusal_at(&self, now: Duration) -> Option<CertificateError> {
        let (own, others) = self.chain.split_first()?;
        let Some(verifier) = &self.verifier else {
            return Some(CertificateError::UnknownIssuer);
        };
        let now = UnixTime::since_unix_epoch(now);
        match verifier.verify_server_cert(own, others, self.name, &[], now) {
            Ok(_) => None,
            Err(Tls::InvalidCertificate(refusal)) => Some(refusal),
            Err(other) => Some(CertificateError::Other(rustls::OtherError(Arc::new(other)))),
        }
    }

    fn problems(&self, refusal: CertificateError) -> Vec<TlsProblem> {
        let mut problems = vec![match refusal {
            CertificateError::Expired => TlsProblem::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => {
                TlsProblem::Expired(time(not_after))
            }
            CertificateError::NotValidYet => TlsProblem::NotValidYet(None),
            CertificateError::NotValidYetContext { not_before, .. } => {
                TlsProblem::NotValidYet(time(not_before))
            }
            CertificateError::NotValidForName => TlsProblem::WrongName(Vec::new()),
            CertificateError::NotValidForNameContext { presented, .. } => {
                TlsProblem::WrongName(plain(&presented))
            }
            // Who trusts it as it is has not helped themselves: no client takes it for a server's.
            other if is_authority(&other) => TlsProblem::Authority,
            _ if self.is_self_signed() => TlsProblem::SelfSigned,
            CertificateError::UnknownIssuer if self.verifier.is_none() => TlsProblem::NoRoots,
            CertificateError::UnknownIssuer if self.chain.len() == 1 => TlsProblem::Alone,
            // An authority of a known name and another key: one that was made anew.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                TlsProblem::UnknownIssuer
            }
            other => TlsProblem::Other(other.to_string()),
        }];
        // The system stops at the first problem; who mends that one wants to know the next.
        let has = |wanted: fn(&TlsProblem) -> bool| problems.iter().any(wanted);
        if !has(|problem| matches!(problem, TlsProblem::SelfSigned)) && self.is_self_signed() {
            problems.push(TlsProblem::SelfSigned);
        }
        if !problems
            .iter()
            .any(|p| matches!(p, TlsProblem::WrongName(_)))
            && let Some(names) = self.wrong_names()
        {
            problems.push(TlsProblem::WrongName(names));
        }
        problems
    }

    fn is_self_signed(&self) -> bool {
        let own = self.chain.first();
        let own = own.and_then(|own| webpki::EndEntityCert::try_from(own).ok());
        own.is_some_and(|own| own.issuer() == own.subject())
    }

    /// The names that it is for, if the wanted one is not among them.
    fn wrong_names(&self) -> Option<Vec<String>> {
        let own = webpki::EndEntityCert::try_from(self.chain.first()?).ok()?;
        match own.verify_is_valid_for_subject_name(self.name) {
            Ok(()) => None,
            Err(webpki::Error::CertNotValidForName(context)) => Some(plain(&context.presented)),
            Err(_) => Some(Vec::new()),
        }
    }
}

/// The names alone: the library writes `DnsName("example.com")`.
fn plain(names: &[String]) -> Vec<String> {
    let inside = |name: &String| {
        let name = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest);
        name.trim_matches(['(', ')', '"']).to_owned()
    };
    names.iter().map(inside).collect()
}

fn time(at: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(at.as_secs()).ok()?).ok()
}

/// Keeps what the server shows and finds no fault with it.
#[derive(Debug)]
struct Shown {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Tls> {
        let chain = std::iter::once(own).chain(others);
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain
            .map(|certificate| certificate.clone().into_owned())
            .collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Tls> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Tls> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
