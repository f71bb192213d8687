//! HTTP and WebSocket APIs with their stages, integrations, authorizers and routes.

use super::error::Problem;
use super::reader::Reader;
use super::{
    Authorizer, Builder, Cors, HttpApi, HttpRoute, IdentitySource, RouteKey, Segment, SocketApi, SocketRoute,
    names,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The longest an HTTP API waits for its integration.
const HTTP_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest a WebSocket API waits for its integration.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(29);

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

struct Integration {
    function: String,
    timeout: Option<Duration>,
}

impl Builder<'_> {
    pub(super) fn apis(&mut self) -> Result<(), Problem> {
        let mut stages = self.stages()?;
        for (id, mut reader) in self.resources(
            "AWS::ApiGatewayV2::Api",
            &["Name", "Description", "Tags", "Version"],
        )? {
            let api = self.physical_name(&id)?;
            let protocol = reader.required("ProtocolType")?;
            reader.skip(&[
                "DisableExecuteApiEndpoint",
                "IpAddressType",
                "ApiKeySelectionExpression",
            ]);
            let stage = stages.remove(&api).ok_or_else(|| {
                reader.problem("has no AWS::ApiGatewayV2::Stage, so nothing of it would be served")
            })?;
            match protocol.as_str() {
                "HTTP" => {
                    let cors = reader.object("CorsConfiguration")?.map(cors).transpose()?;
                    self.system.http_apis.push(HttpApi {
                        logical_id: id,
                        id: api,
                        stage,
                        cors,
                        routes: Vec::new(),
                    });
                }
                "WEBSOCKET" => {
                    let expression = reader.required("RouteSelectionExpression")?;
                    let selection = selection_path(&expression).ok_or_else(|| {
                        reader.problem_in(
                            "RouteSelectionExpression",
                            format!("expected $request.body.<field>, found \"{expression}\""),
                        )
                    })?;
                    self.system.socket_apis.push(SocketApi {
                        logical_id: id,
                        id: api,
                        stage,
                        selection,
                        routes: BTreeMap::new(),
                    });
                }
                other => {
                    return Err(reader.problem_in(
                        "ProtocolType",
                        format!("expected HTTP or WEBSOCKET, found {other}"),
                    ));
                }
            }
            reader.finish()?;
        }
        let authorizers = self.authorizers()?;
        let integrations = self.integrations()?;
        self.routes(&authorizers, &integrations)
    }

    /// The stage of each API: the first one declared, since one address can serve only one.
    fn stages(&self) -> Result<BTreeMap<String, String>, Problem> {
        const CLOUD_ONLY: [&str; 9] = [
            "AccessLogSettings",
            "AutoDeploy",
            "ClientCertificateId",
            "DefaultRouteSettings",
            "DeploymentId",
            "Description",
            "RouteSettings",
            "Tags",
            "AccessPolicyId",
        ];
        let mut stages = BTreeMap::new();
        for (_, mut reader) in self.resources("AWS::ApiGatewayV2::Stage", &CLOUD_ONLY)? {
            let api = reader.required("ApiId")?;
            let name = reader.required("StageName")?;
            if stages.insert(api, name).is_some() {
                return Err(reader.problem_in(
                    "ApiId",
                    "already has a stage: the local system serves one for each API",
                ));
            }
            reader.finish()?;
        }
        Ok(stages)
    }

    fn authorizers(&self) -> Result<BTreeMap<String, Authorizer>, Problem> {
        let mut authorizers = BTreeMap::new();
        let skipped = ["Name", "AuthorizerCredentialsArn"];
        for (id, mut reader) in self.resources("AWS::ApiGatewayV2::Authorizer", &skipped)? {
            let api = reader.required("ApiId")?;
            let http = self.system.http_apis.iter().any(|http| http.id == api);
            let kind = reader.required("AuthorizerType")?;
            if kind != "REQUEST" {
                return Err(reader.problem_in("AuthorizerType", format!("expected REQUEST, found {kind}")));
            }
            let simple_responses = reader.boolean("EnableSimpleResponses")?.unwrap_or(false);
            if http {
                let version = reader.required("AuthorizerPayloadFormatVersion")?;
                if version != "2.0" {
                    return Err(reader.problem_in(
                        "AuthorizerPayloadFormatVersion",
                        format!("expected 2.0, found {version}"),
                    ));
                }
                if !simple_responses {
                    return Err(reader.problem_in(
                        "EnableSimpleResponses",
                        "expected true: the local system does not evaluate IAM policies for HTTP APIs",
                    ));
                }
            } else if simple_responses {
                return Err(
                    reader.problem_in("EnableSimpleResponses", "only HTTP APIs have simple responses")
                );
            }
            let mut identity_sources = Vec::new();
            for source in reader.strings("IdentitySource")? {
                identity_sources.push(identity_source(&source).ok_or_else(|| {
                    reader.problem_in(
                        "IdentitySource",
                        format!("expected a header, a query string parameter or a context field, found \"{source}\""),
                    )
                })?);
            }
            // API Gateway keeps decisions of HTTP APIs only, and for five minutes unless told.
            let default_ttl = if http && !identity_sources.is_empty() {
                300
            } else {
                0
            };
            let result_ttl = reader
                .seconds("AuthorizerResultTtlInSeconds", 0..=3_600)?
                .unwrap_or(Duration::from_secs(default_ttl));
            if !result_ttl.is_zero() && !http {
                return Err(reader.problem_in(
                    "AuthorizerResultTtlInSeconds",
                    "API Gateway does not keep the decisions of a WebSocket API's authorizer",
                ));
            }
            let function = self.called_function(&mut reader, "AuthorizerUri")?;
            reader.finish()?;
            authorizers.insert(
                id.clone(),
                Authorizer {
                    logical_id: id,
                    function,
                    identity_sources,
                    result_ttl,
                    simple_responses,
                },
            );
        }
        Ok(authorizers)
    }

    fn integrations(&self) -> Result<BTreeMap<String, Integration>, Problem> {
        const SKIPPED: [&str; 7] = [
            "CredentialsArn",
            "Description",
            "IntegrationMethod",
            "ConnectionType",
            "PassthroughBehavior",
            "ContentHandlingStrategy",
            "TemplateSelectionExpression",
        ];
        let mut integrations = BTreeMap::new();
        for (id, mut reader) in self.resources("AWS::ApiGatewayV2::Integration", &SKIPPED)? {
            let api = reader.required("ApiId")?;
            let http = self.system.http_apis.iter().any(|http| http.id == api);
            let kind = reader.required("IntegrationType")?;
            if kind != "AWS_PROXY" {
                return Err(reader.problem_in("IntegrationType", format!("expected AWS_PROXY, found {kind}")));
            }
            let version = reader.string("PayloadFormatVersion")?;
            if http && version.as_deref() != Some("2.0") {
                return Err(reader.problem_in("PayloadFormatVersion", "expected 2.0"));
            }
            let longest = if http { 30_000 } else { 29_000 };
            let timeout = reader
                .number("TimeoutInMillis", 50..=longest)?
                .map(|millis| Duration::from_millis(u64::from(millis)));
            let function = self.called_function(&mut reader, "IntegrationUri")?;
            reader.finish()?;
            integrations.insert(id, Integration { function, timeout });
        }
        Ok(integrations)
    }

    fn called_function(&self, reader: &mut Reader, key: &str) -> Result<String, Problem> {
        let address = reader.required(key)?;
        names::function_of_address(&self.system, &address)
            .map(|function| function.name.clone())
            .ok_or_else(|| {
                reader.problem_in(
                    key,
                    format!("leads to {address}, which calls no function of this template"),
                )
            })
    }

    fn routes(
        &mut self,
        authorizers: &BTreeMap<String, Authorizer>,
        integrations: &BTreeMap<String, Integration>,
    ) -> Result<(), Problem> {
        let replying = self.replying_routes()?;
        let skipped = [
            "OperationName",
            "AuthorizationScopes",
            "ApiKeyRequired",
            "ModelSelectionExpression",
        ];
        for (id, mut reader) in self.resources("AWS::ApiGatewayV2::Route", &skipped)? {
            let api = reader.required("ApiId")?;
            let key = reader.required("RouteKey")?;
            let target = reader.required("Target")?;
            let integration = target
                .strip_prefix("integrations/")
                .and_then(|name| integrations.get(name))
                .ok_or_else(|| {
                    reader.problem_in(
                        "Target",
                        format!("expected integrations/<integration of this template>, found \"{target}\""),
                    )
                })?;
            let authorizer = match reader.string("AuthorizationType")?.as_deref() {
                None | Some("NONE") => {
                    if reader.json("AuthorizerId").is_some() {
                        return Err(reader
                            .problem_in("AuthorizationType", "expected CUSTOM where AuthorizerId is given"));
                    }
                    None
                }
                Some("CUSTOM") => {
                    let name = reader.required("AuthorizerId")?;
                    let found = authorizers.get(&name).cloned().ok_or_else(|| {
                        reader.problem_in(
                            "AuthorizerId",
                            format!("names {name}, which this template does not declare"),
                        )
                    })?;
                    Some(found)
                }
                Some(other) => {
                    return Err(reader.problem_in(
                        "AuthorizationType",
                        format!("expected NONE or CUSTOM, found {other}"),
                    ));
                }
            };
            reader.skip(&["RouteResponseSelectionExpression"]);
            if let Some(http) = self.system.http_apis.iter_mut().find(|http| http.id == api) {
                let parsed = route_key(&key).map_err(|message| reader.problem_in("RouteKey", message))?;
                if let Some(other) = http
                    .routes
                    .iter()
                    .find(|other| same_requests(&other.key, &parsed))
                {
                    return Err(reader.problem_in(
                        "RouteKey",
                        format!("takes the same requests as {}", other.logical_id),
                    ));
                }
                http.routes.push(HttpRoute {
                    logical_id: id,
                    key: parsed,
                    function: integration.function.clone(),
                    timeout: integration.timeout.unwrap_or(HTTP_TIMEOUT),
                    authorizer,
                });
            } else if let Some(socket) = self.system.socket_apis.iter_mut().find(|socket| socket.id == api) {
                if authorizer.is_some() && key != "$connect" {
                    return Err(
                        reader.problem_in("AuthorizationType", "only $connect can have an authorizer")
                    );
                }
                let route = SocketRoute {
                    replies: replying.contains(&id),
                    logical_id: id,
                    function: integration.function.clone(),
                    timeout: integration.timeout.unwrap_or(SOCKET_TIMEOUT),
                    authorizer,
                };
                if let Some(other) = socket.routes.insert(key, route) {
                    return Err(
                        reader.problem_in("RouteKey", format!("is that of {} already", other.logical_id))
                    );
                }
            } else {
                return Err(
                    reader.problem_in("ApiId", format!("names {api}, which is no API of this template"))
                );
            }
            reader.finish()?;
        }
        Ok(())
    }

    /// The socket routes whose function's reply goes back to the client.
    fn replying_routes(&self) -> Result<BTreeSet<String>, Problem> {
        let mut routes = BTreeSet::new();
        for (_, mut reader) in self.resources("AWS::ApiGatewayV2::RouteResponse", &[])? {
            routes.insert(reader.required("RouteId")?);
        }
        Ok(routes)
    }
}

