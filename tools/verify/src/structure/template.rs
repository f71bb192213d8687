//! template.yaml as a graph: resources, and which of them refer to which.
//!
//! The local system resolves the same file to values; here only the references matter, so they are read on
//! their own, and a mistake in one reader does not hide behind the other.

use crate::command::StepError;
use serde_norway::Value as Yaml;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The template.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// Its resources by logical id.
    pub(super) resources: BTreeMap<String, Resource>,
    /// Names that references may lead to without being resources.
    pub(super) parameters: BTreeSet<String>,
    /// What every function gets.
    function_globals: Yaml,
}

/// One resource.
#[derive(Debug)]
pub(super) struct Resource {
    /// Its type, such as `AWS::SQS::Queue`.
    pub(super) kind: String,
    /// The `Trigger` of its metadata: what invokes a function that no other resource does.
    pub(super) trigger: Option<String>,
    /// Its properties.
    pub(super) properties: Yaml,
}

impl Template {
    /// Reads the template in `file`.
    pub(super) fn read(file: &Path) -> Result<Self, StepError> {
        std::fs::read_to_string(file)
            .map_err(|error| error.to_string())
            .and_then(|text| Self::parse(&text))
            .map_err(|problem| StepError::Found(format!("template.yaml: {problem}")))
    }

    /// Reads the template `text`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let root: Yaml = serde_norway::from_str(text).map_err(|error| error.to_string())?;
        let mut resources = BTreeMap::new();
        for (id, resource) in entries(root.get("Resources")) {
            let kind = resource
                .get("Type")
                .and_then(Yaml::as_str)
                .ok_or_else(|| format!("{id} has no Type"))?;
            let trigger = resource
                .get("Metadata")
                .and_then(|metadata| metadata.get("Trigger"))
                .and_then(Yaml::as_str);
            let resource = Resource {
                kind: kind.to_owned(),
                trigger: trigger.map(str::to_owned),
                properties: resource.get("Properties").cloned().unwrap_or_default(),
            };
            resources.insert(id.to_owned(), resource);
        }
        Ok(Self {
            resources,
            parameters: entries(root.get("Parameters"))
                .map(|(name, _)| name.to_owned())
                .collect(),
            function_globals: root
                .get("Globals")
                .and_then(|globals| globals.get("Function"))
                .cloned()
                .unwrap_or_default(),
        })
    }

    /// The resources of type `kind`.
    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&str, &Resource)> {
        let kind = kind.to_owned();
        self.resources
            .iter()
            .filter(move |(_, resource)| resource.kind == kind)
            .map(|(id, resource)| (id.as_str(), resource))
    }

    /// A number that a function or the globals set.
    pub(super) fn function_number(&self, function: &Resource, property: &str) -> Option<u64> {
        function
            .get(property)
            .or_else(|| self.function_globals.get(property))
            .and_then(Yaml::as_u64)
    }

    /// The resources of type `kind` that `value` refers to.
    pub(super) fn references(&self, value: Option<&Yaml>, kind: &str) -> Vec<String> {
        value
            .map(references)
            .unwrap_or_default()
            .into_iter()
            .filter(|id| {
                self.resources
                    .get(id)
                    .is_some_and(|resource| resource.kind == kind)
            })
            .collect()
    }
}

impl Resource {
    /// One of its properties.
    pub(super) fn get(&self, property: &str) -> Option<&Yaml> {
        self.properties.get(property)
    }

    /// A property that is a text.
    pub(super) fn text(&self, property: &str) -> Option<&str> {
        self.get(property).and_then(Yaml::as_str)
    }
}

/// The named values in `section`.
pub(super) fn entries(section: Option<&Yaml>) -> impl Iterator<Item = (&str, &Yaml)> {
    section
        .and_then(Yaml::as_mapping)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| key.as_str().map(|key| (key, value)))
}

/// The names that the intrinsic functions within `value` refer to: of resources, parameters and pseudo parameters.
pub(super) fn references(value: &Yaml) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

