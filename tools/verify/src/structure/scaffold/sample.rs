//! An endpoint's sample event: a call as API Gateway hands it to the function, in payload format 2.0.

use freshtrack_contracts::endpoints::{Access, Endpoint, QueryParameter};
use serde::Serialize;
use std::collections::BTreeMap;

/// The organization that `events/platform-import-organization.json` brings in.
const ORGANIZATION: &str = "org_01JD8Q6V5W3Y8R2T4N6M8P0Q2S";
/// Its access key for dashboards.
const KEY: &str = "key_01JD8Q6V68J5X7Y0M2P4R6T8Z9";
const SECRET: &str = "ftk_c4w8t1xe_z6n0g3qy5j8bkr2vd7msfh1taw4cxp9e";
const USER: &str = "usr_01JD8Q6V69K6Y8Z1N3Q5S7V9A0";
const SESSION: &str = "ses_01JD8Q6V6AM7Z9A2P4R6T8W0B1";
/// An access token of that session, as far as a function sees it: the authorizer has judged it already.
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.e30.c2FtcGxl";

/// What the parameters of paths name, as far as the samples tell of it.
const IDENTIFIERS: &[(&str, &str)] = &[
    ("org_id", ORGANIZATION),
    ("site_id", "sit_01JD8Q6V60A7K9M2C4E6G8J0N1"),
    ("area_id", "are_01JD8Q6V61B8N0P3D5F7H9K1R2"),
    ("unit_id", "unt_01JD8Q6V63D0R2S5F7H9K1N3T4"),
    ("sensor_id", "sen_01JD8Q6V65F2T4V7H9K1N3Q5W6"),
    ("access_key_id", KEY),
    ("key_id", KEY),
    ("user_id", USER),
    ("session_id", SESSION),
    ("alert_id", "alr_01JD8Q6V6CP9B1C4R6T8W0Y2D3"),
    ("calibration_id", "cal_01JD8Q6V6DQAC2D5S7V9X1Z3E4"),
    ("change_id", "chg_01JD8Q6V6ERBD3E6T8W0Y2A4F5"),
    ("dev_eui", "A84041FFFF182C3D"),
    ("frame_id", "frm_01JD8Q6V6FSCE4F7V9X1Z3B5G6"),
    ("gateway_id", "gtw_01JD8Q6V6GTDF5G8W0Y2A4C6H7"),
    ("invitation_id", "inv_01JD8Q6V6HVEG6H9X1Z3B5D7J8"),
    ("job_id", "job_01JD8Q6V6JWFH7J0Y2A4C6E8K9"),
    ("model", "dragino-lht65n"),
    ("model_id", "dragino-lht65n"),
    ("network_id", "net_01JD8Q6V6KXGJ8K1Z3B5D7F9M0"),
    ("support_session_id", "sup_01JD8Q6V6MYHK9M2A4C6E8G0N1"),
];

const HOST: &str = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
const SOURCE_IP: &str = "203.0.113.24";
const USER_AGENT: &str = "FreshTrack/1.0";

/// The fields are declared in the order in which API Gateway writes them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'a str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: String,
    headers: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<&'a str, &'a str>,
    request_context: RequestContext<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    account_id: &'a str,
    api_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<Authorizer>,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: String,
    route_key: &'a str,
    stage: &'a str,
    time: &'a str,
    time_epoch: u64,
}

#[derive(Serialize)]
struct Authorizer {
    lambda: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'a str,
    source_ip: &'a str,
    user_agent: &'a str,
}

/// The sample event of `endpoint`, as text.
pub(super) fn of(endpoint: &Endpoint) -> String {
    let path_parameters: BTreeMap<&str, String> = parameters(endpoint.path)
        .map(|name| (name, identifier(name, endpoint.function)))
        .collect();
    let raw_path = path_parameters
        .iter()
        .fold(endpoint.path.to_owned(), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value)
        });
    let query: BTreeMap<&str, &str> = endpoint
        .query_parameters()
        .filter(|parameter| parameter.required)
        .map(|parameter| (parameter.name, query_value(parameter)))
        .collect();
    let query_text: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(':', "%3A")))
        .collect();
    let body = endpoint.example.map(|example| example().to_string());
    let route_key = endpoint.route_key();
    let caller = Caller::of(endpoint.access);
    let event = Event {
        version: "2.0",
        route_key: &route_key,
        raw_path: &raw_path,
        raw_query_string: query_text.join("&"),
        headers: headers(endpoint.function, caller.as_ref(), body.as_deref()),
        query_string_parameters: query,
        request_context: RequestContext {
            account_id: "123456789012",
            api_id: "a1b2c3d4e5",
            authorizer: caller.map(|caller| Authorizer {
                lambda: caller.context,
            }),
            domain_name: HOST,
            domain_prefix: "a1b2c3d4e5",
            http: Http {
                method: endpoint.method,
                path: &raw_path,
                protocol: "HTTP/1.1",
                source_ip: SOURCE_IP,
                user_agent: USER_AGENT,
            },
            request_id: format!("{}=", digits(endpoint.function, 15, 36)),
            route_key: &route_key,
            stage: "$default",
            time: "10/Mar/2026:04:00:00 +0000",
            time_epoch: 1_773_115_200_000,
        },
        path_parameters,
        body,
        is_base64_encoded: false,
    };
    // Texts by name are always JSON.
    serde_json::to_string_pretty(&event).unwrap_or_default() + "\n"
}

/// Who calls.
struct Caller {
    credential: String,
    /// What the authorizer found out.
    context: BTreeMap<&'static str, String>,
}

