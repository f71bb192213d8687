//! Rights: the single things that may be allowed.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One thing that a caller may do in an organization. Endpoints name the right they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Send readings and frames. For machines only: no role holds it.
    Ingest,
    /// See places, readings, alerts, members and reports, live and past.
    Read,
    /// Change the organization's name, time zone and the like.
    UpdateOrganization,
    /// Delete, restore and transfer the organization, and see to its plan and payment.
    ManageOrganization,
    /// See the audit log.
    ViewAudit,
    /// Invite and remove members and change their roles, within what the own role may assign.
    ManageMembers,
    /// Create, change, delete and restore sites and areas.
    ManagePlaces,
    /// Create, delete and restore units.
    ManageUnits,
    /// Change units and their temperature limits.
    UpdateUnits,
    /// Change compliance modes and what they demand.
    ManageCompliance,
    /// Register, move, calibrate and retire sensors and gateways, and see to frames kept aside.
    ManageDevices,
    /// Connect network servers.
    ManageNetworks,
    /// Create, rotate and revoke access keys.
    ManageAccessKeys,
    /// Enter temperatures by hand.
    LogTemperatures,
    /// Acknowledge alerts.
    AcknowledgeAlerts,
    /// Resolve alerts.
    ResolveAlerts,
    /// Set alert rules and notification policies.
    ConfigureAlerts,
    /// See to the people who are called when nobody reacts.
    ManageContacts,
    /// Arrange dashboards and write notes.
    ArrangeDashboards,
    /// Export reports.
    ExportReports,
    /// See what developers need: raw frames, payloads, decoder results.
    UseDeveloperTools,
}

impl Right {
    /// All rights, in the order they are documented.
    pub const ALL: [Self; 21] = [
        Self::Ingest,
        Self::Read,
        Self::UpdateOrganization,
        Self::ManageOrganization,
        Self::ViewAudit,
        Self::ManageMembers,
        Self::ManagePlaces,
        Self::ManageUnits,
        Self::UpdateUnits,
        Self::ManageCompliance,
        Self::ManageDevices,
        Self::ManageNetworks,
        Self::ManageAccessKeys,
        Self::LogTemperatures,
        Self::AcknowledgeAlerts,
        Self::ResolveAlerts,
        Self::ConfigureAlerts,
        Self::ManageContacts,
        Self::ArrangeDashboards,
        Self::ExportReports,
        Self::UseDeveloperTools,
    ];

    /// The name used on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::UpdateOrganization => "update_organization",
            Self::ManageOrganization => "manage_organization",
            Self::ViewAudit => "view_audit",
            Self::ManageMembers => "manage_members",
            Self::ManagePlaces => "manage_places",
            Self::ManageUnits => "manage_units",
            Self::UpdateUnits => "update_units",
            Self::ManageCompliance => "manage_compliance",
            Self::ManageDevices => "manage_devices",
            Self::ManageNetworks => "manage_networks",
            Self::ManageAccessKeys => "manage_access_keys",
            Self::LogTemperatures => "log_temperatures",
            Self::AcknowledgeAlerts => "acknowledge_alerts",
            Self::ResolveAlerts => "resolve_alerts",
            Self::ConfigureAlerts => "configure_alerts",
            Self::ManageContacts => "manage_contacts",
            Self::ArrangeDashboards => "arrange_dashboards",
            Self::ExportReports => "export_reports",
            Self::UseDeveloperTools => "use_developer_tools",
        }
    }

    /// Whether an access key may carry it. What decides about people and other credentials stays with people.
    #[must_use]
    pub const fn is_for_keys(self) -> bool {
        !matches!(
            self,
            Self::ManageOrganization | Self::ManageMembers | Self::ManageAccessKeys | Self::ManageNetworks
        )
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Right {
    type Err = UnknownRight;

    fn from_str(text: &str) -> Result<Self, UnknownRight> {
        Self::ALL
            .into_iter()
            .find(|right| right.name() == text)
            .ok_or(UnknownRight)
    }
}

/// A text that names no right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown right")]
pub struct UnknownRight;

/// A set of rights.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Rights(u32);

impl Rights {
    /// No rights.
    pub const NONE: Self = Self(0);

    /// These rights with `right` added.
    #[must_use]
    pub const fn with(self, right: Right) -> Self {
        Self(self.0 | right.bit())
    }

    /// Whether `right` is among them.
    #[must_use]
    pub const fn contains(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.contains(*right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        rights.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_a_name_and_a_place_of_its_own() {
        for right in Right::ALL {
            assert_eq!(right.name().parse(), Ok(right));
            assert_eq!(serde_json::to_value(right).unwrap(), right.name());
            assert_eq!(Rights::NONE.with(right).iter().collect::<Vec<_>>(), [right]);
        }
        assert_eq!(
            Right::ALL.into_iter().collect::<Rights>().iter().count(),
            Right::ALL.len()
        );
        assert!("everything".parse::<Right>().is_err());
    }
}
