//! functions/README.md: every function, by area.

use super::crates::Crate;
use super::functions::{Function, Trigger};
use std::fmt::Write;

const INTRODUCTION: &str = "\
# Functions

Every function there is: one file, one executable, one resource in `template.yaml`, one sample event.
How to add one: [docs/adding-a-function.md](../docs/adding-a-function.md).

This page is generated from `template.yaml` and the first line of each function's module:
`cargo verify structure --write`.
";

/// The page, given what each function is for.
pub(super) fn render(
    crates: &[Crate],
    functions: &[Function],
    purpose: impl Fn(&Function) -> Option<String>,
) -> String {
    let mut page = INTRODUCTION.to_owned();
    for area in crates.iter().filter(|member| member.area().is_some()) {
        let name = area.area().unwrap_or_default();
        let rows: Vec<String> = functions
            .iter()
            .filter(|function| function.area.as_deref() == Some(name))
            .map(|function| row(function, purpose(function).unwrap_or_default()))
            .collect();
        // Writing to a text never fails.
        let _ = write!(
            page,
            "\n## {name}\n\n{}\n\n| Function | Trigger | Purpose | Memory | Timeout |\n| --- | --- | --- | ---: | ---: |\n{}",
            area.description,
            rows.concat(),
        );
    }
    page
}

fn row(function: &Function, purpose: String) -> String {
    let file = function.module().unwrap_or_default();
    let file = file.strip_prefix("functions/").unwrap_or(&file);
    let triggers: Vec<String> = function.triggers.iter().map(Trigger::to_string).collect();
    let number =
        |value: Option<u64>, unit: &str| value.map(|value| format!("{value} {unit}")).unwrap_or_default();
    format!(
        "| [{}]({file}) | {} | {} | {} | {} |\n",
        function.name,
        triggers.join(", ").replace('|', "\\|"),
        purpose.replace('|', "\\|"),
        number(function.memory_mb, "MB"),
        number(function.timeout_s, "s"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_one_row_of_its_area() {
        let area = Crate {
            folder: "functions/alerts".to_owned(),
            description: "Functions over alerts.".to_owned(),
            ..Crate::default()
        };
        let function = Function {
            logical_id: "AlertsRecordTrailFunction".to_owned(),
            name: "alerts-record-trail".to_owned(),
            area: Some("alerts".to_owned()),
            memory_mb: Some(256),
            timeout_s: Some(30),
            triggers: vec![Trigger::Queue {
                queue: "AlertsTrailQueue".to_owned(),
            }],
        };
        let page = render(&[area], &[function], |_| Some("Writes a|b down.".to_owned()));
        let expected = "\n## alerts\n\nFunctions over alerts.\n\n\
            | Function | Trigger | Purpose | Memory | Timeout |\n| --- | --- | --- | ---: | ---: |\n\
            | [alerts-record-trail](alerts/src/record_trail.rs) | messages in AlertsTrailQueue | Writes a\\|b down. \
            | 256 MB | 30 s |\n";
        assert_eq!(page.strip_prefix(INTRODUCTION), Some(expected));
    }
}
