//! The keys that other issuers of tokens publish.

use crate::http::Http;
use async_trait::async_trait;
use bytes::Bytes;
use freshtrack_application::ports::KeySets;
use freshtrack_application::{PortError, PortErrorKind};
use http::Request;

/// Key sets fetched over HTTPS.
#[derive(Debug, Default)]
pub struct HttpKeySets(Http);

#[async_trait]
impl KeySets for HttpKeySets {
    async fn fetch(&self, url: &str) -> Result<String, PortError> {
        const OP: &str = "key_sets.fetch";
        let request = Request::get(url)
            .body(Bytes::new())
            .map_err(|error| PortError::because(OP, PortErrorKind::Rejected, error))?;
        let response = self.0.send(OP, request).await?;
        if !response.status().is_success() {
            let status = response.status().to_string();
            return Err(PortError::because(OP, PortErrorKind::Unavailable, status));
        }
        String::from_utf8(response.into_body().to_vec())
            .map_err(|error| PortError::because(OP, PortErrorKind::Unavailable, error))
    }
}
