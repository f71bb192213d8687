//! Administrators of the platform: who they are, what they find, and how they support a customer.

use crate::support::{House, code, person};
use freshtrack_application::audit::{AuditFilter, list_audit};
use freshtrack_application::organizations::{
    admit_person, delete_organization, remove_member, update_organization,
};
use freshtrack_application::platform::{
    admit_administrator, end_support, get_active_support, get_user, grant_administrator, list_members_of,
    list_organizations, list_platform_audit, list_support_sessions, list_users, revoke_administrator,
    start_support,
};
use freshtrack_application::{Administrator, Caller, Failure, PageRequest, PortErrorKind, SignedIn};
use freshtrack_contracts::organizations::UpdateOrganization;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_contracts::support::{AdministratorAddress, StartSupport, SupportSessionView, SupportStatus};
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::{OrgId, UserId};
use freshtrack_domain::place::TemperatureUnit;
use freshtrack_domain::support::Reason;
use freshtrack_domain::time::Span;
use freshtrack_testkit::{Work, fresh_id, interleaved};

fn address(email: &str) -> AdministratorAddress {
    AdministratorAddress {
        email: email.parse().unwrap(),
    }
}

/// An account that an operator has made an administrator's.
async fn administrator(house: &House, email: &str) -> (SignedIn, Administrator) {
    let person = house.account(email).await;
    grant_administrator(&house.office(), &address(email))
        .await
        .unwrap();
    let administrator = admit_administrator(house.store(), person).await.unwrap();
    (person, administrator.unwrap())
}

fn request(org_id: OrgId, user_id: UserId) -> StartSupport {
    StartSupport {
        org_id,
        user_id,
        reason: Reason::new("The alarm limits cannot be saved (ticket 4711)").unwrap(),
        minutes: None,
    }
}

async fn start(
    house: &House,
    administrator: Administrator,
    input: StartSupport,
) -> Result<SupportSessionView, Failure> {
    start_support(&house.office(), administrator, input).await
}

async fn admitted(house: &House, person: SignedIn, org_id: OrgId) -> Option<Caller> {
    admit_person(house.store(), &house.clock, person, org_id)
        .await
        .unwrap()
}

#[tokio::test]
async fn operators_make_administrators_and_nobody_else_is_one() {
    let house = House::new();
    let (person, _) = administrator(&house, "sue@example.com").await;
    let office = house.office();
    grant_administrator(&office, &address("sue@example.com"))
        .await
        .unwrap();
    let unknown = grant_administrator(&office, &address("nobody@example.com")).await;
    assert_eq!(code(unknown), ProblemCode::NotFound);
    let other = house.account("ann@example.com").await;
    assert_eq!(admit_administrator(house.store(), other).await.unwrap(), None);

    revoke_administrator(&office, &address("sue@example.com"))
        .await
        .unwrap();
    revoke_administrator(&office, &address("sue@example.com"))
        .await
        .unwrap();
    assert_eq!(admit_administrator(house.store(), person).await.unwrap(), None);
    let told = list_platform_audit(&office, &PageRequest::default())
        .await
        .unwrap();
    let told: Vec<_> = told.items.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(told, ["administrator.revoked", "administrator.granted"]);
}

#[tokio::test]
async fn administrators_find_organizations_and_people() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    let (_, sue) = administrator(&house, "sue@example.com").await;
    let (_, other) = house.organization("Golden Fork").await;
    let office = house.office();
    let organizations = async |query: Option<&str>| {
        let page = list_organizations(&office, &PageRequest::default(), query).await;
        let names = page
            .unwrap()
            .items
            .into_iter()
            .map(|found| found.name.to_string());
        names.collect::<Vec<_>>()
    };
    let all = organizations(None).await;
    assert!(all.contains(&"Golden Fork".to_owned()) && all.contains(&"Harbour Bistro".to_owned()));
    assert_eq!(organizations(Some("GOLDEN")).await, ["Golden Fork"]);
    assert_eq!(organizations(Some("harbour-bi")).await, ["Harbour Bistro"]);
    assert_eq!(organizations(Some(&other.id.to_string())).await, ["Golden Fork"]);
    assert!(organizations(Some("nothing like it")).await.is_empty());

    let people = async |query: Option<&str>| {
        let page = list_users(&office, sue, &PageRequest::default(), query).await;
        let emails = page
            .unwrap()
            .items
            .into_iter()
            .map(|found| found.email.to_string());
        emails.collect::<Vec<_>>()
    };
    assert_eq!(people(None).await.len(), 2);
    assert_eq!(people(Some("OLGA@example.com")).await, ["olga@example.com"]);
    assert_eq!(people(Some("olg")).await, ["olga@example.com"]);
    assert!(people(Some("nobody@example.com")).await.is_empty());

    let found = get_user(&office, sue, owner.user_id).await.unwrap();
    assert_eq!(found.memberships.len(), 1);
    assert_eq!(found.memberships[0].role, Role::Owner);
    assert_eq!(
        code(get_user(&office, sue, fresh_id()).await),
        ProblemCode::NotFound
    );
    let org_id = caller.scope.org_id();
    let members = list_members_of(&office, sue, org_id, &PageRequest::default()).await;
    assert_eq!(
        members.unwrap().items[0].email.as_deref(),
        Some("olga@example.com")
    );

    // Whose data was looked at stays in the platform's chain.
    let told = list_platform_audit(&office, &PageRequest::default())
        .await
        .unwrap();
    let viewed = told.items.iter().find(|entry| entry.action == "user.viewed");
    assert_eq!(viewed.unwrap().target, owner.user_id.to_string());
    let viewed = told
        .items
        .iter()
        .find(|entry| entry.action == "organization.viewed");
    assert_eq!(viewed.unwrap().target, org_id.to_string());
}