/// Every value below `value` that is under one of `keys`, at any depth.
pub(super) fn below<'a>(value: &'a Yaml, keys: &[&str]) -> Vec<&'a Yaml> {
    let mut found = Vec::new();
    match value {
        Yaml::Mapping(fields) => {
            for (key, value) in fields {
                if key.as_str().is_some_and(|key| keys.contains(&key)) {
                    found.push(value);
                } else {
                    found.extend(below(value, keys));
                }
            }
        }
        Yaml::Sequence(items) => found.extend(items.iter().flat_map(|item| below(item, keys))),
        Yaml::Tagged(tagged) => found.extend(below(&tagged.value, keys)),
        Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::String(_) => {}
    }
    found
}

fn collect(value: &Yaml, found: &mut BTreeSet<String>) {
    match value {
        Yaml::Tagged(tagged) => intrinsic(&tagged.tag.to_string(), &tagged.value, found),
        Yaml::Mapping(fields) => {
            for (key, value) in fields {
                intrinsic(key.as_str().unwrap_or_default(), value, found);
            }
        }
        Yaml::Sequence(items) => items.iter().for_each(|item| collect(item, found)),
        Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::String(_) => {}
    }
}

/// Collects from an intrinsic function, in its short form (`!Ref`) or long one (`Ref:`), or from what is none.
fn intrinsic(name: &str, value: &Yaml, found: &mut BTreeSet<String>) {
    match name.trim_start_matches('!').trim_start_matches("Fn::") {
        "Ref" => found.extend(value.as_str().map(str::to_owned)),
        "GetAtt" => {
            let id = value.get(0).unwrap_or(value);
            found.extend(id.as_str().and_then(|id| id.split('.').next()).map(str::to_owned));
        }
        "Sub" => {
            let text = value.get(0).unwrap_or(value);
            let own = value.get(1);
            let is_own = |name: &String| own.is_some_and(|own| own.get(name.as_str()).is_some());
            let names = text.as_str().map(placeholders).unwrap_or_default();
            found.extend(names.into_iter().filter(|name| !is_own(name)));
            if let Some(variables) = own {
                collect(variables, found);
            }
        }
        _ => collect(value, found),
    }
}

/// The names in `${..}`, without attributes; `${!..}` is a literal.
fn placeholders(text: &str) -> Vec<String> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with('!'))
        .filter_map(|name| name.split('.').next().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_every_form() {
        let value: Yaml = serde_norway::from_str(
            "- !Ref A\n- {Ref: B}\n- !GetAtt C.Arn\n- Fn::GetAtt: [D, Arn]\n- !Sub 'x/${E}/${F.Arn}/${!G}'\n\
             - !Sub ['${H}/${own}', {own: !Ref I}]\n- plain",
        )
        .unwrap();
        let found: Vec<_> = references(&value).into_iter().collect();
        assert_eq!(found, ["A", "B", "C", "D", "E", "F", "H", "I"]);
    }

    #[test]
    fn values_are_found_below_their_keys() {
        let value: Yaml = serde_norway::from_str("a: [{x: 1}, {b: {x: 2}}]\nx: 3").unwrap();
        let found: Vec<_> = below(&value, &["x"])
            .into_iter()
            .filter_map(Yaml::as_u64)
            .collect();
        assert_eq!(found, [1, 2, 3]);
    }

    #[test]
    fn a_function_takes_over_what_the_globals_set() {
        let template = Template::parse(
            "Globals: {Function: {MemorySize: 256, Timeout: 10}}\n\
             Resources: {F: {Type: AWS::Serverless::Function, Properties: {Timeout: 30}}}",
        )
        .unwrap();
        let function = template.resources.get("F").unwrap();
        assert_eq!(template.function_number(function, "MemorySize"), Some(256));
        assert_eq!(template.function_number(function, "Timeout"), Some(30));
    }
}
