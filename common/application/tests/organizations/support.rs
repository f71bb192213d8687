//! An organization with people in it.

use freshtrack_application::organizations::{Office, create_organization};
use freshtrack_application::ports::{Owner, RawRecord, Records, Step};
use freshtrack_application::{Actor, Caller, Failure, OrgScope, SignedIn};
use freshtrack_contracts::organizations::{CreateOrganization, OrganizationView};
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::access::{Role, Sites};
use freshtrack_domain::ids::{OrgId, SiteId, UserId};
use freshtrack_domain::people::Member;
use freshtrack_domain::place::{ComplianceMode, TemperatureUnit};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Timestamp;
use freshtrack_testkit::{ManualClock, MemoryRecords, SeededIds, fresh_id};

/// What use cases of organizations work on.
pub(crate) struct House {
    pub(crate) records: MemoryRecords,
    pub(crate) ids: SeededIds,
    pub(crate) clock: ManualClock,
}

impl House {
    pub(crate) fn new() -> Self {
        Self {
            records: MemoryRecords::default(),
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

    pub(crate) fn store(&self) -> &dyn Records {
        &self.records
    }

    /// A new organization of a new person.
    pub(crate) async fn organization(&self, name: &str) -> (SignedIn, OrganizationView) {
        let owner = person();
        let created = create_organization(&self.office(), &owner, input(name)).await;
        (owner, created.unwrap().view)
    }

    /// Makes somebody new a member, without asking anybody.
    pub(crate) async fn join(&self, org_id: OrgId, role: Role, sites: Sites) -> UserId {
        let member = Member {
            user_id: fresh_id(),
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
