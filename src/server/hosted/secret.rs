//! Client secrets: `ek_<48 hex>_00<base64 of {"expires_at":N}>`, as captures of the hosted API show
//! them. The expiry is for clients to read; whether a secret is good is for the session to say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::super::mint::Mint;

/// What every client secret begins with; an API key never does.
pub(in crate::server) const PREFIX: &str = "ek_";

/// A new secret that tells when it expires, in unix seconds.
pub(super) fn make(mint: &Mint, expires_at: i64) -> SecretString {
    let expiry = STANDARD.encode(format!("{{\"expires_at\":{expires_at}}}"));
    format!("{PREFIX}{}_00{expiry}", mint.secret()).into()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_secret_tells_its_expiry_without_a_call() {
        let secret = make(&Mint::new(Some(1)), 1_764_000_000);
        let (digits, expiry) = secret.expose_secret()[PREFIX.len()..]
            .split_once("_00")
            .unwrap();
        assert_eq!(digits.len(), 48);
        assert!(digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        assert_eq!(
            STANDARD.decode(expiry).unwrap(),
            b"{\"expires_at\":1764000000}"
        );
    }

    #[test]
    fn a_secret_is_foreseeable_with_a_seed_alone() {
        let told = |seed| make(&Mint::new(seed), 1).expose_secret().to_owned();
        assert_eq!(told(Some(7)), told(Some(7)));
        assert_ne!(told(None), told(None));
    }
}
