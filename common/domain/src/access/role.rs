//! Roles: what people are in an organization, and which rights that gives them (specification 1.10).

use super::right::{Right, Rights};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a member is in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the organization and pays for it. There is always at least one.
    Owner,
    /// Sees to everything but ownership and payment.
    Admin,
    /// Runs sites: units, limits, alerts, reports.
    Manager,
    /// Works in the kitchen: logs temperatures, acknowledges alerts.
    Staff,
    /// Looks.
    Viewer,
    /// Looks, and takes reports along.
    Inspector,
}

impl Role {
    /// All roles, the most trusted first.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Admin,
        Self::Manager,
        Self::Staff,
        Self::Viewer,
        Self::Inspector,
    ];

    /// The name used on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Staff => "staff",
            Self::Viewer => "viewer",
            Self::Inspector => "inspector",
        }
    }

    /// Whether the role holds `right`: the matrix of specification 1.10.
    #[must_use]
    pub const fn holds(self, right: Right) -> bool {
        use Role::{Admin, Inspector, Manager, Owner, Staff};
        match right {
            Right::Ingest => false,
            Right::Read => true,
            Right::ManageOrganization => matches!(self, Owner),
            Right::UpdateOrganization
            | Right::ViewAudit
            | Right::ManageMembers
            | Right::ManagePlaces
            | Right::ManageUnits
            | Right::ManageCompliance
            | Right::ManageDevices
            | Right::ManageNetworks
            | Right::ManageAccessKeys
            | Right::ConfigureAlerts => matches!(self, Owner | Admin),
            Right::UpdateUnits
            | Right::ResolveAlerts
            | Right::ManageContacts
            | Right::ArrangeDashboards
            | Right::UseDeveloperTools => matches!(self, Owner | Admin | Manager),
            Right::LogTemperatures | Right::AcknowledgeAlerts => {
                matches!(self, Owner | Admin | Manager | Staff)
            }
            Right::ExportReports => matches!(self, Owner | Admin | Manager | Inspector),
        }
    }

    /// All rights of the role.
    #[must_use]
    pub fn rights(self) -> Rights {
        Right::ALL
            .into_iter()
            .filter(|right| self.holds(*right))
            .collect()
    }

    /// Whether a member of this role may give somebody the role `new`, or take it from somebody. Ownership
    /// changes hands by transfer only, and an administrator never touches owners and administrators.
    #[must_use]
    pub const fn may_assign(self, new: Self) -> bool {
        match self {
            Self::Owner => !matches!(new, Self::Owner),
            Self::Admin => !matches!(new, Self::Owner | Self::Admin),
            _ => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or(UnknownRole)
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role")]
pub struct UnknownRole;

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix as people read it: owner, admin, manager, staff, viewer, inspector.
    const MATRIX: [(Right, &str); 21] = [
        (Right::Ingest, "......"),
        (Right::Read, "yyyyyy"),
        (Right::UpdateOrganization, "yy...."),
        (Right::ManageOrganization, "y....."),
        (Right::ViewAudit, "yy...."),
        (Right::ManageMembers, "yy...."),
        (Right::ManagePlaces, "yy...."),
        (Right::ManageUnits, "yy...."),
        (Right::UpdateUnits, "yyy..."),
        (Right::ManageCompliance, "yy...."),
        (Right::ManageDevices, "yy...."),
        (Right::ManageNetworks, "yy...."),
        (Right::ManageAccessKeys, "yy...."),
        (Right::LogTemperatures, "yyyy.."),
        (Right::AcknowledgeAlerts, "yyyy.."),
        (Right::ResolveAlerts, "yyy..."),
        (Right::ConfigureAlerts, "yy...."),
        (Right::ManageContacts, "yyy..."),
        (Right::ArrangeDashboards, "yyy..."),
        (Right::ExportReports, "yyy..y"),
        (Right::UseDeveloperTools, "yyy..."),
    ];

    #[test]
    fn every_cell_of_the_matrix() {
        assert_eq!(MATRIX.map(|(right, _)| right), Right::ALL);
        for (right, cells) in MATRIX {
            for (role, cell) in Role::ALL.into_iter().zip(cells.chars()) {
                assert_eq!(role.holds(right), cell == 'y', "{role} {right}");
                assert_eq!(role.rights().contains(right), cell == 'y', "{role} {right}");
            }
        }
    }

    #[test]
    fn who_may_assign_what() {
        let assigns = |role: Role| -> String {
            Role::ALL
                .map(|new| if role.may_assign(new) { 'y' } else { '.' })
                .iter()
                .collect()
        };
        assert_eq!(
            Role::ALL.map(assigns),
            [".yyyyy", "..yyyy", "......", "......", "......", "......"]
        );
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
    }
}
