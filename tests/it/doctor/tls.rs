//! Certificates of every sort of badness, and servers that show them.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::server::{Server, well};

/// An authority, and the file that makes a client trust it.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    _folder: tempfile::TempDir,
    pub file: PathBuf,
}

/// A certificate that a server shows.
pub struct Certificate {
    params: CertificateParams,
    sends_chain: bool,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let folder = tempfile::tempdir().unwrap();
        // No two authorities of a name, or a signature would be at fault and not the issuer.
        let name = folder.path().to_string_lossy().into_owned();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, certificate.pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            certificate: certificate.der().clone(),
            _folder: folder,
            file,
        }
    }

    /// A server that shows a certificate of this authority.
    pub fn serve(&self, certificate: &Certificate) -> Server {
        let key = KeyPair::generate().unwrap();
        let own = certificate.params.signed_by(&key, &self.issuer).unwrap();
        let mut chain = vec![own.der().clone()];
        if certificate.sends_chain {
            chain.push(self.certificate.clone());
        }
        start(chain, &key)
    }
}

impl Certificate {
    pub fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        Self {
            params,
            sends_chain: true,
        }
    }

    /// Good between the beginnings of these years.
    pub fn between(mut self, from: i32, to: i32) -> Self {
        self.params.not_before = date_time_ymd(from, 1, 1);
        self.params.not_after = date_time_ymd(to, 1, 1);
        self
    }

    /// Made to sign others, as `openssl req -x509` makes them.
    pub fn authority(mut self) -> Self {
        self.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        self
    }

    pub fn alone(mut self) -> Self {
        self.sends_chain = false;
        self
    }

    /// A server that shows it, signed by itself.
    pub fn serve(&self) -> Server {
        let key = KeyPair::generate().unwrap();
        let own = self.params.self_signed(&key).unwrap();
        start(vec![own.der().clone()], &key)
    }
}

fn start(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Server {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    Server::wrapped(well, move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        Some(Box::new(StreamOwned::new(connection, stream)))
    })
}
