//! Members with what they are called.

use super::Office;
use crate::error::{Failure, PortError};
use crate::page::{Order, PageRequest, page_of};
use crate::ports::{Owner, Records, Stored};
use crate::scope::{Caller, OrgScope};
use freshtrack_contracts::members::MemberView;
use freshtrack_contracts::page::Page;
use freshtrack_domain::access::Right;
use freshtrack_domain::ids::UserId;
use freshtrack_domain::people::{Member, User};
use futures_util::future;

/// What somebody is called who has deleted their account.
const FORMER: &str = "Former user";

/// The members that the caller may see: those who work for one of their sites. Addresses are shown to those who manage
/// members only.
///
/// # Errors
/// Refused when there is no such page.
pub async fn list_members(
    office: &Office<'_>,
    caller: &Caller,
    request: &PageRequest,
) -> Result<Page<MemberView>, Failure> {
    let visible = |member: &Member| caller.sites.meet(&member.sites);
    let addresses = caller.may(Right::ManageMembers);
    members_page(office, caller.scope, request, visible, addresses).await
}

/// A page of the members of an organization that are `visible`, with their `addresses` or without.
///
/// # Errors
/// Refused when there is no such page.
pub(crate) async fn members_page(
    office: &Office<'_>,
    scope: OrgScope,
    request: &PageRequest,
    visible: impl Fn(&Member) -> bool,
    addresses: bool,
) -> Result<Page<MemberView>, Failure> {
    let page = page_of(office.records, scope, request, Order::OldestFirst, visible).await?;
    let views = page
        .items
        .iter()
        .map(|stored| view(office, &stored.record, addresses));
    Ok(Page {
        items: future::try_join_all(views).await?,
        next_cursor: page.next_cursor,
    })
}

/// The member, with their address or without.
pub(super) async fn view(
    office: &Office<'_>,
    member: &Member,
    address: bool,
) -> Result<MemberView, PortError> {
    let user = user(office.records, member.user_id)
        .await?
        .map(|stored| stored.record);
    Ok(MemberView {
        user_id: member.user_id,
        name: user
            .as_ref()
            .map_or_else(|| FORMER.to_owned(), |user| user.name.to_string()),
        email: user.filter(|_| address).map(|user| user.email.to_string()),
        role: member.role,
        sites: member.sites.clone(),
        since: member.since.into(),
    })
}

/// What `user_id` is called.
pub(super) async fn name_of(records: &dyn Records, user_id: UserId) -> Result<String, PortError> {
    let user = user(records, user_id).await?;
    Ok(user.map_or_else(|| FORMER.to_owned(), |user| user.record.name.to_string()))
}

/// The account of `user_id`, unless it was deleted.
pub(crate) async fn user(records: &dyn Records, user_id: UserId) -> Result<Option<Stored<User>>, PortError> {
    records.get::<User>(Owner::User(user_id), user_id).await
}
