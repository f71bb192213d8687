//! What the use cases need of the outside, named by what it does for the business.

mod identity;
mod live;
mod mail;
mod networks;
mod records;
mod registry;
mod system;

pub use identity::{KeySets, Throttle, Vault};
pub use live::{
    BroadcastLane, Connection, ConnectionId, Connections, Delivery, Sockets, TicketGrant, Tickets,
};
pub use mail::{MailLane, Mailer};
pub use networks::{
    DeviceRegistration, Downlink, NetworkServers, ServerAccess, ServerError, ServerErrorKind, Webhook,
    WebhookName,
};
pub use records::{
    Alerts, Devices, DueUnit, LateEntry, Quarantine, QuarantinedUplink, ReadingLog, SensorKey, UnitStates,
};
pub use registry::{
    Claim, ClaimSpace, CommitError, Found, Holder, MOST_STEPS, Owner, RawRecord, Record, RecordKind, Records,
    Step, Stored, Target,
};
pub use system::{Clock, EventBus, IdSource, RetryLane};
