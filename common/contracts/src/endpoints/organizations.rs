//! Organizations, their members, invitations, access keys and audit log.

use super::{Access, CURSOR, Endpoint, QueryParameter, schema};
use crate::access_keys::{AccessKeyView, CreateAccessKey, NewAccessKey, RotateAccessKey};
use crate::audit::{AuditEntryView, AuditVerification};
use crate::identity::MembershipView;
use crate::invitations::{CreateInvitation, InvitationPreview, InvitationToken, InvitationView};
use crate::members::{MemberView, UpdateMember};
use crate::organizations::{
    CreateOrganization, OrganizationView, RestoreOrganization, SlugAvailability, TransferOwnership,
    UpdateOrganization,
};
use crate::problem::ProblemCode::{Conflict, InvalidRequest, NotFound, TooManyRequests};
use crate::support::SupportSessionView;
use freshtrack_domain::access::Right;
use serde_json::json;

/// The token of the examples: nobody's.
const TOKEN: &str = "4c8wt1xez6n0g3qy5j8bkr2vd7msfh1t";

const AUDIT: &[QueryParameter] = &[
    QueryParameter {
        name: "actor",
        description: "Only what this user or access key did, or what was done in this member's name.",
        required: false,
        format: None,
    },
    QueryParameter {
        name: "action",
        description: "Only this, such as `site.created`, or all that begins so if it ends with a dot: `site.`.",
        required: false,
        format: None,
    },
    QueryParameter {
        name: "target",
        description: "Only what was done to this.",
        required: false,
        format: None,
    },
];

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "organizations-list-own",
        path: "/v1/orgs",
        summary: "Lists the organizations of the person who asks, and those of theirs that were deleted and can be restored.",
        access: Access::SignedIn,
        ..Endpoint::list_of::<OrganizationView>()
    },
    Endpoint {
        function: "organizations-create",
        method: "POST",
        path: "/v1/orgs",
        summary: "Creates an organization that the person who asks owns.",
        access: Access::SignedIn,
        request: Some(schema::<CreateOrganization>),
        example: Some(|| json!({ "name": "Harbour Bistro", "time_zone": "America/New_York" })),
        reply: Some(schema::<OrganizationView>),
        status: 201,
        problems: &[InvalidRequest, Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-get",
        path: "/v1/orgs/{org_id}",
        summary: "Shows the organization.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<OrganizationView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-update",
        method: "PATCH",
        path: "/v1/orgs/{org_id}",
        summary: "Changes what the body mentions of the organization; the rest stays.",
        access: Access::Organization(Right::UpdateOrganization),
        request: Some(schema::<UpdateOrganization>),
        example: Some(|| json!({ "name": "Harbour Bistro & Bar", "slug": "harbour-bistro-bar" })),
        reply: Some(schema::<OrganizationView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-delete",
        method: "DELETE",
        path: "/v1/orgs/{org_id}",
        summary: "Deletes the organization. Its owner can restore it within 30 days; its short name is free at once.",
        access: Access::Organization(Right::ManageOrganization),
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-restore",
        method: "POST",
        path: "/v1/orgs/{org_id}/restore",
        summary: "Brings back an organization of the person who asks with everything it had.",
        access: Access::SignedIn,
        request: Some(schema::<RestoreOrganization>),
        example: Some(|| json!({})),
        reply: Some(schema::<OrganizationView>),
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-check-slug",
        path: "/v1/slugs/{slug}",
        summary: "Tells whether an organization may take a short name.",
        access: Access::SignedIn,
        reply: Some(schema::<SlugAvailability>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-transfer-ownership",
        method: "POST",
        path: "/v1/orgs/{org_id}/ownership",
        summary: "Makes another member the owner. Whoever was it is an administrator from then on.",
        access: Access::Organization(Right::ManageOrganization),
        request: Some(schema::<TransferOwnership>),
        example: Some(|| json!({ "user_id": "usr_01JD8Q6V5X8A2C4E6G8J0M2P4R" })),
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-list-members",
        path: "/v1/orgs/{org_id}/members",
        summary: "Lists the members. Their addresses are shown to those who manage members.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<MemberView>()
    },
    Endpoint {
        function: "organizations-update-member",
        method: "PATCH",
        path: "/v1/orgs/{org_id}/members/{user_id}",
        summary: "Gives a member another role or other sites, within what the own role may assign.",
        access: Access::Organization(Right::ManageMembers),
        request: Some(schema::<UpdateMember>),
        example: Some(|| json!({ "role": "manager" })),
        reply: Some(schema::<MemberView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-remove-member",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/members/{user_id}",
        summary: "Removes a member.",
        access: Access::Organization(Right::ManageMembers),
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-leave",
        method: "POST",
        path: "/v1/orgs/{org_id}/leave",
        summary: "Ends the membership of the person who asks. The last owner stays.",
        access: Access::Organization(Right::Read),
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-list-invitations",
        path: "/v1/orgs/{org_id}/invitations",
        summary: "Lists whom the organization invited and what came of it, the newest first.",
        access: Access::Organization(Right::ManageMembers),
        ..Endpoint::list_of::<InvitationView>()
    },
    Endpoint {
        function: "organizations-create-invitation",
        method: "POST",
        path: "/v1/orgs/{org_id}/invitations",
        summary: "Asks somebody by mail to join, whether or not they have an account.",
        access: Access::Organization(Right::ManageMembers),
        request: Some(schema::<CreateInvitation>),
        example: Some(|| json!({ "email": "ann@example.com", "role": "staff" })),
        reply: Some(schema::<InvitationView>),
        status: 201,
        problems: &[InvalidRequest, Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-resend-invitation",
        method: "POST",
        path: "/v1/orgs/{org_id}/invitations/{invitation_id}/resend",
        summary: "Sends an invitation again, with a new link. The one before holds no more.",
        access: Access::Organization(Right::ManageMembers),
        reply: Some(schema::<InvitationView>),
        problems: &[Conflict, TooManyRequests],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-revoke-invitation",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/invitations/{invitation_id}",
        summary: "Takes an invitation back.",
        access: Access::Organization(Right::ManageMembers),
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-preview-invitation",
        method: "POST",
        path: "/v1/invitations/preview",
        summary: "Shows what an invitation says to whoever holds its link.",
        request: Some(schema::<InvitationToken>),
        example: Some(|| json!({ "token": TOKEN })),
        reply: Some(schema::<InvitationPreview>),
        problems: &[InvalidRequest, NotFound, Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-accept-invitation",
        method: "POST",
        path: "/v1/invitations/accept",
        summary: "Makes the person who asks a member of the organization that invited their address.",
        access: Access::SignedIn,
        request: Some(schema::<InvitationToken>),
        example: Some(|| json!({ "token": TOKEN })),
        reply: Some(schema::<MembershipView>),
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-list-access-keys",
        path: "/v1/orgs/{org_id}/access-keys",
        summary: "Lists the access keys, without their secrets.",
        access: Access::Organization(Right::ManageAccessKeys),
        ..Endpoint::list_of::<AccessKeyView>()
    },
    Endpoint {
        function: "organizations-create-access-key",
        method: "POST",
        path: "/v1/orgs/{org_id}/access-keys",
        summary: "Creates an access key and shows its secret, this once.",
        access: Access::Organization(Right::ManageAccessKeys),
        request: Some(schema::<CreateAccessKey>),
        example: Some(|| json!({ "name": "Gateway on the roof", "rights": ["ingest"] })),
        reply: Some(schema::<NewAccessKey>),
        status: 201,
        problems: &[InvalidRequest, Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-rotate-access-key",
        method: "POST",
        path: "/v1/orgs/{org_id}/access-keys/{key_id}/rotation",
        summary: "Gives an access key a new secret and shows it, this once. The one before holds on for a while.",
        access: Access::Organization(Right::ManageAccessKeys),
        request: Some(schema::<RotateAccessKey>),
        example: Some(|| json!({ "overlap_hours": 24 })),
        reply: Some(schema::<NewAccessKey>),
        status: 201,
        problems: &[InvalidRequest, Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-revoke-access-key",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/access-keys/{key_id}",
        summary: "Ends an access key. Within a minute nobody is let in by it any more.",
        access: Access::Organization(Right::ManageAccessKeys),
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-list-audit",
        path: "/v1/orgs/{org_id}/audit",
        summary: "Lists what was done in the organization and by whom, the newest first.",
        access: Access::Organization(Right::ViewAudit),
        query: AUDIT,
        ..Endpoint::list_of::<AuditEntryView>()
    },
    Endpoint {
        function: "organizations-verify-audit",
        path: "/v1/orgs/{org_id}/audit/verification",
        summary: "Verifies a stretch of the audit log: that no entry was changed, removed or put in.",
        access: Access::Organization(Right::ViewAudit),
        query: &[CURSOR],
        reply: Some(schema::<AuditVerification>),
        problems: &[InvalidRequest],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "organizations-list-support-sessions",
        path: "/v1/orgs/{org_id}/support-sessions",
        summary: "Lists when administrators of the platform acted in the organization, and why, the newest first.",
        access: Access::Organization(Right::ViewAudit),
        ..Endpoint::list_of::<SupportSessionView>()
    },
    Endpoint {
        function: "organizations-delete-account",
        method: "DELETE",
        path: "/v1/me",
        summary: "Deletes the account of the person who asks, who leaves all organizations. Where they are the last member, the organization is deleted.",
        access: Access::SignedIn,
        status: 204,
        problems: &[Conflict],
        ..Endpoint::BASE
    },
];
