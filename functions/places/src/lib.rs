//! Functions over organizations, sites, areas and units.

pub mod create_area;
pub mod create_site;
pub mod create_unit;
pub mod delete_area;
pub mod delete_site;
pub mod delete_unit;
pub mod follow_changes;
pub mod get_area;
pub mod get_effective_rules;
pub mod get_organization_alarms;
pub mod get_organization_rules;
pub mod get_overview;
pub mod get_site;
pub mod get_site_alarms;
pub mod get_site_rules;
pub mod get_statistics;
pub mod get_unit;
pub mod get_unit_alarms;
pub mod get_unit_rules;
pub mod list_areas;
pub mod list_deleted;
pub mod list_organization_alarm_changes;
pub mod list_organization_rule_changes;
pub mod list_site_alarm_changes;
pub mod list_site_rule_changes;
pub mod list_sites;
pub mod list_unit_alarm_changes;
pub mod list_unit_rule_changes;
pub mod list_units;
pub mod purge_area;
pub mod purge_site;
pub mod purge_unit;
pub mod put_organization_alarms;
pub mod put_organization_rules;
pub mod put_site_alarms;
pub mod put_site_rules;
pub mod put_unit_alarms;
pub mod put_unit_rules;
pub mod replay_rules;
pub mod restore_area;
pub mod restore_site;
pub mod restore_unit;
pub mod update_area;
pub mod update_site;
pub mod update_unit;

use freshtrack_runtime::Function;

/// Every function of this area.
pub const FUNCTIONS: &[Function] = &[
    create_area::FUNCTION,
    create_site::FUNCTION,
    create_unit::FUNCTION,
    delete_area::FUNCTION,
    delete_site::FUNCTION,
    delete_unit::FUNCTION,
    follow_changes::FUNCTION,
    get_area::FUNCTION,
    get_effective_rules::FUNCTION,
    get_organization_alarms::FUNCTION,
    get_organization_rules::FUNCTION,
    get_overview::FUNCTION,
    get_site::FUNCTION,
    get_site_alarms::FUNCTION,
    get_site_rules::FUNCTION,
    get_statistics::FUNCTION,
    get_unit::FUNCTION,
    get_unit_alarms::FUNCTION,
    get_unit_rules::FUNCTION,
    list_areas::FUNCTION,
    list_deleted::FUNCTION,
    list_organization_alarm_changes::FUNCTION,
    list_organization_rule_changes::FUNCTION,
    list_site_alarm_changes::FUNCTION,
    list_site_rule_changes::FUNCTION,
    list_sites::FUNCTION,
    list_unit_alarm_changes::FUNCTION,
    list_unit_rule_changes::FUNCTION,
    list_units::FUNCTION,
    purge_area::FUNCTION,
    purge_site::FUNCTION,
    purge_unit::FUNCTION,
    put_organization_alarms::FUNCTION,
    put_organization_rules::FUNCTION,
    put_site_alarms::FUNCTION,
    put_site_rules::FUNCTION,
    put_unit_alarms::FUNCTION,
    put_unit_rules::FUNCTION,
    replay_rules::FUNCTION,
    restore_area::FUNCTION,
    restore_site::FUNCTION,
    restore_unit::FUNCTION,
    update_area::FUNCTION,
    update_site::FUNCTION,
    update_unit::FUNCTION,
];
