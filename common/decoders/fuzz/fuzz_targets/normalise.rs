//! Any JSON as a network server's decoded payload.

#![no_main]

use freshtrack_decoders::aliases;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(payload) = serde_json::from_slice(input)
        && let Ok(measured) = aliases::normalise(&payload)
    {
        assert!(!measured.is_empty());
    }
});
