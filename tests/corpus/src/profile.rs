//! The rules that are compared.

use freshtrack_domain::time::Span;
use freshtrack_domain::unit::Overrides;

/// A set of rules for units of every kind.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    /// What it is called.
    pub name: &'static str,
    /// What is set, above the defaults of each kind.
    pub overrides: fn() -> Overrides,
}

/// The product's defaults first, then what others do.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: "defaults",
        overrides: Overrides::default,
    },
    Profile {
        name: "alarm at the first reading out of range",
        overrides: || confirm(0),
    },
    Profile {
        name: "alarm after 10 minutes, whatever the unit",
        overrides: || confirm(10),
    },
    Profile {
        name: "alarm after 3 hours, whatever the unit",
        overrides: || confirm(180),
    },
];

fn confirm(minutes: u32) -> Overrides {
    Overrides {
        confirm: Some(Span::minutes(minutes)),
        ..Overrides::default()
    }
}
