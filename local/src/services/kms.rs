//! KMS as far as envelope encryption needs it: `GenerateDataKey` and `Decrypt`
//! with the symmetric keys that the template declares.
//!
//! The master keys are drawn at the first start and kept beside the other data:
//! what the product sealed can be opened after a restart, and by nobody who has
//! a copy of the table alone.

use std::collections::BTreeMap;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use rusqlite::{OptionalExtension as _, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::identifiers::{Account, last_segment};
use super::json_protocol::{self, AwsError, parse};
use super::store::{Store, StoreError};
use crate::endpoint::AwsEndpoint;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS kms_key (
        name TEXT PRIMARY KEY,
        material BLOB NOT NULL
    );";

/// How many bytes a key and a nonce of AES-256-GCM have.
const KEY: usize = 32;
const NONCE: usize = 12;

/// The keys; clones share them.
#[derive(Clone)]
pub struct Kms {
    store: Store,
    account: Account,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GenerateDataKey {
    key_id: String,
    key_spec: Option<String>,
    number_of_bytes: Option<usize>,
    #[serde(default)]
    encryption_context: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypt {
    ciphertext_blob: String,
    key_id: Option<String>,
    #[serde(default)]
    encryption_context: BTreeMap<String, String>,
}

impl Kms {
    /// Opens the keys called `names`, drawing those that are new.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn open(store: Store, account: Account, names: &[String]) -> Result<Self, StoreError> {
        store.create(SCHEMA)?;
        for name in names {
            store.write(|transaction| {
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO kms_key (name, material) VALUES (?1, ?2)")?
                    .execute(params![name, rand::random::<[u8; KEY]>()])?;
                Ok::<_, StoreError>(())
            })?;
        }
        Ok(Self { store, account })
    }

    /// The key that `id` names: by itself or by its ARN.
    fn master(&self, id: &str) -> Result<(String, Aes256Gcm), AwsError> {
        let name = last_segment(id);
        let material: Option<[u8; KEY]> = self
            .store
            .with(|connection| {
                connection
                    .prepare_cached("SELECT material FROM kms_key WHERE name = ?1")?
                    .query_row([name], |row| row.get(0))
                    .optional()
            })
            .map_err(AwsError::internal)?;
        let material = material
            .ok_or_else(|| AwsError::client("NotFoundException", format!("Key '{id}' does not exist")))?;
        Ok((name.to_owned(), Aes256Gcm::new(&material.into())))
    }

    fn generate_data_key(&self, body: &[u8]) -> Result<Value, AwsError> {
        let asked: GenerateDataKey = parse(body)?;
        let length = match (asked.key_spec.as_deref(), asked.number_of_bytes) {
            (Some("AES_256"), None) => KEY,
            (Some("AES_128"), None) => KEY / 2,
            (None, Some(length @ 1..=1024)) => length,
            _ => {
                return Err(AwsError::client(
                    "ValidationException",
                    "Name either KeySpec AES_256 or AES_128, or NumberOfBytes from 1 to 1024",
                ));
            }
        };
        let (name, master) = self.master(&asked.key_id)?;
        let mut data_key = vec![0; length];
        rand::fill(data_key.as_mut_slice());
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload {
            msg: &data_key,
            aad: &bound(&asked.encryption_context),
        };
        let encrypted = master
            .encrypt(&nonce.into(), payload)
            .map_err(|_| AwsError::internal("a data key could not be encrypted"))?;
        let blob = [name.as_bytes(), b"\0", &nonce, &encrypted].concat();
        Ok(json!({
            "KeyId": self.account.arn("kms", format_args!("key/{name}")),
            "Plaintext": STANDARD.encode(&data_key),
            "CiphertextBlob": STANDARD.encode(blob),
        }))
    }

    fn decrypt(&self, body: &[u8]) -> Result<Value, AwsError> {
        let asked: Decrypt = parse(body)?;
        // KMS names no reason either.
        let invalid = || AwsError::client("InvalidCiphertextException", "");
        let blob = STANDARD.decode(&asked.ciphertext_blob).map_err(|_| invalid())?;
        let end = blob.iter().position(|byte| *byte == 0).ok_or_else(invalid)?;
        let (name, rest) = blob.split_at_checked(end).ok_or_else(invalid)?;
        let name = std::str::from_utf8(name).map_err(|_| invalid())?;
        let (nonce, encrypted) = rest
            .get(1..)
            .and_then(|rest| rest.split_first_chunk::<NONCE>())
            .ok_or_else(invalid)?;
        if asked.key_id.is_some_and(|id| last_segment(&id) != name) {
            return Err(AwsError::client(
                "IncorrectKeyException",
                "The key ID in the request does not identify a CMK that can perform this operation.",
            ));
        }
        let (name, master) = self.master(name).map_err(|_| invalid())?;
        let payload = Payload {
            msg: encrypted,
            aad: &bound(&asked.encryption_context),
        };
        let plaintext = master.decrypt(&(*nonce).into(), payload).map_err(|_| invalid())?;
        Ok(json!({
            "KeyId": self.account.arn("kms", format_args!("key/{name}")),
            "Plaintext": STANDARD.encode(plaintext),
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        }))
    }
}

/// What binds a ciphertext to its encryption context: the same bytes whatever the order of the pairs.
fn bound(context: &BTreeMap<String, String>) -> Vec<u8> {
    json!(context).to_string().into_bytes()
}

#[async_trait::async_trait]
impl AwsEndpoint for Kms {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        let body = request.body();
        json_protocol::reply(match json_protocol::operation(&request) {
            "GenerateDataKey" => self.generate_data_key(body),
            "Decrypt" => self.decrypt(body),
            other => Err(AwsError::unknown_operation(other)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::store::DataLocation;
    use crate::services::testing::account;

    fn kms(location: &DataLocation) -> Kms {
        let names = ["vault".to_owned(), "other".to_owned()];
        Kms::open(Store::open(location).unwrap(), account(), &names).unwrap()
    }

    async fn ask(kms: &Kms, operation: &str, body: Value) -> Result<Value, String> {
        let request = Request::post("/")
            .header("x-amz-target", format!("TrentService.{operation}"))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let response = kms.call(request).await;
        let answer: Value = serde_json::from_slice(response.body()).unwrap();
        if response.status().is_success() {
            Ok(answer)
        } else {
            Err(answer["__type"].as_str().unwrap().to_owned())
        }
    }

    async fn data_key(kms: &Kms) -> Value {
        let asked = json!({
            "KeyId": "vault", "KeySpec": "AES_256", "EncryptionContext": {"purpose": "a", "of": "b"},
        });
        ask(kms, "GenerateDataKey", asked).await.unwrap()
    }

    #[tokio::test]
    async fn a_data_key_is_opened_after_a_restart_by_who_names_its_context() {
        let folder = tempfile::tempdir().unwrap();
        let location = DataLocation::Directory(folder.path().into());
        let key = data_key(&kms(&location)).await;
        assert_eq!(
            STANDARD.decode(key["Plaintext"].as_str().unwrap()).unwrap().len(),
            32
        );
        assert_eq!(key["KeyId"], "arn:aws:kms:eu-west-1:000000000000:key/vault");

        let kms = kms(&location);
        let open = |context: Value, key_id: Value| {
            let asked = json!({
                "CiphertextBlob": key["CiphertextBlob"], "EncryptionContext": context, "KeyId": key_id,
            });
            let kms = kms.clone();
            async move { ask(&kms, "Decrypt", asked).await }
        };
        let right = json!({"of": "b", "purpose": "a"});
        for id in [json!(null), json!("vault"), key["KeyId"].clone()] {
            let opened = open(right.clone(), id).await.unwrap();
            assert_eq!(opened["Plaintext"], key["Plaintext"]);
        }
        assert_eq!(
            open(json!({"purpose": "a"}), json!(null)).await.unwrap_err(),
            "InvalidCiphertextException"
        );
        assert_eq!(
            open(right, json!("other")).await.unwrap_err(),
            "IncorrectKeyException"
        );
    }

    #[tokio::test]
    async fn no_two_keys_are_alike_and_nonsense_is_refused() {
        let kms = kms(&DataLocation::Memory);
        let (one, two) = (data_key(&kms).await, data_key(&kms).await);
        assert_ne!(one["Plaintext"], two["Plaintext"]);
        for (operation, body, code) in [
            (
                "GenerateDataKey",
                json!({"KeyId": "none", "KeySpec": "AES_256"}),
                "NotFoundException",
            ),
            (
                "GenerateDataKey",
                json!({"KeyId": "vault"}),
                "ValidationException",
            ),
            (
                "Decrypt",
                json!({"CiphertextBlob": ""}),
                "InvalidCiphertextException",
            ),
            (
                "Decrypt",
                json!({"CiphertextBlob": STANDARD.encode(b"vault\0short")}),
                "InvalidCiphertextException",
            ),
            ("Encrypt", json!({}), "UnknownOperationException"),
        ] {
            assert_eq!(ask(&kms, operation, body).await.unwrap_err(), code, "{operation}");
        }
    }
}
