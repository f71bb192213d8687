//! An endpoint in `template.yaml`: its function, in its area's section, and its route, in the API's definition.
//!
//! The template is edited as text: its comments and its layout are made by hand and have to survive.

use crate::structure::functions::pascal_case;
use freshtrack_contracts::endpoints::Endpoint;
use std::fmt::Write;

/// The template `text` with the function that serves `endpoint`, at the end of its area's section.
///
/// # Errors
/// When the area has no section yet: what its functions may do is decided by hand.
pub(super) fn with_function(text: &str, endpoint: &Endpoint) -> Result<String, String> {
    let name = endpoint.function;
    let area = pascal_case(name.split('-').next().unwrap_or_default());
    let lines: Vec<&str> = text.lines().collect();
    let missing =
        |what: String| format!("has no {what}, which {name} needs: give the area its log group and its role");
    let declares = |id: &str| lines.iter().any(|line| *line == format!("  {id}:"));
    let logs = format!("{area}Logs");
    let start = lines
        .iter()
        .position(|line| *line == format!("  {logs}:"))
        .ok_or_else(|| missing(logs.clone()))?;
    let reader = format!("{area}ReadRole");
    let role = if endpoint.method == "GET" && declares(&reader) {
        reader
    } else {
        format!("{area}Role")
    };
    if !declares(&role) {
        return Err(missing(role));
    }
    let end = (start + 1..lines.len())
        .find(|number| lines.get(*number).is_some_and(|line| ends_section(line)))
        .unwrap_or(lines.len());
    // Comments before the next section belong to it.
    let end = (start..end)
        .rev()
        .find(|number| {
            lines
                .get(*number)
                .is_some_and(|line| !line.is_empty() && !line.starts_with("  #"))
        })
        .map_or(end, |last| last + 1);
    let mut function = String::new();
    // Writing to a text never fails.
    let _ = write!(
        function,
        "
  {}Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${{AWS::StackName}}-{name}
      Description: {}
      CodeUri: target/lambda/{name}/
      Role: !GetAtt {role}.Arn
      LoggingConfig:
        LogGroup: !Ref {logs}",
        pascal_case(name),
        scalar(endpoint.summary),
    );
    Ok(inserted(&lines, end, &function))
}

/// Whether `line` begins another area's section, or another section of the template.
fn ends_section(line: &str) -> bool {
    let top_level = !line.is_empty() && !line.starts_with([' ', '#']);
    let logs = line
        .strip_prefix("  ")
        .and_then(|line| line.strip_suffix("Logs:"))
        .is_some_and(|area| !area.starts_with(' '));
    top_level || logs
}

/// `text` as YAML: quoted if it could be taken for something else.
fn scalar(text: &str) -> String {
    let plain = !text.contains(": ")
        && !text.contains(" #")
        && text.starts_with(|first: char| first.is_ascii_alphabetic());
    if plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// The template `text` with the route of `endpoint`, in the order of `endpoints`.
///
/// # Errors
/// When the template has no `HttpApi` with the paths of a definition.
pub(super) fn with_route(text: &str, endpoint: &Endpoint, endpoints: &[Endpoint]) -> Result<String, String> {
    let lines: Vec<&str> = text.lines().collect();
    let paths = Paths::of(&lines).ok_or("has no HttpApi with a definition that has `paths`")?;
    let pad = " ".repeat(paths.indent);
    let method = format!("{pad}  {}:", endpoint.method.to_lowercase());
    let mut route = format!("{method}\n{pad}    operationId: {}\n", endpoint.function);
    if endpoint.access.needs_credential() {
        let _ = writeln!(route, "{pad}    security: [{{credential: []}}]");
    }
    let _ = write!(
        route,
        "{pad}    responses: {{default: {{description: See contracts/openapi.json.}}}}
{pad}    x-amazon-apigateway-integration:
{pad}      {{type: aws_proxy, httpMethod: POST, payloadFormatVersion: '2.0', credentials: !GetAtt ApiInvokeRole.Arn,
{pad}      uri: !Sub 'arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{}Function.Arn}}/invocations'}}",
        pascal_case(endpoint.function),
    );
    if let Some((start, end)) = paths.item(endpoint.path) {
        let known = lines
            .get(start..end)
            .is_some_and(|item| item.contains(&method.as_str()));
        return Ok(if known {
            text.to_owned()
        } else {
            inserted(&lines, end, &route)
        });
    }
    let names: Vec<String> = endpoint
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| format!("{{name: {name}, in: path, required: true, schema: {{type: string}}}}"))
        .collect();
    let mut item = format!("{pad}{}:\n", endpoint.path);
    if !names.is_empty() {
        let _ = writeln!(item, "{pad}  parameters: [{}]", names.join(", "));
    }
    item.push_str(&route);
    // After the nearest endpoint before it that the template has.
    let position = endpoints
        .iter()
        .take_while(|other| other.function != endpoint.function)
        .filter_map(|other| paths.item(other.path))
        .last()
        .map_or(paths.start, |(_, end)| end);
    Ok(inserted(&lines, position, &item))
}

