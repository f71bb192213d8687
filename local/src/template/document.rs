//! The sections of a template, before anything in them is resolved.

use super::error::Problem;
use serde_norway::{Mapping, Value as Yaml};
use std::collections::BTreeMap;

/// A template's sections.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) parameters: BTreeMap<String, Yaml>,
    pub(super) conditions: BTreeMap<String, Yaml>,
    /// What `Globals.Function` gives to every function.
    pub(super) function_globals: Mapping,
    pub(super) resources: BTreeMap<String, Resource>,
}

/// A resource as written.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) kind: String,
    pub(super) condition: Option<String>,
    pub(super) properties: Mapping,
}

impl Document {
    pub(super) fn new(root: &Yaml) -> Result<Self, Problem> {
        let Yaml::Mapping(root) = root else {
            return Err(Problem::new(
                "the template",
                "expected a mapping with the section Resources",
            ));
        };
        let resources = section(root, "Resources")?;
        if resources.is_empty() {
            return Err(Problem::new(
                "Resources",
                "is missing or empty: there is nothing to serve",
            ));
        }
        let globals = match root.get("Globals").and_then(|globals| globals.get("Function")) {
            None => Mapping::new(),
            Some(Yaml::Mapping(globals)) => globals.clone(),
            Some(_) => return Err(Problem::new("Globals.Function", "expected a mapping")),
        };
        Ok(Self {
            parameters: section(root, "Parameters")?,
            conditions: section(root, "Conditions")?,
            function_globals: globals,
            resources: resources
                .into_iter()
                .map(|(id, value)| Resource::new(&id, &value).map(|resource| (id, resource)))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Resource {
    fn new(id: &str, value: &Yaml) -> Result<Self, Problem> {
        let place = format!("Resources.{id}");
        let Yaml::Mapping(fields) = value else {
            return Err(Problem::new(place, "expected a mapping"));
        };
        let Some(kind) = fields.get("Type").and_then(Yaml::as_str) else {
            return Err(Problem::new(
                format!("{place}.Type"),
                "is required, such as AWS::SQS::Queue",
            ));
        };
        let properties = match fields.get("Properties") {
            None | Some(Yaml::Null) => Mapping::new(),
            Some(Yaml::Mapping(properties)) => properties.clone(),
            Some(_) => return Err(Problem::new(format!("{place}.Properties"), "expected a mapping")),
        };
        let condition = fields.get("Condition").and_then(Yaml::as_str).map(str::to_owned);
        Ok(Self {
            kind: kind.to_owned(),
            condition,
            properties,
        })
    }
}

fn section(root: &Mapping, name: &str) -> Result<BTreeMap<String, Yaml>, Problem> {
    let fields = match root.get(name) {
        None | Some(Yaml::Null) => return Ok(BTreeMap::new()),
        Some(Yaml::Mapping(fields)) => fields,
        Some(_) => return Err(Problem::new(name, "expected a mapping")),
    };
    fields
        .iter()
        .map(|(key, value)| match key.as_str() {
            Some(key) => Ok((key.to_owned(), value.clone())),
            None => Err(Problem::new(name, "has a key that is not a text")),
        })
        .collect()
}
