//! SDK clients: made once per process, each when it is first needed.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region, SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use std::sync::OnceLock;

/// Where AWS is and who we are there. Lambda puts all of it into a function's environment.
///
/// Read here rather than by the SDK's default chain: that would look for profiles, containers and metadata
/// services that a function never has, in its binary and at every cold start.
#[derive(Clone, Debug)]
pub struct AwsSettings {
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`: valid as long as the sandbox is.
    pub credentials: Credentials,
    /// `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL`.
    pub dynamodb_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_SQS`, else `AWS_ENDPOINT_URL`.
    pub sqs_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_EVENTBRIDGE`, else `AWS_ENDPOINT_URL`.
    pub eventbridge_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_KMS`, else `AWS_ENDPOINT_URL`.
    pub kms_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_SESV2`, else `AWS_ENDPOINT_URL`.
    pub ses_endpoint: Option<String>,
    /// `SOCKET_ENDPOINT`: the management endpoint of the WebSocket API.
    pub socket_endpoint: Option<String>,
}

impl AwsSettings {
    /// Reads the settings from variables; `var` looks one up.
    #[must_use]
    pub fn from_variables(var: impl Fn(&str) -> Option<String>) -> Self {
        let endpoint = |name: &str| var(name).or_else(|| var("AWS_ENDPOINT_URL"));
        Self {
            region: var("AWS_REGION").unwrap_or_else(|| "us-east-1".to_owned()),
            credentials: Credentials::new(
                var("AWS_ACCESS_KEY_ID").unwrap_or_default(),
                var("AWS_SECRET_ACCESS_KEY").unwrap_or_default(),
                var("AWS_SESSION_TOKEN"),
                None,
                "environment",
            ),
            dynamodb_endpoint: endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
            sqs_endpoint: endpoint("AWS_ENDPOINT_URL_SQS"),
            eventbridge_endpoint: endpoint("AWS_ENDPOINT_URL_EVENTBRIDGE"),
            kms_endpoint: endpoint("AWS_ENDPOINT_URL_KMS"),
            ses_endpoint: endpoint("AWS_ENDPOINT_URL_SESV2"),
            socket_endpoint: var("SOCKET_ENDPOINT"),
        }
    }
}

/// The clients of one process.
#[derive(Debug)]
pub struct AwsClients {
    settings: AwsSettings,
    http: OnceLock<SharedHttpClient>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    eventbridge: OnceLock<aws_sdk_eventbridge::Client>,
    kms: OnceLock<aws_sdk_kms::Client>,
    ses: OnceLock<aws_sdk_sesv2::Client>,
    sockets: OnceLock<aws_sdk_apigatewaymanagement::Client>,
}

macro_rules! client {
    ($(#[$doc:meta])* $name:ident, $sdk:ident, $endpoint:ident) => {
        $(#[$doc])*
        pub fn $name(&self) -> $sdk::Client {
            self.$name
                .get_or_init(|| {
                    let mut config = $sdk::Config::builder()
                        .behavior_version(BehaviorVersion::latest())
                        .region(Region::new(self.settings.region.clone()))
                        .credentials_provider(SharedCredentialsProvider::new(self.settings.credentials.clone()))
                        .http_client(self.http());
                    config.set_endpoint_url(self.settings.$endpoint.clone());
                    $sdk::Client::from_conf(config.build())
                })
                .clone()
        }
    };
}

impl AwsClients {
    /// Clients by `settings`, over HTTPS, or over HTTP where an endpoint says so.
    #[must_use]
    pub const fn new(settings: AwsSettings) -> Self {
        Self {
            settings,
            http: OnceLock::new(),
            dynamodb: OnceLock::new(),
            sqs: OnceLock::new(),
            eventbridge: OnceLock::new(),
            kms: OnceLock::new(),
            ses: OnceLock::new(),
            sockets: OnceLock::new(),
        }
    }

    /// Clients whose requests go through `http`.
    #[must_use]
    pub fn with_http_client(settings: AwsSettings, http: SharedHttpClient) -> Self {
        let clients = Self::new(settings);
        // The cell was made a line ago, so it is empty.
        let _ = clients.http.set(http);
        clients
    }

    fn http(&self) -> SharedHttpClient {
        self.http
            .get_or_init(|| {
                Builder::new()
                    .tls_provider(Provider::Rustls(CryptoMode::Ring))
                    .build_https()
            })
            .clone()
    }

    client!(
        /// DynamoDB.
        dynamodb, aws_sdk_dynamodb, dynamodb_endpoint
    );
    client!(
        /// SQS.
        sqs, aws_sdk_sqs, sqs_endpoint
    );
    client!(
        /// EventBridge.
        eventbridge, aws_sdk_eventbridge, eventbridge_endpoint
    );
    client!(
        /// KMS.
        kms, aws_sdk_kms, kms_endpoint
    );
    client!(
        /// SES.
        ses, aws_sdk_sesv2, ses_endpoint
    );
    client!(
        /// The management side of the WebSocket API.
        sockets, aws_sdk_apigatewaymanagement, socket_endpoint
    );
}
