//! What a rule's target gets of an event.

use serde_json::Value;

use crate::template::TargetInput;

/// Names that every template may use besides those of its own paths.
pub(super) struct RuleContext<'r> {
    pub(super) rule_arn: &'r str,
    pub(super) rule_name: &'r str,
    pub(super) ingestion_time: &'r str,
}

/// The text that the target gets.
pub(super) fn render(input: &TargetInput, event: &Value, context: &RuleContext<'_>) -> String {
    match input {
        TargetInput::Event => event.to_string(),
        TargetInput::Constant(text) => text.clone(),
        TargetInput::Path(path) => lookup(event, path).unwrap_or(&Value::Null).to_string(),
        TargetInput::Transformer { paths, template } => substitute(template, |name| match name {
            "aws.events.rule-arn" => Some(Value::from(context.rule_arn)),
            "aws.events.rule-name" => Some(Value::from(context.rule_name)),
            "aws.events.event.ingestion-time" => Some(Value::from(context.ingestion_time)),
            "aws.events.event" | "aws.events.event.json" => Some(event.clone()),
            name => paths
                .get(name)
                .map(|path| lookup(event, path).cloned().unwrap_or_default()),
        }),
    }
}

/// The value at a JSON path of the kind the bus takes: `$`, `$.detail.kind`,
/// `$.detail['kind']`, `$.resources[0]`.
pub(super) fn lookup<'v>(event: &'v Value, path: &str) -> Option<&'v Value> {
    let mut rest = path.strip_prefix('$')?;
    let mut value = event;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, tail) = after.split_at(end);
            value = value.get(name)?;
            rest = tail;
        } else {
            let (inside, tail) = rest.strip_prefix('[')?.split_once(']')?;
            value = match inside.trim_matches(['\'', '"']) {
                name if name.len() != inside.len() => value.get(name)?,
                index => value.get(index.parse::<usize>().ok()?)?,
            };
            rest = tail;
        }
    }
    Some(value)
}

/// Fills `<name>` in a template. Within quotes a text goes in without its own
/// quotes; elsewhere every value goes in as JSON. A name nobody knows stays as
/// it is written.
fn substitute(template: &str, value_of: impl Fn(&str) -> Option<Value>) -> String {
    let mut output = String::with_capacity(template.len());
    let mut quoted = false;
    let mut rest = template;
    while let Some(character) = rest.chars().next() {
        let tail = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '\\' if quoted => {
                let escaped = tail.chars().next();
                output.push('\\');
                output.extend(escaped);
                rest = tail.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
                continue;
            }
            '"' => quoted = !quoted,
            '<' => {
                if let Some((name, after)) = tail.split_once('>')
                    && let Some(value) = value_of(name)
                {
                    push(&mut output, &value, quoted);
                    rest = after;
                    continue;
                }
            }
            _ => {}
        }
        output.push(character);
        rest = tail;
    }
    output
}

fn push(output: &mut String, value: &Value, quoted: bool) {
    let json = value.to_string();
    match value {
        _ if !quoted => output.push_str(&json),
        Value::String(_) => output.push_str(unquoted(&json)),
        Value::Null => {}
        // A structure within a text keeps the text valid JSON.
        _ => output.push_str(unquoted(&Value::from(json).to_string())),
    }
}

fn unquoted(json: &str) -> &str {
    json.strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn event() -> Value {
        json!({"id": "e1", "detail": {"unit": "Cold \"A\"", "peak": 9.5, "tags": ["x"]}, "resources": ["r0", "r1"]})
    }

    fn rendered(input: &TargetInput) -> String {
        let context = RuleContext {
            rule_arn: "arn:rule",
            rule_name: "alerts",
            ingestion_time: "now",
        };
        render(input, &event(), &context)
    }

    fn transformer(template: &str) -> TargetInput {
        let paths = [
            ("unit", "$.detail.unit"),
            ("peak", "$.detail['peak']"),
            ("tags", "$.detail.tags"),
            ("gone", "$.x.y"),
        ];
        TargetInput::Transformer {
            paths: paths
                .iter()
                .map(|(name, path)| ((*name).into(), (*path).into()))
                .collect::<BTreeMap<_, _>>(),
            template: template.into(),
        }
    }

    #[test]
    fn paths_lead_into_objects_and_lists() {
        let event = event();
        assert_eq!(lookup(&event, "$"), Some(&event));
        assert_eq!(lookup(&event, "$.detail.peak"), Some(&json!(9.5)));
        assert_eq!(lookup(&event, "$.detail['tags'][0]"), Some(&json!("x")));
        assert_eq!(lookup(&event, "$.resources[1]"), Some(&json!("r1")));
        for missing in [
            "$.none",
            "$.resources[7]",
            "detail",
            "$.resources[x]",
            "$[unclosed",
        ] {
            assert_eq!(lookup(&event, missing), None, "{missing}");
        }
    }

    #[test]
    fn a_target_gets_the_event_a_part_a_constant_or_a_filled_template() {
        assert_eq!(rendered(&TargetInput::Event), event().to_string());
        assert_eq!(rendered(&TargetInput::Path("$.detail.tags".into())), r#"["x"]"#);
        assert_eq!(rendered(&TargetInput::Constant("{\"a\":1}".into())), "{\"a\":1}");
        let filled = rendered(&transformer(
            r#"{"unit": <unit>, "peak": <peak>, "all": <tags>, "text": "<unit> at <peak>, <gone><tags>", "rule": <aws.events.rule-name>, "gone": <gone>}"#,
        ));
        let parsed: Value = serde_json::from_str(&filled).unwrap();
        assert_eq!(
            parsed,
            json!({
                "unit": "Cold \"A\"",
                "peak": 9.5,
                "all": ["x"],
                "text": "Cold \"A\" at 9.5, [\"x\"]",
                "rule": "alerts",
                "gone": null,
            })
        );
    }

    #[test]
    fn what_is_no_placeholder_stays() {
        assert_eq!(
            rendered(&transformer(r#""a < b \"<unknown>\" <""#)),
            r#""a < b \"<unknown>\" <""#
        );
        let whole = rendered(&transformer("{\"event\": <aws.events.event>}"));
        assert_eq!(serde_json::from_str::<Value>(&whole).unwrap()["event"], event());
    }
}
