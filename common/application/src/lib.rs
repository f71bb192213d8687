//! Use cases over small ports. Knows the domain; never AWS, never HTTP.
//!
//! One file a use case. A use case takes the ports it needs by name and the [`OrgScope`] of whoever asks; it
//! answers with a contract type, a [`Refusal`] (the caller's to mend) or a fault (ours).

pub mod alerts;
pub mod audit;
mod close_sockets;
pub mod devices;
mod error;
mod get_overview;
pub mod identity;
mod import_organization;
mod live;
pub mod logbook;
pub mod mail;
pub mod networks;
pub mod organizations;
mod page;
pub mod places;
pub mod platform;
pub mod ports;
pub mod processes;
mod quarantine;
mod readings;
mod receive_uplinks;
mod record_readings;
mod records;
mod registry;
mod scope;
mod set_up;
mod sweep_timers;
mod upload_readings;

pub use close_sockets::close_sockets;
pub use error::{Failure, PortError, PortErrorKind, Refusal};
pub use get_overview::get_overview;
pub use import_organization::{Import, import_organization};
pub use live::{
    BroadcastChunk, CONNECTION_LIFE, Live, LiveUpdate, Resync, TICKET_LIFE, broadcast, connect, disconnect,
    issue_ticket, redeem_ticket, reply, resync, subscribe, unsubscribe,
};
pub use page::{Order, PageRequest, cursor_behind, page_of, page_of_all};
pub use quarantine::{list_quarantine, replay_frame};
pub use readings::{
    ExportedPage, GapsOf, JudgePast, ReadingsOf, SeriesOf, SummaryQuery, export_readings, forecast_unit,
    get_latest, get_series, judge_past, list_door_events, list_gaps, list_readings, summarize_readings,
};
pub use receive_uplinks::{MOST_GATEWAYS, ReceiveUplinks, Uplink};
pub use record_readings::{Outcome, RecordReadings, RetryReadings, UnitReading, retry_readings};
pub use registry::{ChainEnd, Change, Registry};
pub use scope::{Actor, Administrator, Caller, OrgScope, SignedIn};
pub use set_up::SetUp;
pub use sweep_timers::{SweepReport, sweep_timers};
pub use upload_readings::upload_readings;
