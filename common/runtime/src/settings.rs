//! What a function is told by its environment. The only place that reads it.

use freshtrack_aws::AwsSettings;
use std::collections::BTreeMap;

/// The environment of a function.
#[derive(Debug, Clone)]
pub struct Settings {
    pub(crate) aws: AwsSettings,
    variables: BTreeMap<String, String>,
}

/// A variable that the function needs and does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set")]
pub struct MissingSettings(pub &'static str);

impl Settings {
    /// The settings in the environment of this process.
    #[must_use]
    pub fn from_environment() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the environment"
        )]
        let variables = std::env::vars().collect();
        Self::from_variables(variables)
    }

    /// The settings in `variables`.
    #[must_use]
    pub fn from_variables(variables: BTreeMap<String, String>) -> Self {
        Self {
            aws: AwsSettings::from_variables(|name| variables.get(name).cloned()),
            variables,
        }
    }

    pub(crate) fn optional(&self, name: &'static str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, MissingSettings> {
        self.optional(name).ok_or(MissingSettings(name))
    }
}
