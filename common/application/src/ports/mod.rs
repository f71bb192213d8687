//! What the use cases need of the outside, named by what it does for the business.

mod live;
mod records;
mod registry;
mod system;

pub use live::{
    BroadcastLane, Connection, ConnectionId, Connections, Delivery, Sockets, TicketGrant, Tickets,
};
pub use records::{
    AlertPage, Alerts, Devices, DueUnit, LateEntry, Organizations, Places, PlacesOfOrg, Quarantine,
    QuarantinedUplink, ReadingLog, UnitStates,
};
pub use registry::{
    Claim, ClaimSpace, CommitError, Found, Holder, MOST_STEPS, Owner, RawRecord, Record, RecordKind, Records,
    Step, Stored,
};
pub use system::{Clock, EventBus, IdSource, RetryLane};
