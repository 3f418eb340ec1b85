//! Signatures of Standard Webhooks 1.0: HMAC with SHA-256 over id, moment and body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::secret::hmac_sha256;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// Random bytes of a secret.
const SECRET_BYTES: usize = 32;

/// A new secret: `whsec_` and 32 random bytes in base64.
#[must_use]
pub fn new_secret() -> String {
    let bytes: [u8; SECRET_BYTES] = rand::random();
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The header `webhook-signature`: a signature with each secret, with a space between them. `timestamp` is the moment of the
/// try, in seconds.
#[must_use]
pub fn signatures(secrets: &[String], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let keys = secrets.iter().filter_map(|secret| STANDARD.decode(secret.trim_start_matches(PREFIX)).ok());
    let one = |key: Vec<u8>| format!("v1,{}", STANDARD.encode(hmac_sha256(&key, signed.as_bytes())));
    keys.map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}");
        let signed = signatures(std::slice::from_ref(&secret), id, 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signatures(&[secret, new_secret()], id, 1_614_265_330, body);
        assert!(both.starts_with(&signed) && both.split(' ').count() == 2, "{both}");
        assert_eq!(new_secret().len(), PREFIX.len() + 44);
    }
}
