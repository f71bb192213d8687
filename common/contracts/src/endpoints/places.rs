//! Sites, areas, units and their rules.

use super::{Access, Endpoint, QueryParameter, schema};
use crate::places::*;
use crate::problem::ProblemCode;
use freshtrack_domain::access::Right;
use serde_json::{Value, json};

const SITE: QueryParameter = QueryParameter {
    name: "site_id",
    description: "Only those of this site.",
    required: false,
    format: None,
};
const AREA: QueryParameter = QueryParameter {
    name: "area_id",
    description: "Only those of this area.",
    required: false,
    format: None,
};

fn name_example() -> Value {
    json!({ "name": "Walk-in cooler, back door" })
}

fn rules_example() -> Value {
    json!({ "high_c": 5.0, "confirm_door_closed_minutes": 10 })
}

fn alarms_example() -> Value {
    json!({ "set": [{ "alarm": "humidity_high", "enabled": true, "threshold": 80.0, "duration_minutes": 30 }] })
}

fn replay_example() -> Value {
    json!({ "days": 30, "rules": { "high_c": 6.0, "confirm_door_closed_minutes": 30 } })
}

fn site_example() -> Value {
    json!({
        "name": "Pier 4 Kitchen",
        "time_zone": "America/New_York",
        "address": { "street": "4 Pier Road", "city": "Portland", "country": "US" },
        "opening_hours": [{ "day": "friday", "opens": "17:00", "closes": "01:00" }],
    })
}

fn area_example() -> Value {
    json!({ "site_id": "sit_01JD8Q6V5X8A2C4E6G8J0M2P4R", "name": "Cold storage" })
}

