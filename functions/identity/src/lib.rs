//! Functions over accounts, sign-in and what proves who calls.

pub mod authorize_http;
pub mod change_password;
pub mod confirm_totp;
pub mod disable_totp;
pub mod enrol_totp;
pub mod get_jwks;
pub mod get_me;
pub mod list_sessions;
pub mod refresh;
pub mod renew_recovery_codes;
pub mod request_password_reset;
pub mod resend_verification;
pub mod reset_password;
pub mod revoke_session;
pub mod rotate_signing_keys;
pub mod set_password;
pub mod sign_in;
pub mod sign_in_second_step;
pub mod sign_out;
pub mod sign_up;
pub mod update_me;
pub mod verify_email;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    authorize_http::FUNCTION,
    change_password::FUNCTION,
    confirm_totp::FUNCTION,
    disable_totp::FUNCTION,
    enrol_totp::FUNCTION,
    get_jwks::FUNCTION,
    get_me::FUNCTION,
    list_sessions::FUNCTION,
    refresh::FUNCTION,
    renew_recovery_codes::FUNCTION,
    request_password_reset::FUNCTION,
    resend_verification::FUNCTION,
    reset_password::FUNCTION,
    revoke_session::FUNCTION,
    rotate_signing_keys::FUNCTION,
    set_password::FUNCTION,
    sign_in::FUNCTION,
    sign_in_second_step::FUNCTION,
    sign_out::FUNCTION,
    sign_up::FUNCTION,
    update_me::FUNCTION,
    verify_email::FUNCTION,
];
