//! Native decoders: the bytes a LoRaWAN sensor sends, as [`Measurements`]; and what it is sent, by [`downlink`].
//!
//! ```
//! let model = freshtrack_decoders::find("dragino-lht65n").unwrap();
//! let frame = [0xCB, 0xF6, 0x0B, 0x0D, 0x03, 0x76, 0x01, 0x0A, 0xDD, 0x7F, 0xFF];
//! let measured = model.decode(2, &frame)?;
//! assert_eq!(measured.ambient.unwrap().celsius(), 28.29);
//! # Ok::<(), freshtrack_decoders::DecodeError>(())
//! ```
//!
//! Decoding allocates nothing and cannot panic: whatever the bytes, it answers with measurements or with a
//! [`DecodeError`]. What a sensor sends in place of a number (327.67 °C for "no probe" and its like) never
//! becomes one. Sensors that are not in the registry are read by [`aliases`] from the fields that their
//! network server decoded.
//!
//! # Adding a model
//!
//! 1. Write `src/models/<vendor>_<model>.rs` with a `MODELS` table: one [`Model`] per catalogue entry, its
//!    decoder, and an encoder if the simulator should speak it. Layouts that a vendor uses throughout its range
//!    are in `src/protocols/`; a further model of such a range is often one row.
//! 2. Name the file in `src/models/mod.rs` and in the list of `src/registry.rs`.
//! 3. Put frames with known answers in `tests/data/frames.txt`. The suite goes through the registry: it fails
//!    for a model without a frame below zero or of a contact, and for one that can be made to panic.

pub mod aliases;
pub mod battery;
mod downlink;
mod error;
mod frame;
mod model;
mod models;
mod protocols;
mod registry;
mod value;

pub use downlink::{DownlinkFrame, downlink};
pub use error::DecodeError;
pub use freshtrack_domain::measurement::Measurements;
pub use model::{Measure, Model};
pub use registry::{find, models};
