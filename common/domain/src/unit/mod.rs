//! The unit: its kind, its rules, its state, and the one function that moves it.

mod back_fill;
mod engine;
mod explain;
mod exposure;
mod kind;
mod legal;
mod library;
mod open_alert;
mod record;
mod replay;
mod rules;
mod silence;
mod size;
mod state;
mod stored;
mod track;

pub use back_fill::{BackFill, LateSpan, excursions};
pub use engine::{Change, Input, next_due, transition};
pub(crate) use explain::{both, length};
pub use exposure::{Exposed, InvalidExposed};
pub use kind::UnitKind;
pub use legal::{LegalLimit, LegalSource, Limit, Standard};
pub use library::{
    AlarmId, AlarmMemory, AlarmSettings, AlarmValues, Condition, Definition, EffectiveAlarm, InvalidAlarm,
    Judge, LIBRARY, MOST_TUNED, Quantity, SiteHours, Tier, UnknownAlarm,
};
pub use open_alert::{InvalidOpenAlert, OpenAlert, Related};
pub use record::{Admission, ITEM_BYTES, UnitRecord, WRITE_UNIT};
pub use replay::{Compared, Episode, Outcome, compare, replay};
pub use rules::{
    EmptyRange, Overrides, REPORT_INTERVAL, Rule, Rules, SetAt, Sources, default_confirm_door_open,
};
pub use silence::{Contact, Silence};
pub use state::{
    Basis, DoorState, Excursion, LastReading, Mark, Mask, Masking, Quiet, UnitState, UnitStatus,
};
pub use track::{SensorTrack, Sighting};

/// How many sensors a unit may have: what the reading log can tell apart in three bits.
pub const MAX_SENSORS: usize = 8;