#[tokio::test]
async fn in_support_an_administrator_acts_as_the_member_and_the_chain_names_both() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    let (person, sue) = administrator(&house, "sue@example.com").await;
    let org_id = caller.scope.org_id();
    assert_eq!(
        admitted(&house, person, org_id).await,
        None,
        "not without a session"
    );

    let session = start(&house, sue, request(org_id, owner.user_id)).await.unwrap();
    assert_eq!(session.status, SupportStatus::Active);
    assert_eq!(session.administrator_name.as_deref(), Some("sue"));
    let acting = admitted(&house, person, org_id).await.unwrap();
    assert_eq!(acting.rights, Role::Owner.rights());
    assert_eq!(acting.actor.id, person.user_id.to_string());
    assert_eq!(acting.actor.acting_as, Some(owner.user_id));
    let elsewhere = SignedIn {
        session_id: fresh_id(),
        ..person
    };
    assert_eq!(admitted(&house, elsewhere, org_id).await, None, "another sign-in");
    let (_, other) = house.organization("Golden Fork").await;
    assert_eq!(
        admitted(&house, person, other.id).await,
        None,
        "another organization"
    );

    let input = UpdateOrganization {
        display: Some(TemperatureUnit::Fahrenheit),
        ..UpdateOrganization::default()
    };
    update_organization(&house.office(), &acting, None, input)
        .await
        .unwrap();
    end_support(&house.office(), sue).await.unwrap();
    end_support(&house.office(), sue).await.unwrap();
    assert_eq!(admitted(&house, person, org_id).await, None);

    let page = PageRequest::default();
    let told = list_audit(house.store(), &caller, &page, &AuditFilter::default()).await;
    let told = told.unwrap().items;
    let actions: Vec<_> = told.iter().map(|entry| entry.action.as_str()).collect();
    let expected = [
        "support.ended",
        "organization.updated",
        "support.started",
        "organization.created",
    ];
    assert_eq!(actions, expected);
    assert!(
        told[..3]
            .iter()
            .all(|entry| entry.actor == person.user_id.to_string())
    );
    assert_eq!(told[1].acting_as, Some(owner.user_id.to_string()));
    assert_eq!(told[2].details["minutes"], "30");
    let of_member = AuditFilter {
        actor: Some(owner.user_id.to_string()),
        ..AuditFilter::default()
    };
    let of_member = list_audit(house.store(), &caller, &page, &of_member)
        .await
        .unwrap();
    assert_eq!(of_member.items.len(), 2, "in their name counts as theirs");

    let log = list_support_sessions(&house.office(), &caller, &page)
        .await
        .unwrap();
    assert_eq!(log.items.len(), 1);
    assert_eq!(log.items[0].status, SupportStatus::Ended);
    assert_eq!(log.items[0].reason, session.reason);
}

#[tokio::test]
async fn support_ends_with_its_time_its_member_its_organization_and_its_administrator() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    let (person, sue) = administrator(&house, "sue@example.com").await;
    let org_id = caller.scope.org_id();
    let staff = house.join(org_id, Role::Staff, Sites::All).await;
    for minutes in [0, 61] {
        let input = StartSupport {
            minutes: Some(minutes),
            ..request(org_id, staff)
        };
        assert_eq!(code(start(&house, sue, input).await), ProblemCode::InvalidRequest);
    }
    let hour = StartSupport {
        minutes: Some(60),
        ..request(org_id, staff)
    };
    start(&house, sue, hour.clone()).await.unwrap();
    assert_eq!(
        admitted(&house, person, org_id).await.unwrap().rights,
        Role::Staff.rights()
    );
    house.clock.advance(Span::minutes(60));
    assert_eq!(admitted(&house, person, org_id).await, None, "its time is over");
    let active = get_active_support(&house.office(), sue).await.unwrap();
    assert_eq!(active.session, None);
    let log = list_support_sessions(&house.office(), &caller, &PageRequest::default()).await;
    assert_eq!(log.unwrap().items[0].status, SupportStatus::TimedOut);

    start(&house, sue, hour.clone()).await.unwrap();
    remove_member(&house.office(), &caller, staff).await.unwrap();
    assert_eq!(admitted(&house, person, org_id).await, None, "the member is gone");
    assert_eq!(code(start(&house, sue, hour).await), ProblemCode::NotFound);

    start(&house, sue, request(org_id, owner.user_id)).await.unwrap();
    revoke_administrator(&house.office(), &address("sue@example.com"))
        .await
        .unwrap();
    assert_eq!(admitted(&house, person, org_id).await, None, "no administrator");
    grant_administrator(&house.office(), &address("sue@example.com"))
        .await
        .unwrap();
    assert!(admitted(&house, person, org_id).await.is_some());
    delete_organization(&house.office(), &caller).await.unwrap();
    assert_eq!(
        admitted(&house, person, org_id).await,
        None,
        "the organization is gone"
    );
    let gone = start(&house, sue, request(org_id, owner.user_id)).await;
    assert_eq!(code(gone), ProblemCode::NotFound);
}

