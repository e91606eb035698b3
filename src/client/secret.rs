//! What a client secret says about itself without a call.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

/// Servers differ in whether they pad.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Deserialize)]
struct Claims {
    expires_at: i64,
}

/// When a client secret expires, read from the secret itself: it is
/// `ek_<48 hex>_00<base64 of {"expires_at": unix seconds}>` (seen in captures of the hosted API).
///
/// `None` for a secret of another make, which may be good all the same.
pub fn secret_expiry(secret: &str) -> Option<jiff::Timestamp> {
    let (_, claims) = secret.strip_prefix("ek_")?.split_once('_')?;
    let json = LENIENT.decode(claims.strip_prefix("00")?).ok()?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    jiff::Timestamp::from_second(claims.expires_at).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expiry_is_read_with_and_without_padding() {
        let id = "0".repeat(48);
        for claims in [
            "eyJleHBpcmVzX2F0IjogMTc5NTIxOTAwNX0=",
            "eyJleHBpcmVzX2F0IjogMTc5NTIxOTAwNX0",
        ] {
            let expiry = secret_expiry(&format!("ek_{id}_00{claims}")).unwrap();
            assert_eq!(expiry.as_second(), 1_795_219_005);
        }
    }

    #[test]
    fn a_secret_of_another_make_has_no_expiry() {
        for secret in [
            "",
            "ek_",
            "ek_1_00",
            "ek_1_00e30=",
            "ek_1_01eyJ9",
            "sk-123",
            "ek_1_00\u{e9}",
        ] {
            assert_eq!(secret_expiry(secret), None, "{secret}");
        }
    }
}
