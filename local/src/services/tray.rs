//! The tray: what would have left by e-mail or SMS, kept to be looked at.
//!
//! Stands in for `SendEmail` of SES (version 2) and `Publish` to a phone number
//! of SNS. Nothing leaves the machine.

use std::collections::HashMap;
use std::fmt::Write as _;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::identifiers::uuid;
use super::json_protocol::{self, AwsError, parse};
use super::lambda::timestamp;
use super::store::{Store, StoreError};
use crate::clock::LocalClock;
use crate::endpoint::AwsEndpoint;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS tray (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        sender TEXT NOT NULL,
        recipients TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        sent_at INTEGER NOT NULL
    );";

/// The most messages a listing shows.
const LISTED: u32 = 500;

/// How a message would have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// By e-mail.
    Email,
    /// As a text message.
    Sms,
}

impl MessageKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

/// A message in the tray.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrayMessage {
    /// The id that the sender was given.
    pub message_id: String,
    /// E-mail or SMS.
    pub kind: MessageKind,
    /// The sender's address or name.
    pub from: String,
    /// Addresses or phone numbers.
    pub to: Vec<String>,
    /// The subject of an e-mail.
    pub subject: String,
    /// The text; of an e-mail with text and HTML the text.
    pub body: String,
    /// When it was sent, RFC 3339.
    pub sent_at: String,
}

