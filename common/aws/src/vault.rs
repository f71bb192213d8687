//! Envelope encryption with a master key in KMS.

use crate::clients::AwsClients;
use crate::error::{corrupt, sdk};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use async_trait::async_trait;
use aws_sdk_kms::Client;
use aws_sdk_kms::operation::decrypt::DecryptError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use freshtrack_application::ports::Vault;
use freshtrack_application::{PortError, PortErrorKind};
use freshtrack_domain::people::Sealed;

/// Under which name the purpose is in KMS's encryption context, and so in its log.
const PURPOSE: &str = "purpose";

/// A vault whose master key never leaves KMS. Each content is encrypted by AES-256-GCM with a data key of its own, which
/// KMS gives in the clear and encrypted; the purpose is bound to both.
#[derive(Debug, Clone)]
pub struct KmsVault {
    client: Client,
    key_id: String,
}

impl KmsVault {
    /// The vault whose master key is `key_id`.
    #[must_use]
    pub fn new(clients: &AwsClients, key_id: impl Into<String>) -> Self {
        Self {
            client: clients.kms(),
            key_id: key_id.into(),
        }
    }
}

fn cipher(op: &'static str, key: Option<&Blob>) -> Result<Aes256Gcm, PortError> {
    let key = key.map(Blob::as_ref).unwrap_or_default();
    Aes256Gcm::new_from_slice(key).map_err(|_| corrupt(op, "KMS gave no key of 256 bits"))
}

/// The nonce of the one message that a data key encrypts.
fn nonce() -> Nonce<<Aes256Gcm as aes_gcm::AeadCore>::NonceSize> {
    Nonce::default()
}

fn decoded(op: &'static str, text: &str) -> Result<Vec<u8>, PortError> {
    STANDARD.decode(text).map_err(|error| corrupt(op, error))
}

#[async_trait]
impl Vault for KmsVault {
    async fn seal(&self, purpose: &str, content: &[u8]) -> Result<Sealed, PortError> {
        const OP: &str = "vault.seal";
        let data_key = self
            .client
            .generate_data_key()
            .key_id(&self.key_id)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context(PURPOSE, purpose)
            .send()
            .await
            .map_err(|error| sdk(OP, error))?;
        let payload = Payload {
            msg: content,
            aad: purpose.as_bytes(),
        };
        let encrypted = cipher(OP, data_key.plaintext())?
            .encrypt(&nonce(), payload)
            .map_err(|_| corrupt(OP, "too long to be sealed"))?;
        let key = data_key.ciphertext_blob().map(Blob::as_ref).unwrap_or_default();
        Ok(Sealed {
            key: STANDARD.encode(key),
            data: STANDARD.encode(encrypted),
        })
    }

    async fn open(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, PortError> {
        const OP: &str = "vault.open";
        let data_key = self
            .client
            .decrypt()
            .key_id(&self.key_id)
            .ciphertext_blob(Blob::new(decoded(OP, &sealed.key)?))
            .encryption_context(PURPOSE, purpose)
            .send()
            .await
            .map_err(|error| {
                let is_foreign = matches!(
                    error.as_service_error(),
                    Some(
                        DecryptError::InvalidCiphertextException(_) | DecryptError::IncorrectKeyException(_)
                    )
                );
                if is_foreign {
                    PortError::because(OP, PortErrorKind::Corrupt, error)
                } else {
                    sdk(OP, error)
                }
            })?;
        let data = decoded(OP, &sealed.data)?;
        let payload = Payload {
            msg: &data,
            aad: purpose.as_bytes(),
        };
        cipher(OP, data_key.plaintext())?
            .decrypt(&nonce(), payload)
            .map_err(|_| corrupt(OP, "not what was sealed"))
    }
}
