//! Layouts that a vendor uses throughout its range.

pub(crate) mod decentlab;
pub(crate) mod milesight;
pub(crate) mod netvox;