/// The messages; clones share them.
#[derive(Clone)]
pub struct Tray {
    store: Store,
    clock: LocalClock,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    #[serde(default)]
    from_email_address: String,
    destination: Destination,
    content: Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    #[serde(default)]
    to_addresses: Vec<String>,
    #[serde(default)]
    cc_addresses: Vec<String>,
    #[serde(default)]
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<SimpleContent>,
    raw: Option<RawContent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SimpleContent {
    subject: Text,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawContent {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Text>,
    html: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    data: String,
}

impl Tray {
    /// Opens the tray with what earlier runs have left in it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn open(store: Store, clock: LocalClock) -> Result<Self, StoreError> {
        store.create(SCHEMA)?;
        Ok(Self { store, clock })
    }

    /// The newest messages, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn messages(&self) -> Result<Vec<TrayMessage>, StoreError> {
        self.store.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT message_id, kind, sender, recipients, subject, body, sent_at FROM tray
                 ORDER BY id DESC LIMIT ?1",
            )?;
            let rows = statement.query_map([LISTED], |row| {
                let (kind, recipients): (String, String) = (row.get(1)?, row.get(3)?);
                Ok(TrayMessage {
                    message_id: row.get(0)?,
                    kind: if kind == MessageKind::Sms.as_str() {
                        MessageKind::Sms
                    } else {
                        MessageKind::Email
                    },
                    from: row.get(2)?,
                    to: serde_json::from_str(&recipients).unwrap_or_default(),
                    subject: row.get(4)?,
                    body: row.get(5)?,
                    sent_at: timestamp(row.get(6)?),
                })
            })?;
            rows.collect()
        })
    }

    /// The messages as a page for a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn page(&self) -> Result<String, StoreError> {
        let mut rows = String::new();
        for message in self.messages()? {
            // Writing to a string cannot fail.
            let _ = write!(
                rows,
                "<article><h2>{} to {}</h2><p><time>{}</time> {}</p><pre>{}</pre></article>",
                message.kind.as_str(),
                escape(&message.to.join(", ")),
                message.sent_at,
                escape(&message.subject),
                linked(&message.body),
            );
        }
        if rows.is_empty() {
            rows.push_str("<p>Nothing has been sent.</p>");
        }
        Ok(format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sent messages</title></head>\
             <body><h1>Sent messages</h1>{rows}</body></html>"
        ))
    }

    fn keep(
        &self,
        kind: MessageKind,
        from: &str,
        to: &[String],
        subject: &str,
        body: &str,
    ) -> Result<String, StoreError> {
        let id = uuid();
        let now = self.clock.now_ms();
        self.store.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO tray (message_id, kind, sender, recipients, subject, body, sent_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    id,
                    kind.as_str(),
                    from,
                    json!(to).to_string(),
                    subject,
                    body,
                    now
                ])?;
            Ok::<_, StoreError>(())
        })?;
        Ok(id)
    }

    fn send_email(&self, body: &[u8]) -> Result<Value, AwsError> {
        let email: SendEmail = parse(body)?;
        let Destination {
            to_addresses,
            cc_addresses,
            bcc_addresses,
        } = email.destination;
        let to: Vec<String> = to_addresses
            .into_iter()
            .chain(cc_addresses)
            .chain(bcc_addresses)
            .collect();
        if to.is_empty() {
            return Err(AwsError::client(
                "BadRequestException",
                "The message has no recipient.",
            ));
        }
        let (subject, body) = match (email.content.simple, email.content.raw) {
            (Some(simple), _) => {
                let body = simple.body.text.or(simple.body.html);
                (
                    simple.subject.data,
                    body.map(|text| text.data).unwrap_or_default(),
                )
            }
            (None, Some(raw)) => (String::new(), raw.data),
            (None, None) => {
                return Err(AwsError::client(
                    "BadRequestException",
                    "The message has no content.",
                ));
            }
        };
        let id = self
            .keep(
                MessageKind::Email,
                &email.from_email_address,
                &to,
                &subject,
                &body,
            )
            .map_err(AwsError::internal)?;
        Ok(json!({ "MessageId": id }))
    }

    /// SNS speaks the older query protocol: a form in, XML out.
    fn publish(&self, body: &[u8]) -> Response<Bytes> {
        let form: HashMap<_, _> = form_urlencoded::parse(body).collect();
        let field = |name: &str| form.get(name).map(|value| value.to_string()).unwrap_or_default();
        if field("Action") != "Publish" || field("PhoneNumber").is_empty() {
            return sns_error(
                "InvalidParameter",
                "Only Publish with PhoneNumber is part of the local system",
            );
        }
        let sender = field("MessageAttributes.entry.1.Value.StringValue");
        match self.keep(
            MessageKind::Sms,
            &sender,
            &[field("PhoneNumber")],
            "",
            &field("Message"),
        ) {
            Ok(id) => xml(
                StatusCode::OK,
                format!(
                    "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
                     <MessageId>{id}</MessageId></PublishResult><ResponseMetadata><RequestId>{}</RequestId>\
                     </ResponseMetadata></PublishResponse>",
                    uuid()
                ),
            ),
            Err(error) => {
                tracing::error!(%error, "a message could not be kept");
                sns_error("InternalError", &error.to_string())
            }
        }
    }
}

#[async_trait::async_trait]
impl AwsEndpoint for Tray {
    /// `POST /v2/email/outbound-emails` of SES, and `POST /` of SNS.
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/v2/email/outbound-emails") => {
                json_protocol::reply(self.send_email(request.body()))
            }
            (&Method::POST, "/") => self.publish(request.body()),
            _ => json_protocol::reply::<()>(Err(AwsError::unknown_operation(request.uri().path()))),
        }
    }
}

fn sns_error(code: &str, message: &str) -> Response<Bytes> {
    let kind = if code == "InternalError" {
        "Receiver"
    } else {
        "Sender"
    };
    let status = if code == "InternalError" {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::BAD_REQUEST
    };
    let body = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>{kind}</Type>\
         <Code>{code}</Code><Message>{}</Message></Error><RequestId>{}</RequestId></ErrorResponse>",
        escape(message),
        uuid()
    );
    xml(status, body)
}

fn xml(status: StatusCode, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    response
}

