//! Mails through SES.

use crate::clients::AwsClients;
use crate::error::{corrupt, sdk};
use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use freshtrack_application::PortError;
use freshtrack_application::mail::Letter;
use freshtrack_application::ports::Mailer;
use freshtrack_domain::people::EmailAddress;

/// Sends through SES, in the name of one sender.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    sender: String,
}

impl SesMailer {
    /// Mails from `sender`, such as `FreshTrack <no-reply@freshtrack.example>`, which SES must know as ours.
    #[must_use]
    pub fn new(clients: &AwsClients, sender: impl Into<String>) -> Self {
        Self {
            client: clients.ses(),
            sender: sender.into(),
        }
    }
}

fn message(letter: &Letter) -> Result<Message, BuildError> {
    let content = |text: String| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder()
        .text(content(letter.text())?)
        .html(content(letter.html())?)
        .build();
    Ok(Message::builder()
        .subject(content(letter.subject.clone())?)
        .body(body)
        .build())
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, to: &EmailAddress, letter: &Letter) -> Result<(), PortError> {
        const OP: &str = "mailer.send";
        let message = message(letter).map_err(|error| corrupt(OP, error))?;
        self.client
            .send_email()
            .from_email_address(&self.sender)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map(drop)
            .map_err(|error| sdk(OP, error))
    }
}