#[tokio::test]
async fn one_session_at_a_time_and_twenty_an_hour() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    let (other_owner, other) = house.kitchen("otto@example.com").await;
    let (person, sue) = administrator(&house, "sue@example.com").await;
    start(&house, sue, request(caller.scope.org_id(), owner.user_id))
        .await
        .unwrap();
    let next = request(other.scope.org_id(), other_owner.user_id);
    start(&house, sue, next.clone()).await.unwrap();
    assert_eq!(admitted(&house, person, caller.scope.org_id()).await, None);
    assert!(admitted(&house, person, other.scope.org_id()).await.is_some());
    let log = list_support_sessions(&house.office(), &caller, &PageRequest::default()).await;
    assert_eq!(log.unwrap().items[0].status, SupportStatus::Replaced);

    for _ in 2..20 {
        start(&house, sue, next.clone()).await.unwrap();
    }
    let enough = start(&house, sue, next.clone()).await;
    assert_eq!(code(enough), ProblemCode::TooManyRequests);
    house.clock.advance(Span::hours(1));
    start(&house, sue, next).await.unwrap();
}

#[tokio::test]
async fn a_member_needs_no_support_session_and_gets_none() {
    let house = House::new();
    let (owner, caller) = house.kitchen("olga@example.com").await;
    let (person, sue) = administrator(&house, "sue@example.com").await;
    let org_id = caller.scope.org_id();
    house
        .enrol(org_id, person.user_id, Role::Viewer, Sites::All)
        .await;
    let refused = start(&house, sue, request(org_id, owner.user_id)).await;
    assert_eq!(code(refused), ProblemCode::Conflict);
    assert_eq!(
        admitted(&house, person, org_id).await.unwrap().rights,
        Role::Viewer.rights()
    );
    assert_eq!(admitted(&house, self::person(), org_id).await, None);
    house
        .records
        .faults
        .fail("records.find", PortErrorKind::Unavailable, 1);
    let unknown = admit_person(house.store(), &house.clock, person, org_id).await;
    assert!(unknown.is_err(), "nothing known, nothing allowed");
}

#[test]
fn two_that_begin_at_once_leave_one_active() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for order in (0..1_u32 << 10).step_by(3) {
        let house = House::new();
        let (sue, one, other, callers) = runtime.block_on(async {
            let (olga, caller) = house.kitchen("olga@example.com").await;
            let (otto, other) = house.kitchen("otto@example.com").await;
            let (person, sue) = administrator(&house, "sue@example.com").await;
            let callers = [caller.clone(), other.clone()];
            let one = request(caller.scope.org_id(), olga.user_id);
            let other = request(other.scope.org_id(), otto.user_id);
            ((person, sue), one, other, callers)
        });
        let begin = |input: &StartSupport| -> Work<'_, bool> {
            let (house, sue, input) = (&house, sue.1, input.clone());
            Box::pin(async move { start(house, sue, input).await.is_ok() })
        };
        let turns = (0..10).map(|turn| (order >> turn & 1) as usize);
        let begun = interleaved(vec![begin(&one), begin(&other)], turns);
        assert!(begun[0] || begun[1], "by order {order:010b}");
        let in_one = runtime.block_on(admitted(&house, sue.0, one.org_id)).is_some();
        let in_other = runtime.block_on(admitted(&house, sue.0, other.org_id)).is_some();
        assert!(in_one != in_other, "one at a time, by order {order:010b}");
        for (caller, begun) in callers.iter().zip(begun) {
            let page = PageRequest::default();
            let log = runtime.block_on(list_support_sessions(&house.office(), caller, &page));
            assert_eq!(
                log.unwrap().items.len(),
                usize::from(begun),
                "by order {order:010b}"
            );
        }
    }
}