impl Caller {
    /// Somebody who fits `access`: an access key of the organization or a person.
    fn of(access: Access) -> Option<Self> {
        match access {
            Access::Anyone => None,
            Access::Organization(right) => Some(Self {
                credential: SECRET.to_owned(),
                context: [
                    ("actor_id", KEY.to_owned()),
                    ("org_id", ORGANIZATION.to_owned()),
                    ("scopes", right.name().to_owned()),
                ]
                .into(),
            }),
            _ => Some(Self {
                credential: TOKEN.to_owned(),
                context: [("actor_id", USER.to_owned()), ("session_id", SESSION.to_owned())].into(),
            }),
        }
    }
}

fn headers<'a>(function: &str, caller: Option<&Caller>, body: Option<&str>) -> BTreeMap<&'a str, String> {
    let mut headers: BTreeMap<&str, String> = [
        ("accept", "*/*".to_owned()),
        ("accept-encoding", "gzip".to_owned()),
        ("host", HOST.to_owned()),
        ("user-agent", USER_AGENT.to_owned()),
        (
            "x-amzn-trace-id",
            format!("Root=1-69af9740-{}", digits(function, 24, 16)),
        ),
        ("x-forwarded-for", SOURCE_IP.to_owned()),
        ("x-forwarded-port", "443".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ]
    .into();
    if let Some(caller) = caller {
        headers.insert("authorization", format!("Bearer {}", caller.credential));
    }
    if let Some(body) = body {
        headers.insert("content-length", body.len().to_string());
        headers.insert("content-type", "application/json".to_owned());
    }
    headers
}

/// The names of the parameters of `path`.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Something that the path parameter `name` may be.
fn identifier(name: &str, function: &str) -> String {
    match IDENTIFIERS.iter().find(|(known, _)| *known == name) {
        Some((_, identifier)) => (*identifier).to_owned(),
        None => digits(function, 26, 32),
    }
}

fn query_value(parameter: &QueryParameter) -> &'static str {
    match parameter.format {
        Some("date-time") => "2026-03-10T00:00:00Z",
        Some("date") => "2026-03-10",
        Some("int32") => "50",
        _ => "cooler",
    }
}

/// `count` digits to `base` that are always the same for `text`.
fn digits(text: &str, count: usize, base: u64) -> String {
    const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    // FNV-1a: any function that scatters will do.
    let mut state = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, scatter);
    (0..count)
        .filter_map(|_| {
            state = scatter(state, 0);
            let digit = usize::try_from((state >> 32) % base).ok()?;
            DIGITS.get(digit).map(|digit| char::from(*digit))
        })
        .collect()
}

fn scatter(state: u64, byte: u8) -> u64 {
    (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use freshtrack_contracts::endpoints::of_function;
    use serde_json::{Value, json};

    fn sample(function: &str) -> Value {
        serde_json::from_str(&of(of_function(function).unwrap())).unwrap()
    }

    #[test]
    fn an_organizations_endpoint_is_called_with_a_key_that_has_the_right() {
        let event = sample("places-create-site");
        assert_eq!(event["routeKey"], "POST /v1/orgs/{org_id}/sites");
        assert_eq!(event["rawPath"], format!("/v1/orgs/{ORGANIZATION}/sites"));
        assert_eq!(event["pathParameters"], json!({ "org_id": ORGANIZATION }));
        assert_eq!(
            event["requestContext"]["authorizer"]["lambda"],
            json!({ "actor_id": KEY, "org_id": ORGANIZATION, "scopes": "manage_places" })
        );
        let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            Some(body),
            of_function("places-create-site")
                .unwrap()
                .example
                .map(|example| example())
        );
        assert_eq!(
            event["headers"]["content-length"],
            event["body"].as_str().unwrap().len().to_string()
        );
    }

    #[test]
    fn a_persons_endpoint_is_called_by_a_person_and_an_open_one_by_anyone() {
        let person = sample("identity-revoke-session");
        assert_eq!(
            person["requestContext"]["authorizer"]["lambda"],
            json!({ "actor_id": USER, "session_id": SESSION })
        );
        assert_eq!(person["rawPath"], format!("/v1/me/sessions/{SESSION}"));
        let anyone = sample("platform-get-health");
        assert_eq!(anyone["requestContext"]["authorizer"], Value::Null);
        assert_eq!(anyone["headers"]["authorization"], Value::Null);
        assert_eq!(anyone["body"], Value::Null);
    }

    #[test]
    fn what_an_endpoint_insists_on_is_asked_for() {
        const QUERY: &[QueryParameter] = &[
            QueryParameter {
                name: "from",
                description: "When it begins.",
                required: true,
                format: Some("date-time"),
            },
            QueryParameter {
                name: "cursor",
                description: "Where to go on.",
                required: false,
                format: None,
            },
        ];
        let mut endpoint = *of_function("readings-list").unwrap();
        endpoint.query = QUERY;
        let event: Value = serde_json::from_str(&of(&endpoint)).unwrap();
        assert_eq!(
            event["queryStringParameters"],
            json!({ "from": "2026-03-10T00:00:00Z" })
        );
        assert_eq!(event["rawQueryString"], "from=2026-03-10T00%3A00%3A00Z");
    }

    #[test]
    fn a_sample_is_the_same_every_time() {
        let endpoint = of_function("places-create-site").unwrap();
        assert_eq!(of(endpoint), of(endpoint));
        assert_ne!(digits("a", 24, 16), digits("b", 24, 16));
    }
}
