//! The frames of `tests/data`, and of the directory that `FRESHTRACK_VECTORS` names.

use freshtrack_decoders::{Measurements, Model, find};
use freshtrack_domain::measurement::{Battery, CentiCelsius, Door, Humidity, Probe};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

#[derive(Debug, Deserialize)]
pub(crate) struct Vector {
    pub(crate) vendor: String,
    pub(crate) model: String,
    pub(crate) f_port: Option<u8>,
    pub(crate) bytes_hex: String,
    pub(crate) expected: Map<String, Value>,
}

impl Vector {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        hex::decode(&self.bytes_hex).unwrap()
    }

    /// The models of the registry that this frame is from: some of the source's names stand for a family.
    pub(crate) fn models(&self) -> Vec<&'static Model> {
        let slugs: &[&str] = match (self.vendor.as_str(), self.model.as_str()) {
            ("elsys", "elsys") => &["elsys-ers", "elsys-elt-2", "elsys-ems"],
            ("milesight", "em300-sld-zld") => &["milesight-em300-sld", "milesight-em300-zld"],
            (vendor, model) => return find(&format!("{vendor}-{model}")).into_iter().collect(),
        };
        slugs.iter().map(|slug| find(slug).unwrap()).collect()
    }
}

/// Every frame there is of a model in the registry. A missing file is a failure, never fewer frames.
pub(crate) fn vectors() -> Vec<Vector> {
    #[derive(Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let further = std::env::var_os("FRESHTRACK_VECTORS").map(PathBuf::from);
    let read = |directory: PathBuf| {
        let path = directory.join("chirpstack-uplinks.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        serde_json::from_str::<File>(&text).unwrap().vectors
    };
    let all = std::iter::once(own).chain(further).flat_map(read);
    all.filter(|vector| !vector.models().is_empty()).collect()
}

/// A line of `frames.txt`.
pub(crate) struct Frame {
    pub(crate) model: &'static Model,
    pub(crate) f_port: u8,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Measurements,
}

/// The frames of our own.
pub(crate) fn frames() -> Vec<Frame> {
    let lines = include_str!("../data/frames.txt").lines();
    let mut rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    assert!(
        rows.next().unwrap().starts_with("model"),
        "the first row names the columns"
    );
    rows.map(frame).collect()
}

fn frame(line: &str) -> Frame {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [
        model,
        port,
        hex,
        ambient,
        probe,
        humidity,
        millivolts,
        percent,
        door,
        openings,
        leak,
        time,
    ] = cells[..]
    else {
        panic!("not twelve cells: {line}");
    };
    let model = find(model).unwrap_or_else(|| panic!("no such model: {line}"));
    let battery = Battery {
        millivolts: cell(millivolts, |text| text.parse().unwrap()),
        percent: cell(percent, |text| text.parse().unwrap()),
    };
    let expected = Measurements {
        ambient: cell(ambient, celsius),
        probe: match probe {
            "-" => Probe::NotFitted,
            "missing" => Probe::Missing,
            value => Probe::Celsius(celsius(value)),
        },
        humidity: cell(humidity, |text| {
            Humidity::from_percent(text.parse().unwrap()).unwrap()
        }),
        battery: (battery != Battery::default()).then_some(battery),
        door: cell(
            door,
            |text| if text == "open" { Door::Open } else { Door::Closed },
        ),
        door_openings: cell(openings, |text| text.parse().unwrap()),
        leak: cell(leak, |text| text == "yes"),
        measured_at: cell(time, |text| text.parse().unwrap()),
    };
    let bytes = hex::decode(hex.replace(' ', "")).unwrap();
    Frame {
        model,
        f_port: port.parse().unwrap(),
        bytes,
        expected,
    }
}

fn cell<T>(text: &str, read: impl Fn(&str) -> T) -> Option<T> {
    (text != "-").then(|| read(text))
}

fn celsius(text: &str) -> CentiCelsius {
    CentiCelsius::from_celsius(text.parse().unwrap()).unwrap()
}
