//! APIs with their stages, and what WebSocket APIs are made of: integrations, authorizers and routes.

use super::error::Problem;
use super::reader::Reader;
use super::{Authorizer, Builder, IdentitySource, SocketApi, SocketRoute, names};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The longest a WebSocket API waits for its integration.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(29);

struct Integration {
    function: String,
    timeout: Duration,
}

impl Builder<'_> {
    pub(super) fn apis(&mut self) -> Result<(), Problem> {
        let mut stages = self.stages()?;
        for (id, mut reader) in self.resources(
            "AWS::ApiGatewayV2::Api",
            &["Name", "Description", "Tags", "Version"],
        )? {
            let api = self.physical_name(&id)?;
            reader.skip(&[
                "ApiKeySelectionExpression",
                "DisableExecuteApiEndpoint",
                "FailOnWarnings",
                "IpAddressType",
            ]);
            let stage = stages.remove(&api).ok_or_else(|| {
                reader.problem("has no AWS::ApiGatewayV2::Stage, so nothing of it would be served")
            })?;
            if let Some(definition) = reader.object("Body")? {
                let api = self.http_api(id, api, stage, definition)?;
                self.system.http_apis.push(api);
            } else {
                let api = socket_api(id, api, stage, &mut reader)?;
                self.system.socket_apis.push(api);
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
            self.own_socket_api(&mut reader)?;
            reader.must_be("AuthorizerType", "REQUEST")?;
            let identity_sources = identity_sources(&mut reader, "IdentitySource")?;
            let function = self.called_function(&mut reader, "AuthorizerUri")?;
            reader.finish()?;
            authorizers.insert(
                id.clone(),
                Authorizer {
                    name: id,
                    function,
                    identity_sources,
                    // API Gateway keeps no decision of a WebSocket API's authorizer.
                    result_ttl: Duration::ZERO,
                },
            );
        }
        Ok(authorizers)
    }

    /// The API that a resource is a part of.
    fn own_socket_api(&self, reader: &mut Reader) -> Result<usize, Problem> {
        let api = reader.required("ApiId")?;
        let socket_apis = &self.system.socket_apis;
        socket_apis
            .iter()
            .position(|socket| socket.id == api)
            .ok_or_else(|| {
                let message = if self.system.http_apis.iter().any(|http| http.id == api) {
                    "names an HTTP API, whose Body says all of this: API Gateway does not let both be used"
                        .to_owned()
                } else {
                    format!("names {api}, which is no API of this template")
                };
                reader.problem_in("ApiId", message)
            })
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
            self.own_socket_api(&mut reader)?;
            reader.must_be("IntegrationType", "AWS_PROXY")?;
            let timeout = reader
                .number("TimeoutInMillis", 50..=29_000)?
                .map_or(SOCKET_TIMEOUT, |millis| Duration::from_millis(u64::from(millis)));
            let function = self.called_function(&mut reader, "IntegrationUri")?;
            reader.finish()?;
            integrations.insert(id, Integration { function, timeout });
        }
        Ok(integrations)
    }

    pub(super) fn called_function(&self, reader: &mut Reader, key: &str) -> Result<String, Problem> {
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
            let api = self.own_socket_api(&mut reader)?;
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
            if authorizer.is_some() && key != "$connect" {
                return Err(reader.problem_in("AuthorizationType", "only $connect can have an authorizer"));
            }
            let route = SocketRoute {
                replies: replying.contains(&id),
                logical_id: id,
                function: integration.function.clone(),
                timeout: integration.timeout,
                authorizer,
            };
            let routes = self
                .system
                .socket_apis
                .get_mut(api)
                .map(|socket| &mut socket.routes);
            if let Some(other) = routes.and_then(|routes| routes.insert(key, route)) {
                return Err(reader.problem_in("RouteKey", format!("is that of {} already", other.logical_id)));
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

/// The WebSocket API that `reader` describes.
fn socket_api(
    logical_id: String,
    id: String,
    stage: String,
    reader: &mut Reader,
) -> Result<SocketApi, Problem> {
    let protocol = reader.required("ProtocolType")?;
    if protocol != "WEBSOCKET" {
        return Err(reader.problem_in(
            "ProtocolType",
            format!("expected WEBSOCKET, or an HTTP API's OpenAPI definition in Body, found {protocol}"),
        ));
    }
    let expression = reader.required("RouteSelectionExpression")?;
    let selection = selection_path(&expression).ok_or_else(|| {
        reader.problem_in(
            "RouteSelectionExpression",
            format!("expected $request.body.<field>, found \"{expression}\""),
        )
    })?;
    Ok(SocketApi {
        logical_id,
        id,
        stage,
        selection,
        routes: BTreeMap::new(),
    })
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

/// What identifies a caller: a list, or expressions separated by commas.
pub(super) fn identity_sources(reader: &mut Reader, key: &str) -> Result<Vec<IdentitySource>, Problem> {
    let mut sources = Vec::new();
    for source in reader.strings(key)?.iter().flat_map(|sources| sources.split(',')) {
        sources.push(identity_source(source.trim()).ok_or_else(|| {
            reader.problem_in(
                key,
                format!("expected a header, a query string parameter or a context field, found \"{source}\""),
            )
        })?);
    }
    Ok(sources)
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
