//! One file per layout, each with a `MODELS` table of the models that use it.

pub(crate) mod decentlab;
pub(crate) mod dragino_lds02;
pub(crate) mod dragino_lht52;
pub(crate) mod dragino_lht65;
pub(crate) mod elsys;
pub(crate) mod milesight_em300_mcs;
pub(crate) mod milesight_em300_sld;
pub(crate) mod milesight_em300_th;
pub(crate) mod milesight_em320_th;
pub(crate) mod milesight_em500_pt100;
pub(crate) mod netvox_contact;
pub(crate) mod netvox_temperature;
