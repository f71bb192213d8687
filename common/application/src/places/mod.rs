//! Sites, areas and units: how they are set up.

mod alarms;
mod areas;
mod follow_changes;
mod presence;
mod replay;
mod rules;
mod settling;
mod sites;
mod statistics;
mod summary;
mod units;

pub use alarms::{get_alarms, list_alarm_changes, put_alarms};
pub use areas::{create_area, get_area, list_areas, update_area};
pub(crate) use follow_changes::site_of;
pub use follow_changes::{FollowPlaces, follow_change};
pub use presence::{delete_place, list_deleted, purge_place, restore_place};
pub use replay::replay_rules;
pub use rules::{get_effective_rules, get_rules, list_rule_changes, put_rules};
pub(crate) use rules::{rule_fields, set_rules};
pub(crate) use settling::{settle_unit, settle_units};
pub use sites::{create_site, get_site, list_sites, update_site};
pub use statistics::get_statistics;
pub use units::{create_unit, get_unit, list_units, update_unit};

use crate::error::{Failure, Refusal};
use crate::ports::{Claim, ClaimSpace, Clock, Holder, Record, Stored};
use crate::registry::Change;
use crate::scope::{Caller, OrgScope};
use crate::set_up::SetUp;
use freshtrack_contracts::events::{Event, Happening, PlaceId};
use freshtrack_contracts::places::RecurringQuietTimeValue;
use freshtrack_contracts::problem::ProblemCode;
use freshtrack_domain::ids::{AreaId, Id, SiteId, UnitId};
use freshtrack_domain::place::{Area, Deletion, RecurringQuietTime, Site, Unit};
use freshtrack_domain::text::Name;
use freshtrack_domain::time::Span;

/// What was read or written, and its revision.
#[derive(Debug, Clone, PartialEq)]
pub struct At<T> {
    /// What it is.
    pub view: T,
    /// How often it has been written.
    pub rev: u64,
}

impl SetUp<'_> {
    /// The record `id`, deleted or not, if the caller may see the site it is in.
    async fn find<P: Place>(&self, caller: &Caller, id: P::Id) -> Result<Stored<P>, Failure> {
        let stored = self
            .records
            .get::<P>(caller.scope, id)
            .await?
            .ok_or_else(|| Refusal::not_found(P::WHAT))?;
        caller.sees(stored.record.site_id(), P::WHAT)?;
        Ok(stored)
    }

    /// The record `id` that is not deleted.
    async fn present<P: Place>(&self, caller: &Caller, id: P::Id) -> Result<Stored<P>, Failure> {
        let stored = self.find::<P>(caller, id).await?;
        if stored.record.deletion().is_some() {
            return Err(Refusal::not_found(P::WHAT).into());
        }
        Ok(stored)
    }

    /// An event of a change that makes the new revision `rev` of `place`.
    fn event(&self, scope: OrgScope, place: impl ToString, rev: u64, what: Happening) -> Event {
        event_of(scope, self.clock, place, rev, what)
    }
}

/// An event of a change that makes the new revision `rev` of `place`.
fn event_of(scope: OrgScope, clock: &dyn Clock, place: impl ToString, rev: u64, what: Happening) -> Event {
    let id = format!("{}:{}:{rev}", place.to_string(), what.detail_type());
    Event::of_record(scope.org_id(), id, clock.now().into(), what)
}

/// What sites, areas and units have in common.
pub(crate) trait Place: Record + Clone {
    /// What a person calls it.
    const WHAT: &'static str;
    /// Its identifier.
    type Id: Id;

    fn id(&self) -> Self::Id;
    fn place_id(&self) -> PlaceId;
    fn site_id(&self) -> SiteId;
    fn deletion(&self) -> Option<&Deletion>;
    fn set_deletion(&mut self, deletion: Option<Deletion>);
    /// The name that only one may have, if there is one.
    fn unique_name(&self, _scope: OrgScope) -> Option<Claim> {
        None
    }
}

macro_rules! place {
    ($type:ident, $id:ident, $what:literal, $site:ident) => {
        impl Place for $type {
            const WHAT: &'static str = $what;
            type Id = $id;

            fn id(&self) -> $id {
                self.id
            }

            fn place_id(&self) -> PlaceId {
                PlaceId::$type(self.id)
            }

            fn site_id(&self) -> SiteId {
                self.$site
            }

            fn deletion(&self) -> Option<&Deletion> {
                self.deleted.as_ref()
            }

            fn set_deletion(&mut self, deletion: Option<Deletion>) {
                self.deleted = deletion;
            }

            place!(@name $type);
        }
    };
    (@name Unit) => {
        fn unique_name(&self, scope: OrgScope) -> Option<Claim> {
            Some(unit_name(scope, self.area_id, &self.name))
        }
    };
    (@name $other:ident) => {};
}

place!(Site, SiteId, "site", id);
place!(Area, AreaId, "area", site_id);
place!(Unit, UnitId, "unit", site_id);

/// The claim on a unit's name in its area, without regard to case (specification 1.5).
fn unit_name(scope: OrgScope, area_id: AreaId, name: &Name) -> Claim {
    Claim {
        space: ClaimSpace::UnitName,
        name: format!("{}#{area_id}#{}", scope.org_id(), name.folded()),
    }
}

/// A change in which `unit` also takes its name.
pub(crate) fn claim_name(change: Change, scope: OrgScope, unit: &Unit) -> Change {
    let holder = Holder {
        id: unit.id.to_string(),
        data: serde_json::Value::Null,
        expires_at: None,
    };
    let taken = Refusal::new(
        ProblemCode::Conflict,
        format!("There is a unit called \"{}\" in this area already.", unit.name),
    )
    .about("name");
    change.claim(unit_name(scope, unit.area_id, &unit.name), holder, taken)
}

/// Refuses a change of something that is no longer what the caller last read.
pub(crate) fn unchanged(read: Option<u64>, rev: u64) -> Result<(), Refusal> {
    match read {
        Some(read) if read != rev => Err(Refusal::new(
            ProblemCode::Stale,
            "This has changed since you last read it. Read it again and decide anew.",
        )),
        _ => Ok(()),
    }
}

/// Refuses what is no time zone.
pub(crate) fn time_zone(name: String) -> Result<String, Refusal> {
    if freshtrack_domain::place::is_time_zone(&name) {
        Ok(name)
    } else {
        Err(Refusal::invalid(format!(
            "\"{name}\" is not a time zone of the IANA database, such as America/New_York."
        ))
        .about("time_zone"))
    }
}

/// Recurring quiet times as they are kept.
fn recurring_quiet_times(times: Vec<RecurringQuietTimeValue>) -> Result<Vec<RecurringQuietTime>, Refusal> {
    RecurringQuietTime::checked(times.into_iter().map(Into::into).collect()).map_err(|error| {
        Refusal::invalid(format!("recurring_quiet_times: {error}.")).about("recurring_quiet_times")
    })
}

/// Recurring quiet times as the audit log tells of them.
fn all_of(times: &[RecurringQuietTime]) -> String {
    let times: Vec<String> = times.iter().map(ToString::to_string).collect();
    times.join("; ")
}

/// A week at most, and not nothing.
fn cadence(minutes: u32) -> Result<Span, Refusal> {
    const LONGEST: u32 = 7 * 24 * 60;
    if (1..=LONGEST).contains(&minutes) {
        Ok(Span::minutes(minutes))
    } else {
        Err(
            Refusal::invalid(format!("log_cadence_minutes must be 1 to {LONGEST}."))
                .about("log_cadence_minutes"),
        )
    }
}