/// `text` as HTML, in which every line that is an address can be followed.
fn linked(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = escape(line);
        if line.starts_with("http://") || line.starts_with("https://") {
            format!("<a href=\"{line}\">{line}</a>")
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::store::DataLocation;
    use crate::services::testing::clock;

    fn tray(location: &DataLocation) -> Tray {
        Tray::open(Store::open(location).unwrap(), clock()).unwrap()
    }

    async fn post(tray: &Tray, path: &str, body: &str) -> (StatusCode, String) {
        let request = Request::post(path).body(Bytes::from(body.to_owned())).unwrap();
        let response = tray.call(request).await;
        (
            response.status(),
            String::from_utf8(response.body().to_vec()).unwrap(),
        )
    }

    fn email() -> String {
        json!({
            "FromEmailAddress": "alerts@freshtrack.example",
            "Destination": {"ToAddresses": ["ann@example.com"], "CcAddresses": ["bob@example.com"]},
            "Content": {"Simple": {
                "Subject": {"Data": "Cold room is warm"},
                "Body": {"Text": {"Data": "9.5 <b>now</b>"}, "Html": {"Data": "<p>9.5</p>"}},
            }},
        })
        .to_string()
    }

    #[tokio::test]
    async fn sent_messages_are_kept_and_shown_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let location = DataLocation::Directory(folder.path().into());
        let killed = tray(&location);
        let (status, answer) = post(&killed, "/v2/email/outbound-emails", &email()).await;
        assert_eq!(status, StatusCode::OK);
        let form = "Action=Publish&Version=2010-03-31&PhoneNumber=%2B4915112345&Message=It+is+warm%21";
        let (status, published) = post(&killed, "/", form).await;
        assert_eq!(status, StatusCode::OK);

        let messages = tray(&location).messages().unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(messages.len(), 2);
        assert_eq!(
            (messages[0].kind, messages[0].body.as_str()),
            (MessageKind::Sms, "It is warm!")
        );
        assert_eq!(messages[0].to, ["+4915112345"]);
        assert!(published.contains(&format!("<MessageId>{}</MessageId>", messages[0].message_id)));
        assert_eq!(messages[1].message_id, answer["MessageId"]);
        assert_eq!(messages[1].to, ["ann@example.com", "bob@example.com"]);
        assert_eq!(messages[1].subject, "Cold room is warm");
        assert_eq!(messages[1].sent_at, "2026-11-21T12:00:00.000Z");
    }

    #[tokio::test]
    async fn the_page_shows_what_was_sent_and_runs_none_of_it() {
        let tray = tray(&DataLocation::Memory);
        assert!(tray.page().unwrap().contains("Nothing has been sent."));
        post(&tray, "/v2/email/outbound-emails", &email()).await;
        let page = tray.page().unwrap();
        assert!(page.contains("9.5 &lt;b&gt;now&lt;/b&gt;"), "{page}");
    }

    #[test]
    fn addresses_on_lines_of_their_own_can_be_followed() {
        assert_eq!(
            linked("Open <it>:\nhttps://a.example/#t=1&u=\"2\"\nhttp is a word"),
            "Open &lt;it&gt;:\n\
             <a href=\"https://a.example/#t=1&amp;u=&quot;2&quot;\">https://a.example/#t=1&amp;u=&quot;2&quot;</a>\n\
             http is a word"
        );
    }

    #[tokio::test]
    async fn what_could_not_be_sent_is_refused() {
        let tray = tray(&DataLocation::Memory);
        let nobody = r#"{"Destination": {}, "Content": {"Raw": {"Data": ""}}}"#;
        let nothing = r#"{"Destination": {"ToAddresses": ["a@b.c"]}, "Content": {}}"#;
        for (path, body) in [
            ("/v2/email/outbound-emails", nobody),
            ("/v2/email/outbound-emails", nothing),
            ("/v2/email/outbound-emails", "no json"),
            ("/v2/email/identities", "{}"),
            ("/", "Action=Publish&TopicArn=arn&Message=x"),
        ] {
            assert_eq!(
                post(&tray, path, body).await.0,
                StatusCode::BAD_REQUEST,
                "{path} {body}"
            );
        }
        assert!(tray.messages().unwrap().is_empty());
    }
}
