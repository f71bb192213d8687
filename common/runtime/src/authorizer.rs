//! The two authorizers: access keys and tokens at the HTTP API, tickets at the socket.

use crate::context::Context;
use crate::event::{HttpAuthorizerEvent, Identity, SocketAuthorizerEvent};
use crate::function::{InvocationError, InvocationFuture};
use freshtrack_application::organizations::{authorize_access_key, holds_until};
use freshtrack_application::ports::TicketGrant;
use freshtrack_application::{CONNECTION_LIFE, Caller, OrgScope, SignedIn, redeem_ticket};
use freshtrack_domain::access::{Right, Rights, Sites};
use serde_json::json;
use std::sync::Arc;

/// What every access key begins with, and no token does.
const KEY_PREFIX: &str = "ftk_";

/// Answers an HTTP API's authorizer in its simple form: allowed or not, and who it is.
pub fn authorize_http(context: Arc<Context>, event: Vec<u8>) -> InvocationFuture {
    Box::pin(async move {
        let event: HttpAuthorizerEvent =
            serde_json::from_slice(&event).map_err(|e| InvocationError::new("Event", e.to_string()))?;
        let presented = event
            .identity_source
            .first()
            .map(String::as_str)
            .unwrap_or_default();
        let credential = presented
            .strip_prefix("Bearer ")
            .or_else(|| presented.strip_prefix("bearer "));
        let identity = match credential {
            Some(credential) => identity(&context, credential.trim()).await?,
            None => None,
        };
        let reply = match identity {
            None => json!({ "isAuthorized": false }),
            Some(identity) => json!({ "isAuthorized": true, "context": identity }),
        };
        Ok(reply.to_string().into_bytes())
    })
}

/// Who holds `credential`: an access key, a token of ours, or one of another issuer that is trusted.
async fn identity(context: &Context, credential: &str) -> Result<Option<Identity>, InvocationError> {
    let (records, clock) = (context.records()?, context.clock());
    if credential.starts_with(KEY_PREFIX) {
        let caller = authorize_access_key(&records, clock, credential).await?;
        return Ok(caller.as_ref().map(identity_of));
    }
    let tokens = context.access_tokens()?;
    if let Some(person) = tokens.authorize(&records, clock, credential).await? {
        return Ok(Some(identity_of_person(person)));
    }
    let issuers = context.external_issuers()?;
    if issuers.is_empty() {
        return Ok(None);
    }
    let vouched_for = issuers
        .authorize(&records, context.key_sets(), clock, credential)
        .await?;
    Ok(vouched_for.map(|it| identity_of_person(it.person).ending(it.until)))
}

/// What the gateway hands on of somebody who is signed in: what they may do is known to organizations alone.
fn identity_of_person(person: SignedIn) -> Identity {
    Identity {
        actor_id: person.user_id.to_string(),
        session_id: person.session_id.to_string(),
        ..Identity::default()
    }
}

/// What the gateway hands on of `caller` to the functions behind it.
fn identity_of(caller: &Caller) -> Identity {
    let words = |words: Vec<String>| words.join(" ");
    Identity {
        actor_id: caller.actor.id.clone(),
        acting_as: caller
            .actor
            .acting_as
            .map_or_else(String::new, |user| user.to_string()),
        org_id: caller.scope.org_id().to_string(),
        scopes: words(caller.rights.iter().map(|right| right.to_string()).collect()),
        sites: match &caller.sites {
            Sites::All => String::new(),
            // A member without any site still must not be taken for one with all.
            Sites::Only(sites) if sites.is_empty() => "none".to_owned(),
            Sites::Only(sites) => words(sites.iter().map(ToString::to_string).collect()),
        },
        session_id: caller
            .actor
            .session
            .map_or_else(String::new, |session| session.to_string()),
        until: String::new(),
    }
}

/// Answers a WebSocket API's authorizer with a policy for this one connection.
pub fn authorize_socket(context: Arc<Context>, event: Vec<u8>) -> InvocationFuture {
    Box::pin(async move {
        let event: SocketAuthorizerEvent =
            serde_json::from_slice(&event).map_err(|e| InvocationError::new("Event", e.to_string()))?;
        let parameters = event.query_string_parameters.unwrap_or_default();
        let grant = match parameters.get("ticket") {
            Some(ticket) => redeem_ticket(&context.tickets()?, context.clock(), ticket).await?,
            None => None,
        };
        let identity = match grant {
            Some(grant) => identity_of_grant(&context, grant).await?,
            None => None,
        };
        let policy = |effect: &str| {
            json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": event.method_arn,
                }],
            })
        };
        let reply = match identity {
            None => json!({ "principalId": "nobody", "policyDocument": policy("Deny") }),
            Some(identity) => json!({
                "principalId": identity.actor_id,
                "policyDocument": policy("Allow"),
                "context": identity,
            }),
        };
        Ok(reply.to_string().into_bytes())
    })
}

/// Who the socket that `grant` opens is for, unless what the ticket was issued for has ended.
async fn identity_of_grant(
    context: &Context,
    grant: TicketGrant,
) -> Result<Option<Identity>, InvocationError> {
    let clock = context.clock();
    let longest = clock.now() + CONNECTION_LIFE;
    let latest = grant.credential_ends.map_or(longest, |end| end.min(longest));
    let caller = Caller {
        scope: OrgScope::granted(grant.org_id),
        actor: grant.actor,
        rights: Rights::NONE.with(Right::Read),
        sites: grant.sites,
    };
    let until = holds_until(&context.records()?, clock, &caller, latest).await?;
    Ok(until.map(|until| identity_of(&caller).ending(until)))
}