/// `lines` with `added` before the line `position`.
fn inserted(lines: &[&str], position: usize, added: &str) -> String {
    let (before, after) = lines.split_at_checked(position).unwrap_or((lines, &[]));
    let mut text = String::new();
    for line in before.iter().copied().chain([added]).chain(after.iter().copied()) {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// The paths of the HTTP API's definition, as lines of the template.
struct Paths<'a> {
    /// How far their names are indented.
    indent: usize,
    /// The line of the first one.
    start: usize,
    /// Each with its first line and the line after its last.
    items: Vec<(&'a str, usize, usize)>,
}

impl<'a> Paths<'a> {
    fn of(lines: &[&'a str]) -> Option<Self> {
        let api = lines.iter().position(|line| *line == "  HttpApi:")?;
        let paths = (api..lines.len()).find(|number| {
            lines
                .get(*number)
                .is_some_and(|line| line.trim_start() == "paths:")
        })?;
        let indent = indentation(lines.get(paths)?) + 2;
        let mut found = Self {
            indent,
            start: paths + 1,
            items: Vec::new(),
        };
        for (number, line) in lines.iter().enumerate().skip(found.start) {
            if line.is_empty() || indentation(line) < indent {
                break;
            }
            if indentation(line) == indent {
                found
                    .items
                    .push((line.trim().trim_end_matches(':'), number, number));
            }
            if let Some((_, _, end)) = found.items.last_mut() {
                *end = number + 1;
            }
        }
        Some(found)
    }

    /// The lines of `path`.
    fn item(&self, path: &str) -> Option<(usize, usize)> {
        self.items
            .iter()
            .find(|(name, ..)| *name == path)
            .map(|(_, start, end)| (*start, *end))
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Findings;
    use crate::structure::functions::{Function, Trigger};
    use crate::structure::template::Template;
    use freshtrack_contracts::endpoints::of_function;

    const TEMPLATE: &str = "\
Resources:
  HttpApi:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        components:
          securitySchemes:
            credential:
              x-amazon-apigateway-authorizer: {authorizerUri: x}
        paths:

  AlertsLogs:
    Type: AWS::Logs::LogGroup

  AlertsRole:
    Type: AWS::IAM::Role

  # Beside the others.
  PlatformLogs:
    Type: AWS::Logs::LogGroup

  PlatformReadRole:
    Type: AWS::IAM::Role

Outputs: {}
";

    fn endpoint(function: &str) -> Endpoint {
        *of_function(function).unwrap()
    }

    fn wired(text: &str, functions: &[&str], order: &[Endpoint]) -> String {
        functions.iter().fold(text.to_owned(), |text, function| {
            let endpoint = endpoint(function);
            with_route(&with_function(&text, &endpoint).unwrap(), &endpoint, order).unwrap()
        })
    }

    /// The lines of `text` that `wanted` accepts.
    fn lines(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
        text.lines().filter(|line| wanted(line)).map(str::trim).collect()
    }

    #[test]
    fn an_endpoint_is_wired_as_the_contracts_say() {
        let order = [endpoint("alerts-list"), endpoint("platform-get-health")];
        let text = wired(TEMPLATE, &["alerts-list", "platform-get-health"], &order);
        let template = Template::parse(&text).unwrap();
        let functions = Function::all(&template, &[], &mut Findings::default());
        let triggers: Vec<_> = functions
            .iter()
            .map(|function| (function.logical_id.as_str(), function.triggers.as_slice()))
            .collect();
        let route = |key: &str, authorized| {
            [Trigger::HttpRoute {
                key: key.to_owned(),
                authorized,
            }]
        };
        assert_eq!(
            triggers,
            [
                (
                    "AlertsListFunction",
                    route("GET /v1/orgs/{org_id}/alerts", true).as_slice()
                ),
                (
                    "PlatformGetHealthFunction",
                    route("GET /v1/health", false).as_slice()
                ),
            ]
        );
        let role = |id: &str| {
            let role = template.resources[id].get("Role");
            template.references(role, "AWS::IAM::Role")
        };
        assert_eq!(role("AlertsListFunction"), ["AlertsRole"]);
        assert_eq!(role("PlatformGetHealthFunction"), ["PlatformReadRole"]);
    }

    #[test]
    fn sections_keep_their_order_and_their_comments() {
        let order = [endpoint("alerts-list"), endpoint("alerts-get")];
        let text = wired(TEMPLATE, &["alerts-list", "alerts-get"], &order);
        let ids = lines(&text, |line| {
            line.starts_with("  ") && !line.starts_with("   ") || line.starts_with("Out")
        });
        assert_eq!(
            ids,
            [
                "HttpApi:",
                "AlertsLogs:",
                "AlertsRole:",
                "AlertsListFunction:",
                "AlertsGetFunction:",
                "# Beside the others.",
                "PlatformLogs:",
                "PlatformReadRole:",
                "Outputs: {}",
            ]
        );
        assert!(text.contains("\n\n  AlertsGetFunction:\n"), "{text}");
        assert!(
            text.contains("\n\n  # Beside the others.\n  PlatformLogs:\n"),
            "{text}"
        );
    }

    #[test]
    fn routes_stand_in_the_order_of_the_contracts() {
        let order = [
            "places-list-sites",
            "places-create-site",
            "alerts-list",
            "alerts-get",
        ]
        .map(endpoint);
        let mut text = TEMPLATE.to_owned();
        for function in [
            "alerts-get",
            "places-create-site",
            "alerts-list",
            "places-list-sites",
        ] {
            text = with_route(&text, &endpoint(function), &order).unwrap();
        }
        let routes = lines(&text, |line| {
            let depth = indentation(line);
            depth == 10 && line.trim().starts_with('/') || depth == 12 && line.len() < 20
        });
        assert_eq!(
            routes,
            [
                "/v1/orgs/{org_id}/sites:",
                "post:",
                "get:",
                "/v1/orgs/{org_id}/alerts:",
                "get:",
                "/v1/orgs/{org_id}/alerts/{alert_id}:",
                "get:",
            ]
        );
        let again = with_route(&text, &endpoint("alerts-get"), &order).unwrap();
        assert_eq!(again, text);
    }

    #[test]
    fn an_area_without_a_section_is_refused() {
        let missing = with_function(TEMPLATE, &endpoint("readings-list")).unwrap_err();
        assert!(missing.contains("no ReadingsLogs"), "{missing}");
        let without_role = TEMPLATE.replace("AlertsRole", "OtherRole");
        let missing = with_function(&without_role, &endpoint("alerts-list")).unwrap_err();
        assert!(missing.contains("no AlertsRole"), "{missing}");
    }

    #[test]
    fn descriptions_are_quoted_where_yaml_would_misread_them() {
        assert_eq!(scalar("Lists alerts."), "Lists alerts.");
        assert_eq!(scalar("Sets rules: all."), "'Sets rules: all.'");
        assert_eq!(scalar("{x} isn't"), "'{x} isn''t'");
    }
}
