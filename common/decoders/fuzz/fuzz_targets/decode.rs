//! Any bytes, on any port, to any model: `[model, port, frame...]`.

#![no_main]

use freshtrack_decoders::models;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [model, port, frame @ ..] = input else { return };
    let Some(model) = models().nth(usize::from(*model) % models().count()) else {
        return;
    };
    let newest = model.decode(*port, frame);
    let all: Result<Vec<_>, _> = model.decode_all(*port, frame).collect();
    assert_eq!(
        newest.is_ok(),
        all.is_ok(),
        "one way of decoding accepts what the other refuses"
    );
    if let Some(written) = newest.ok().and_then(|measured| model.encode(&measured)) {
        let _ = model.decode(model.f_port, &written);
    }
});
