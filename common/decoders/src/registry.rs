//! The list of every model that is decoded natively.

use crate::model::Model;
use crate::models::{
    decentlab, dragino_lds02, dragino_lht52, dragino_lht65, elsys, milesight_em300_mcs, milesight_em300_sld,
    milesight_em300_th, milesight_em320_th, milesight_em500_pt100, netvox_contact, netvox_temperature,
};

/// The tables of `src/models/`, most used first.
const CATALOGUE: &[&[Model]] = &[
    dragino_lht65::MODELS,
    dragino_lht52::MODELS,
    dragino_lds02::MODELS,
    milesight_em300_th::MODELS,
    milesight_em320_th::MODELS,
    milesight_em300_mcs::MODELS,
    milesight_em300_sld::MODELS,
    milesight_em500_pt100::MODELS,
    elsys::MODELS,
    netvox_contact::MODELS,
    netvox_temperature::MODELS,
    decentlab::MODELS,
];

/// Every model that is decoded natively.
pub fn models() -> impl Iterator<Item = &'static Model> {
    CATALOGUE.iter().copied().flatten()
}

/// The model called `slug`, such as `dragino-lht65n`.
#[must_use]
pub fn find(slug: &str) -> Option<&'static Model> {
    models().find(|model| model.slug == slug)
}
