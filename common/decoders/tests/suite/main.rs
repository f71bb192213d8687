//! The decoders against frames with known answers, against damage, and against their own encoders.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod downlinks;
#[cfg(test)]
mod layouts;
#[cfg(test)]
mod published;
#[cfg(test)]
mod robustness;
