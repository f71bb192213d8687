//! People: signing up, signing in, their sessions and secrets.

use super::{Access, Endpoint, schema};
use crate::identity::{
    ChangePassword, DisableTotp, Jwks, Me, RecoveryCodes, Refresh, ResetPassword, SecondStep, SendMail,
    SessionView, SignIn, SignInReply, SignOut, SignUp, Tokens, TotpCode, TotpEnrolment, UpdateMe, UserView,
    VerifyEmail,
};
use crate::problem::ProblemCode::{Conflict, InvalidRequest, NotFound, NotSignedIn, Stale, TooManyRequests};
use serde_json::json;

/// The token of the examples: nobody's.
const TOKEN: &str = "4c8wt1xez6n0g3qy5j8bkr2vd7msfh1t";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "identity-sign-up",
        method: "POST",
        path: "/v1/identity/sign-up",
        summary: "Asks for an account. A mail says how to go on, whether the address has an account or not.",
        request: Some(schema::<SignUp>),
        example: Some(
            || json!({ "email": "ann@example.com", "password": "correct horse battery staple", "name": "Ann" }),
        ),
        status: 202,
        problems: &[InvalidRequest, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-verify-email",
        method: "POST",
        path: "/v1/identity/verify-email",
        summary: "Creates the account that was asked for, by the token in the mail.",
        request: Some(schema::<VerifyEmail>),
        example: Some(|| json!({ "token": TOKEN })),
        status: 204,
        problems: &[InvalidRequest, NotFound, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-resend-verification",
        method: "POST",
        path: "/v1/identity/verify-email/resend",
        summary: "Sends the mail of the sign-up again, if there was one.",
        request: Some(schema::<SendMail>),
        example: Some(|| json!({ "email": "ann@example.com" })),
        status: 202,
        problems: &[InvalidRequest, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-sign-in",
        method: "POST",
        path: "/v1/identity/sign-in",
        summary: "Signs a person in by password. Accounts with a second factor need a second step.",
        request: Some(schema::<SignIn>),
        example: Some(|| json!({ "email": "ann@example.com", "password": "correct horse battery staple" })),
        reply: Some(schema::<SignInReply>),
        problems: &[InvalidRequest, NotSignedIn, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-sign-in-second-step",
        method: "POST",
        path: "/v1/identity/sign-in/second-step",
        summary: "Completes a sign-in by a code of the authenticator or a recovery code. Each is taken once.",
        request: Some(schema::<SecondStep>),
        example: Some(|| json!({ "challenge": TOKEN, "code": "492039" })),
        reply: Some(schema::<Tokens>),
        problems: &[InvalidRequest, NotSignedIn, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-refresh",
        method: "POST",
        path: "/v1/identity/refresh",
        summary: "Gives a new access token and the next refresh token. A refresh token that was followed by another \
                  ends the session, except for its repetition within 45 seconds.",
        request: Some(schema::<Refresh>),
        example: Some(
            || json!({ "refresh_token": "ftr_01JD8Q6V5W3Y8R2T4N6M8P0Q2S01JD8Q6V5W3Y8R2T4N6M8P0Q2T_4c8wt1xez6n0g3qy5j8bkr2vd7msfh1t" }),
        ),
        reply: Some(schema::<Tokens>),
        problems: &[InvalidRequest, NotSignedIn, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-request-password-reset",
        method: "POST",
        path: "/v1/identity/password-reset",
        summary: "Sends a mail by which a new password can be set, if the address has an account.",
        request: Some(schema::<SendMail>),
        example: Some(|| json!({ "email": "ann@example.com" })),
        status: 202,
        problems: &[InvalidRequest, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-reset-password",
        method: "POST",
        path: "/v1/identity/password-reset/complete",
        summary: "Sets a new password by the token in the mail, and ends all sessions.",
        request: Some(schema::<ResetPassword>),
        example: Some(|| json!({ "token": TOKEN, "password": "correct horse battery staple" })),
        status: 204,
        problems: &[InvalidRequest, NotFound, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-get-jwks",
        path: "/.well-known/jwks.json",
        summary: "Shows the keys that access tokens are signed with.",
        reply: Some(schema::<Jwks>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-get-me",
        path: "/v1/me",
        summary: "Shows the person who asks, where they belong and whom they support.",
        access: Access::SignedIn,
        reply: Some(schema::<Me>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-update-me",
        method: "PATCH",
        path: "/v1/me",
        summary: "Changes what the person is called, the language they are written to in and the number they are called at.",
        access: Access::SignedIn,
        request: Some(schema::<UpdateMe>),
        example: Some(|| json!({ "name": "Ann Smith" })),
        reply: Some(schema::<UserView>),
        problems: &[InvalidRequest, Conflict, Stale],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-sign-out",
        method: "POST",
        path: "/v1/me/sign-out",
        summary: "Ends the session that asks, or all of the person's. Access tokens follow within a minute.",
        access: Access::SignedIn,
        request: Some(schema::<SignOut>),
        example: Some(|| json!({ "everywhere": false })),
        status: 204,
        problems: &[InvalidRequest, Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-list-sessions",
        path: "/v1/me/sessions",
        summary: "Lists the person's sessions, the newest first.",
        access: Access::SignedIn,
        ..Endpoint::list_of::<SessionView>()
    },
    Endpoint {
        function: "identity-revoke-session",
        method: "DELETE",
        path: "/v1/me/sessions/{session_id}",
        summary: "Ends a session of the person. Its access token follows within a minute.",
        access: Access::SignedIn,
        status: 204,
        problems: &[NotFound, Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-change-password",
        method: "POST",
        path: "/v1/me/password",
        summary: "Changes the password, and ends all other sessions.",
        access: Access::SignedIn,
        request: Some(schema::<ChangePassword>),
        example: Some(
            || json!({ "current_password": "correct horse battery staple", "password": "seven wet cats on a blue roof" }),
        ),
        status: 204,
        problems: &[InvalidRequest, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-enrol-totp",
        method: "POST",
        path: "/v1/me/totp",
        summary: "Draws the secret of a second factor, to be confirmed by a code within ten minutes.",
        access: Access::SignedIn,
        reply: Some(schema::<TotpEnrolment>),
        status: 201,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-confirm-totp",
        method: "POST",
        path: "/v1/me/totp/confirm",
        summary: "Turns the second factor on and shows its recovery codes, once.",
        access: Access::SignedIn,
        request: Some(schema::<TotpCode>),
        example: Some(|| json!({ "code": "492039" })),
        reply: Some(schema::<RecoveryCodes>),
        problems: &[InvalidRequest, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-disable-totp",
        method: "POST",
        path: "/v1/me/totp/disable",
        summary: "Turns the second factor off.",
        access: Access::SignedIn,
        request: Some(schema::<DisableTotp>),
        example: Some(|| json!({ "password": "correct horse battery staple", "code": "492039" })),
        status: 204,
        problems: &[InvalidRequest, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "identity-renew-recovery-codes",
        method: "POST",
        path: "/v1/me/totp/recovery-codes",
        summary: "Draws new recovery codes and shows them, once. The former ones end.",
        access: Access::SignedIn,
        request: Some(schema::<TotpCode>),
        example: Some(|| json!({ "code": "492039" })),
        reply: Some(schema::<RecoveryCodes>),
        problems: &[InvalidRequest, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
];
