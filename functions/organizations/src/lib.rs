//! Functions over organizations, their members, invitations and access keys.

pub mod accept_invitation;
pub mod check_slug;
pub mod create;
pub mod create_access_key;
pub mod create_invitation;
pub mod delete;
pub mod delete_account;
pub mod get;
pub mod leave;
pub mod list_access_keys;
pub mod list_audit;
pub mod list_invitations;
pub mod list_members;
pub mod list_own;
pub mod list_support_sessions;
pub mod preview_invitation;
pub mod remove_member;
pub mod resend_invitation;
pub mod restore;
pub mod revoke_access_key;
pub mod revoke_invitation;
pub mod rotate_access_key;
pub mod transfer_ownership;
pub mod update;
pub mod update_member;
pub mod verify_audit;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    accept_invitation::FUNCTION,
    check_slug::FUNCTION,
    create::FUNCTION,
    create_access_key::FUNCTION,
    create_invitation::FUNCTION,
    delete::FUNCTION,
    delete_account::FUNCTION,
    get::FUNCTION,
    leave::FUNCTION,
    list_access_keys::FUNCTION,
    list_audit::FUNCTION,
    list_invitations::FUNCTION,
    list_members::FUNCTION,
    list_own::FUNCTION,
    list_support_sessions::FUNCTION,
    preview_invitation::FUNCTION,
    remove_member::FUNCTION,
    resend_invitation::FUNCTION,
    restore::FUNCTION,
    revoke_access_key::FUNCTION,
    revoke_invitation::FUNCTION,
    rotate_access_key::FUNCTION,
    transfer_ownership::FUNCTION,
    update::FUNCTION,
    update_member::FUNCTION,
    verify_audit::FUNCTION,
];
