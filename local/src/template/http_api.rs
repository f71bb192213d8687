//! HTTP APIs. Everything such an API is stands in the OpenAPI definition of its `Body`.

use super::apis::identity_sources;
use super::error::Problem;
use super::reader::Reader;
use super::{Authorizer, Builder, Cors, HttpApi, HttpRoute, RouteKey, Segment};
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest an HTTP API waits for its integration.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long an authorizer's decision is kept unless told.
const RESULT_TTL: Duration = Duration::from_secs(300);

/// The methods of an OpenAPI path.
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
/// API Gateway's name for all methods at once.
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

impl Builder<'_> {
    /// The HTTP API that `definition` describes.
    pub(super) fn http_api(
        &self,
        logical_id: String,
        id: String,
        stage: String,
        mut definition: Reader,
    ) -> Result<HttpApi, Problem> {
        let version = definition.required("openapi")?;
        if !version.starts_with("3.0.") {
            return Err(definition.problem_in("openapi", format!("expected 3.0.x, found {version}")));
        }
        definition.skip(&["info", "tags", "x-amazon-apigateway-importexport-version"]);
        let cors = definition
            .object("x-amazon-apigateway-cors")?
            .map(cors)
            .transpose()?;
        let mut authorizers = BTreeMap::new();
        if let Some(mut components) = definition.object("components")? {
            if let Some(schemes) = components.object("securitySchemes")? {
                for (name, scheme) in schemes.objects_by_name()? {
                    authorizers.insert(name.clone(), self.authorizer(name, scheme)?);
                }
            }
            components.finish()?;
        }
        let mut routes: Vec<HttpRoute> = Vec::new();
        for (path, mut item) in definition.required_object("paths")?.objects_by_name()? {
            item.skip(&["summary", "description", "parameters"]);
            for (method, operation) in item.objects_by_name()? {
                let key = route_key(&method, &path).map_err(|message| operation.problem(message))?;
                if let Some(other) = routes.iter().find(|other| same_requests(&other.key, &key)) {
                    return Err(operation.problem(format!("takes the same requests as {}", other.key)));
                }
                routes.push(self.http_route(key, operation, &authorizers)?);
            }
        }
        definition.finish()?;
        Ok(HttpApi {
            logical_id,
            id,
            stage,
            cors,
            routes,
        })
    }

    fn http_route(
        &self,
        key: RouteKey,
        mut operation: Reader,
        authorizers: &BTreeMap<String, Authorizer>,
    ) -> Result<HttpRoute, Problem> {
        operation.skip(&[
            "description",
            "operationId",
            "parameters",
            "requestBody",
            "responses",
            "summary",
            "tags",
        ]);
        if key == RouteKey::Default {
            operation.skip(&["isDefaultRoute"]);
        }
        let mut names = Vec::new();
        for requirement in operation.objects("security")? {
            names.extend(requirement.keys());
        }
        let authorizer = match names.as_slice() {
            [] => None,
            [name] => Some(authorizers.get(name).cloned().ok_or_else(|| {
                operation.problem_in(
                    "security",
                    format!("names {name}, which components.securitySchemes does not declare"),
                )
            })?),
            _ => return Err(operation.problem_in("security", "a route has one authorizer at most")),
        };
        let mut integration = operation.required_object("x-amazon-apigateway-integration")?;
        integration.skip(&["connectionType", "credentials"]);
        integration.must_be("type", "aws_proxy")?;
        integration.must_be("httpMethod", "POST")?;
        integration.must_be("payloadFormatVersion", "2.0")?;
        let timeout = integration
            .number("timeoutInMillis", 50..=30_000)?
            .map_or(TIMEOUT, |millis| Duration::from_millis(u64::from(millis)));
        let function = self.called_function(&mut integration, "uri")?;
        integration.finish()?;
        operation.finish()?;
        Ok(HttpRoute {
            key,
            function,
            timeout,
            authorizer,
        })
    }

    /// The Lambda authorizer that a security scheme stands for.
    fn authorizer(&self, name: String, mut scheme: Reader) -> Result<Authorizer, Problem> {
        // What a client would have to send: API Gateway goes by identitySource instead.
        scheme.skip(&["type", "name", "in", "description"]);
        let mut reader = scheme.required_object("x-amazon-apigateway-authorizer")?;
        scheme.finish()?;
        reader.skip(&["authorizerCredentials"]);
        reader.must_be("type", "request")?;
        reader.must_be("authorizerPayloadFormatVersion", "2.0")?;
        // The other kind of answer is an IAM policy, which the local system does not evaluate for HTTP APIs.
        reader.must_be("enableSimpleResponses", "true")?;
        let identity_sources = identity_sources(&mut reader, "identitySource")?;
        let result_ttl = reader.seconds("authorizerResultTtlInSeconds", 0..=3_600)?;
        let result_ttl = match result_ttl {
            Some(ttl) => ttl,
            None if identity_sources.is_empty() => Duration::ZERO,
            None => RESULT_TTL,
        };
        let function = self.called_function(&mut reader, "authorizerUri")?;
        reader.finish()?;
        Ok(Authorizer {
            name,
            function,
            identity_sources,
            result_ttl,
        })
    }
}

fn cors(mut reader: Reader) -> Result<Cors, Problem> {
    let cors = Cors {
        allow_origins: reader.strings("allowOrigins")?,
        allow_methods: reader.strings("allowMethods")?,
        allow_headers: reader.strings("allowHeaders")?,
        expose_headers: reader.strings("exposeHeaders")?,
        allow_credentials: reader.boolean("allowCredentials")?.unwrap_or(false),
        max_age: reader.seconds("maxAge", 0..=86_400)?,
    };
    reader.finish()?;
    Ok(cors)
}

/// Reads a method, as OpenAPI writes it, and a path such as `/v1/orgs/{org_id}` or `/$default`.
fn route_key(method: &str, path: &str) -> Result<RouteKey, String> {
    let method = match method {
        ANY_METHOD => None,
        known if METHODS.contains(&known) => Some(known.to_ascii_uppercase()),
        _ => return Err(format!("expected one of {} or {ANY_METHOD}", METHODS.join(", "))),
    };
    if path == "/$default" {
        return Ok(RouteKey::Default);
    }
    let expected = || "expected a path such as /v1/orgs/{org_id} or /$default".to_owned();
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
        return Err("a {name+} part must be the last one".to_owned());
    }
    Ok(RouteKey::Path {
        method,
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