fn cors(mut reader: Reader) -> Result<Cors, Problem> {
    let cors = Cors {
        allow_origins: reader.strings("AllowOrigins")?,
        allow_methods: reader.strings("AllowMethods")?,
        allow_headers: reader.strings("AllowHeaders")?,
        expose_headers: reader.strings("ExposeHeaders")?,
        allow_credentials: reader.boolean("AllowCredentials")?.unwrap_or(false),
        max_age: reader.seconds("MaxAge", 0..=86_400)?,
    };
    reader.finish()?;
    Ok(cors)
}

/// The path into a message that `$request.body.type` or `${request.body.type}` names.
fn selection_path(expression: &str) -> Option<Vec<String>> {
    let inner = expression.strip_prefix('$')?;
    let inner = inner
        .strip_prefix('{')
        .map_or(Some(inner), |inner| inner.strip_suffix('}'))?;
    let path: Vec<String> = inner
        .strip_prefix("request.body.")?
        .split('.')
        .map(str::to_owned)
        .collect();
    path.iter().all(|part| !part.is_empty()).then_some(path)
}

/// Reads `$request.header.Authorization` (HTTP) and `route.request.querystring.ticket` (WebSocket).
fn identity_source(source: &str) -> Option<IdentitySource> {
    let source = source.strip_prefix('$').unwrap_or(source);
    let source = source.strip_prefix("route.").unwrap_or(source);
    let (kind, name) = match source.strip_prefix("request.") {
        Some(part) => part.split_once('.')?,
        None => source.split_once('.')?,
    };
    match kind {
        "header" => Some(IdentitySource::Header(name.to_ascii_lowercase())),
        "querystring" => Some(IdentitySource::QueryString(name.to_owned())),
        "context" => Some(IdentitySource::Context(name.to_owned())),
        "stageVariables" => Some(IdentitySource::StageVariable(name.to_owned())),
        _ => None,
    }
}

