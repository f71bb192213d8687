//! What crosses the wire: endpoints, requests, replies, events, socket messages.
//!
//! The one list in [`endpoints`] is what the router, the template check, the OpenAPI document and the typed
//! client of the dashboard are made from.

pub mod access_keys;
pub mod alerts;
pub mod audit;
mod batch;
pub mod csv;
pub mod devices;
pub mod documents;
pub mod endpoints;
pub mod events;
pub mod identity;
pub mod ingest;
pub mod invitations;
pub mod limits;
pub mod live;
pub mod logbook;
pub mod members;
pub mod networks;
pub mod organization;
pub mod organizations;
pub mod page;
pub mod places;
pub mod problem;
pub mod processes;
pub mod readings;
pub mod support;
pub mod time;
