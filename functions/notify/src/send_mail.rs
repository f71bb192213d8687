//! SQS queue of mails: decides what each says, if anything, and sends it.

use freshtrack_application::mail::{MailJob, SendMail, send_mail};
use freshtrack_runtime::{Context, Function, InvocationError, Verdict, queue};
use std::sync::Arc;

/// The function.
pub const FUNCTION: Function = Function {
    name: "notify-send-mail",
    entry: |context, event| queue(context, event, handle),
};

async fn handle(context: Arc<Context>, job: MailJob) -> Verdict {
    send(&context, &job).await.into()
}

async fn send(context: &Context, job: &MailJob) -> Result<(), InvocationError> {
    let ports = SendMail {
        records: &context.records()?,
        mailer: &context.mailer()?,
        clock: context.clock(),
        app_url: context.app_url()?,
    };
    Ok(send_mail(&ports, job).await?)
}