/// Reads `GET /v1/orgs/{org_id}` or `$default`.
fn route_key(key: &str) -> Result<RouteKey, String> {
    if key == "$default" {
        return Ok(RouteKey::Default);
    }
    let expected =
        || format!("expected $default or a method and a path such as GET /v1/health, found \"{key}\"");
    let (method, path) = key.split_once(' ').ok_or_else(expected)?;
    if method != "ANY" && !METHODS.contains(&method) {
        return Err(expected());
    }
    let Some(relative) = path.strip_prefix('/') else {
        return Err(expected());
    };
    let mut segments = Vec::new();
    if !relative.is_empty() {
        for part in relative.split('/') {
            let segment = match part.strip_prefix('{').map(|inner| inner.strip_suffix('}')) {
                None if part.is_empty() || part.contains(['{', '}']) => return Err(expected()),
                None => Segment::Literal(part.to_owned()),
                Some(None | Some("" | "+")) => return Err(expected()),
                Some(Some(name)) => match name.strip_suffix('+') {
                    Some(name) => Segment::Greedy(name.to_owned()),
                    None => Segment::Parameter(name.to_owned()),
                },
            };
            segments.push(segment);
        }
    }
    let greedy = segments
        .iter()
        .position(|segment| matches!(segment, Segment::Greedy(_)));
    if greedy.is_some_and(|position| position + 1 != segments.len()) {
        return Err(format!("a {{name+}} part must be the last one, found \"{key}\""));
    }
    Ok(RouteKey::Path {
        method: (method != "ANY").then(|| method.to_owned()),
        path: path.to_owned(),
        segments,
    })
}

/// Whether two keys differ at most in the names of their parameters.
fn same_requests(left: &RouteKey, right: &RouteKey) -> bool {
    match (left, right) {
        (RouteKey::Default, RouteKey::Default) => true,
        (
            RouteKey::Path {
                method: left_method,
                segments: left,
                ..
            },
            RouteKey::Path {
                method: right_method,
                segments: right,
                ..
            },
        ) => {
            left_method == right_method
                && left.len() == right.len()
                && left.iter().zip(right).all(|pair| match pair {
                    (Segment::Literal(left), Segment::Literal(right)) => left == right,
                    (Segment::Parameter(_), Segment::Parameter(_))
                    | (Segment::Greedy(_), Segment::Greedy(_)) => true,
                    _ => false,
                })
        }
        _ => false,
    }
}
