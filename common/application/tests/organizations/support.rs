//! An organization with people in it.

use freshtrack_application::organizations::{Office, Post, create_organization};
use freshtrack_application::ports::{Claim, ClaimSpace, Holder, Owner, RawRecord, Records, Step};
use freshtrack_application::{Actor, Caller, Failure, OrgScope, SignedIn};
use freshtrack_contracts::organizations::{CreateOrganization, OrganizationView};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::{OrgId, SiteId, UserId};
use freshtrack_domain::people::{Locale, Member, User};
use freshtrack_domain::place::{ComplianceMode, TemperatureUnit};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::{ManualClock, MemoryRecords, MemoryThrottle, RecordedMails, SeededIds, fresh_id};

/// What use cases of organizations work on.
pub(crate) struct House {
    pub(crate) records: MemoryRecords,
    pub(crate) mails: RecordedMails,
    pub(crate) throttle: MemoryThrottle,
    pub(crate) ids: SeededIds,
    pub(crate) clock: ManualClock,
}

impl House {
    pub(crate) fn new() -> Self {
        Self {
            records: MemoryRecords::default(),
            mails: RecordedMails::default(),
            throttle: MemoryThrottle::default(),
            ids: SeededIds::new(1),
            clock: ManualClock::at(Timestamp::from_seconds(1_790_000_000)),
        }
    }

    pub(crate) fn office(&self) -> Office<'_> {
        Office {
            records: &self.records,
            ids: &self.ids,
            clock: &self.clock,
        }
    }

    pub(crate) fn post(&self) -> Post<'_> {
        Post {
            lane: &self.mails,
            throttle: &self.throttle,
        }
    }

    pub(crate) fn store(&self) -> &dyn Records {
        &self.records
    }

    /// A new organization of a new person.
    pub(crate) async fn organization(&self, name: &str) -> (SignedIn, OrganizationView) {
        let owner = person();
        let created = create_organization(&self.office(), &owner, input(name)).await;
        (owner, created.unwrap().view)
    }

    /// A new account with this address.
    pub(crate) async fn account(&self, email: &str) -> SignedIn {
        let user = User {
            id: fresh_id(),
            email: email.parse().unwrap(),
            name: Name::new(email.split('@').next().unwrap()).unwrap(),
            locale: Locale::default(),
            phone: None,
            created_at: Timestamp::from_seconds(1_790_000_000),
        };
        let holder = Holder {
            id: user.id.to_string(),
            data: serde_json::Value::Null,
            expires_at: None,
        };
        let claim = Claim {
            space: ClaimSpace::Email,
            name: user.email.to_string(),
        };
        let steps = [
            Step::Insert(Owner::User(user.id), RawRecord::of(&user).unwrap()),
            Step::Claim(claim, holder),
        ];
        self.records.commit(&steps, &[], user.created_at).await.unwrap();
        SignedIn {
            user_id: user.id,
            session_id: fresh_id(),
        }
    }

    /// A new organization of a new account.
    pub(crate) async fn kitchen(&self, email: &str) -> (SignedIn, Caller) {
        let owner = self.account(email).await;
        let created = create_organization(&self.office(), &owner, input("Harbour Bistro")).await;
        let caller = self.caller(created.unwrap().view.id, owner.user_id).await;
        (owner, caller)
    }

    /// Makes somebody new a member, without asking anybody.
    pub(crate) async fn join(&self, org_id: OrgId, role: Role, sites: Sites) -> UserId {
        self.enrol(org_id, fresh_id(), role, sites).await
    }

    /// Makes somebody a member, without asking anybody.
    pub(crate) async fn enrol(&self, org_id: OrgId, user_id: UserId, role: Role, sites: Sites) -> UserId {
        let member = Member {
            user_id,
            role,
            sites,
            since: Timestamp::from_seconds(1_790_000_000),
        };
        let step = Step::Insert(Owner::Org(org_id), RawRecord::of(&member).unwrap());
        self.records.commit(&[step], &[], member.since).await.unwrap();
        member.user_id
    }

    pub(crate) async fn member(&self, org_id: OrgId, user_id: UserId) -> Option<Member> {
        let stored = self
            .store()
            .get::<Member>(OrgScope::granted(org_id), user_id)
            .await;
        stored.unwrap().map(|stored| stored.record)
    }

    /// The member as a caller of the organization's endpoints.
    pub(crate) async fn caller(&self, org_id: OrgId, user_id: UserId) -> Caller {
        let member = self.member(org_id, user_id).await.unwrap();
        Caller {
            scope: OrgScope::granted(org_id),
            actor: Actor::new(user_id),
            rights: member.role.rights(),
            sites: member.sites,
        }
    }

    /// How many owners there are.
    pub(crate) async fn owners(&self, org_id: OrgId) -> usize {
        let members = self
            .store()
            .all::<Member>(OrgScope::granted(org_id))
            .await
            .unwrap();
        let owners = members.iter().filter(|stored| stored.record.role == Role::Owner);
        owners.count()
    }
}

pub(crate) fn person() -> SignedIn {
    SignedIn {
        user_id: fresh_id(),
        session_id: fresh_id(),
    }
}

pub(crate) fn input(name: &str) -> CreateOrganization {
    CreateOrganization {
        name: Name::new(name).unwrap(),
        slug: None,
        time_zone: "America/New_York".to_owned(),
        compliance: ComplianceMode::Haccp,
        display: TemperatureUnit::Celsius,
    }
}

pub(crate) fn only(sites: &[SiteId]) -> Sites {
    Sites::Only(sites.iter().copied().collect())
}

/// With which code it was refused.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> ProblemCode {
    match result {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("expected a refusal, not {other:?}"),
    }
}