fn unit_example() -> Value {
    json!({ "area_id": "are_01JD8Q6V5Y8A2C4E6G8J0M2P4R", "name": "Walk-in cooler", "kind": "walk_in_cooler", "logged_by_hand": true })
}

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        function: "places-get-overview",
        path: "/v1/orgs/{org_id}/overview",
        summary: "Shows every site, area and unit with what is happening in it now.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<Overview>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-create-site",
        method: "POST",
        path: "/v1/orgs/{org_id}/sites",
        summary: "Creates a site.",
        access: Access::Organization(Right::ManagePlaces),
        request: Some(schema::<CreateSite>),
        example: Some(site_example),
        reply: Some(schema::<SiteDetail>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-sites",
        path: "/v1/orgs/{org_id}/sites",
        summary: "Lists the sites that are not deleted, each with how its units are, the oldest first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<SiteDetail>()
    },
    Endpoint {
        function: "places-get-site",
        path: "/v1/orgs/{org_id}/sites/{site_id}",
        summary: "Shows a site as it is set up, and how it is.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<SiteDetail>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-update-site",
        method: "PATCH",
        path: "/v1/orgs/{org_id}/sites/{site_id}",
        summary: "Changes what the body mentions of a site; the rest stays.",
        access: Access::Organization(Right::ManagePlaces),
        request: Some(schema::<UpdateSite>),
        example: Some(name_example),
        reply: Some(schema::<SiteDetail>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-delete-site",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/sites/{site_id}",
        summary: "Deletes a site with all that is in it. It can be restored.",
        access: Access::Organization(Right::ManagePlaces),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-restore-site",
        method: "POST",
        path: "/v1/orgs/{org_id}/sites/{site_id}/restore",
        summary: "Restores a site with all that was deleted with it.",
        access: Access::Organization(Right::ManagePlaces),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-purge-site",
        method: "POST",
        path: "/v1/orgs/{org_id}/sites/{site_id}/purge",
        summary: "Removes a deleted site for good, with all that is in it. What was measured there stays in the record.",
        access: Access::Organization(Right::ManagePlaces),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-create-area",
        method: "POST",
        path: "/v1/orgs/{org_id}/areas",
        summary: "Creates an area.",
        access: Access::Organization(Right::ManagePlaces),
        request: Some(schema::<CreateArea>),
        example: Some(area_example),
        reply: Some(schema::<AreaDetail>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-areas",
        path: "/v1/orgs/{org_id}/areas",
        summary: "Lists the areas that are not deleted, each with how its units are.",
        access: Access::Organization(Right::Read),
        query: &[SITE],
        ..Endpoint::list_of::<AreaDetail>()
    },
    Endpoint {
        function: "places-get-area",
        path: "/v1/orgs/{org_id}/areas/{area_id}",
        summary: "Shows an area as it is set up, and how it is.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<AreaDetail>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-update-area",
        method: "PATCH",
        path: "/v1/orgs/{org_id}/areas/{area_id}",
        summary: "Changes what the body mentions of an area; the rest stays.",
        access: Access::Organization(Right::ManagePlaces),
        request: Some(schema::<UpdateArea>),
        example: Some(name_example),
        reply: Some(schema::<AreaDetail>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-delete-area",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/areas/{area_id}",
        summary: "Deletes an area with all that is in it. It can be restored.",
        access: Access::Organization(Right::ManagePlaces),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-restore-area",
        method: "POST",
        path: "/v1/orgs/{org_id}/areas/{area_id}/restore",
        summary: "Restores an area with all that was deleted with it.",
        access: Access::Organization(Right::ManagePlaces),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-purge-area",
        method: "POST",
        path: "/v1/orgs/{org_id}/areas/{area_id}/purge",
        summary: "Removes a deleted area for good, with all that is in it. What was measured there stays in the record.",
        access: Access::Organization(Right::ManagePlaces),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-create-unit",
        method: "POST",
        path: "/v1/orgs/{org_id}/units",
        summary: "Creates a unit.",
        access: Access::Organization(Right::ManageUnits),
        request: Some(schema::<CreateUnit>),
        example: Some(unit_example),
        reply: Some(schema::<UnitDetail>),
        status: 201,
        problems: &[ProblemCode::InvalidRequest, ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-units",
        path: "/v1/orgs/{org_id}/units",
        summary: "Lists the units that are not deleted, each with how it is.",
        access: Access::Organization(Right::Read),
        query: &[SITE, AREA],
        ..Endpoint::list_of::<UnitDetail>()
    },
    Endpoint {
        function: "places-get-unit",
        path: "/v1/orgs/{org_id}/units/{unit_id}",
        summary: "Shows a unit as it is set up, and how it is.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<UnitDetail>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-update-unit",
        method: "PATCH",
        path: "/v1/orgs/{org_id}/units/{unit_id}",
        summary: "Changes what the body mentions of a unit; the rest stays.",
        access: Access::Organization(Right::UpdateUnits),
        request: Some(schema::<UpdateUnit>),
        example: Some(name_example),
        reply: Some(schema::<UnitDetail>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-delete-unit",
        method: "DELETE",
        path: "/v1/orgs/{org_id}/units/{unit_id}",
        summary: "Deletes a unit with all that is in it. It can be restored.",
        access: Access::Organization(Right::ManageUnits),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-restore-unit",
        method: "POST",
        path: "/v1/orgs/{org_id}/units/{unit_id}/restore",
        summary: "Restores a unit with all that was deleted with it.",
        access: Access::Organization(Right::ManageUnits),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-purge-unit",
        method: "POST",
        path: "/v1/orgs/{org_id}/units/{unit_id}/purge",
        summary: "Removes a deleted unit for good, with all that is in it. What was measured there stays in the record.",
        access: Access::Organization(Right::ManageUnits),
        status: 204,
        problems: &[ProblemCode::Conflict],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-deleted",
        path: "/v1/orgs/{org_id}/deleted",
        summary: "Lists what was deleted by itself and can be restored, the last deleted first.",
        access: Access::Organization(Right::ManagePlaces),
        ..Endpoint::list_of::<DeletedPlace>()
    },
    Endpoint {
        function: "places-get-statistics",
        path: "/v1/orgs/{org_id}/statistics",
        summary: "Tells how the units of the organization, or of a site, are.",
        access: Access::Organization(Right::Read),
        query: &[SITE],
        reply: Some(schema::<Statistics>),
        problems: &[ProblemCode::InvalidRequest],
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-get-effective-rules",
        path: "/v1/orgs/{org_id}/units/{unit_id}/effective-rules",
        summary: "Shows the rules in force for a unit, each with the level it comes from.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<EffectiveRulesView>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-get-organization-rules",
        path: "/v1/orgs/{org_id}/rules",
        summary: "Shows the rules set for the organization.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<RulesAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-organization-rule-changes",
        path: "/v1/orgs/{org_id}/rules/history",
        summary: "Lists what was changed in the rules of the organization, the newest first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<RuleChangeView>()
    },
    Endpoint {
        function: "places-put-organization-rules",
        method: "PUT",
        path: "/v1/orgs/{org_id}/rules",
        summary: "Sets the rules of the organization, all of them: what the body leaves out is left to the level above.",
        access: Access::Organization(Right::ConfigureAlerts),
        request: Some(schema::<RuleValues>),
        example: Some(rules_example),
        reply: Some(schema::<RulesAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-get-site-rules",
        path: "/v1/orgs/{org_id}/sites/{site_id}/rules",
        summary: "Shows the rules set for a site.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<RulesAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-site-rule-changes",
        path: "/v1/orgs/{org_id}/sites/{site_id}/rules/history",
        summary: "Lists what was changed in the rules of a site, the newest first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<RuleChangeView>()
    },
    Endpoint {
        function: "places-put-site-rules",
        method: "PUT",
        path: "/v1/orgs/{org_id}/sites/{site_id}/rules",
        summary: "Sets the rules of a site, all of them: what the body leaves out is left to the level above.",
        access: Access::Organization(Right::ConfigureAlerts),
        request: Some(schema::<RuleValues>),
        example: Some(rules_example),
        reply: Some(schema::<RulesAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-get-unit-rules",
        path: "/v1/orgs/{org_id}/units/{unit_id}/rules",
        summary: "Shows the rules set for a unit.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<RulesAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-unit-rule-changes",
        path: "/v1/orgs/{org_id}/units/{unit_id}/rules/history",
        summary: "Lists what was changed in the rules of a unit, the newest first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<RuleChangeView>()
    },
    Endpoint {
        function: "places-put-unit-rules",
        method: "PUT",
        path: "/v1/orgs/{org_id}/units/{unit_id}/rules",
        summary: "Sets the rules of a unit, all of them: what the body leaves out is left to the level above.",
        access: Access::Organization(Right::UpdateUnits),
        request: Some(schema::<RuleValues>),
        example: Some(rules_example),
        reply: Some(schema::<RulesAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-replay-rules",
        method: "POST",
        path: "/v1/orgs/{org_id}/units/{unit_id}/rules/replay",
        summary: "Tells which alarms other rules would have given of the unit's readings of the last days. Changes nothing.",
        access: Access::Organization(Right::Read),
        request: Some(schema::<ReplayRules>),
        example: Some(replay_example),
        reply: Some(schema::<RuleReplay>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-get-organization-alarms",
        path: "/v1/orgs/{org_id}/alarms",
        summary: "Shows the alarm library as it is in force for the organization, each figure with the level it comes from.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<AlarmsAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-organization-alarm-changes",
        path: "/v1/orgs/{org_id}/alarms/history",
        summary: "Lists what was changed in the alarms set for the organization, the newest first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<AlarmChangeView>()
    },
    Endpoint {
        function: "places-put-organization-alarms",
        method: "PUT",
        path: "/v1/orgs/{org_id}/alarms",
        summary: "Sets alarms for the organization, all that are set there: what the body leaves out is left to the level above.",
        access: Access::Organization(Right::ConfigureAlerts),
        request: Some(schema::<SetAlarms>),
        example: Some(alarms_example),
        reply: Some(schema::<AlarmsAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-get-site-alarms",
        path: "/v1/orgs/{org_id}/sites/{site_id}/alarms",
        summary: "Shows the alarm library as it is in force for a site, each figure with the level it comes from.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<AlarmsAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-site-alarm-changes",
        path: "/v1/orgs/{org_id}/sites/{site_id}/alarms/history",
        summary: "Lists what was changed in the alarms set for a site, the newest first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<AlarmChangeView>()
    },
    Endpoint {
        function: "places-put-site-alarms",
        method: "PUT",
        path: "/v1/orgs/{org_id}/sites/{site_id}/alarms",
        summary: "Sets alarms for a site, all that are set there: what the body leaves out is left to the level above.",
        access: Access::Organization(Right::ConfigureAlerts),
        request: Some(schema::<SetAlarms>),
        example: Some(alarms_example),
        reply: Some(schema::<AlarmsAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-get-unit-alarms",
        path: "/v1/orgs/{org_id}/units/{unit_id}/alarms",
        summary: "Shows the alarm library as it is in force for a unit, each figure with the level it comes from.",
        access: Access::Organization(Right::Read),
        reply: Some(schema::<AlarmsAt>),
        ..Endpoint::BASE
    },
    Endpoint {
        function: "places-list-unit-alarm-changes",
        path: "/v1/orgs/{org_id}/units/{unit_id}/alarms/history",
        summary: "Lists what was changed in the alarms set for a unit, the newest first.",
        access: Access::Organization(Right::Read),
        ..Endpoint::list_of::<AlarmChangeView>()
    },
    Endpoint {
        function: "places-put-unit-alarms",
        method: "PUT",
        path: "/v1/orgs/{org_id}/units/{unit_id}/alarms",
        summary: "Sets alarms for a unit, all that are set there: what the body leaves out is left to the level above.",
        access: Access::Organization(Right::UpdateUnits),
        request: Some(schema::<SetAlarms>),
        example: Some(alarms_example),
        reply: Some(schema::<AlarmsAt>),
        ..Endpoint::BASE
    },
];
