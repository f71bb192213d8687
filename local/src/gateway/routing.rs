//! Which route of an HTTP API takes a request.

use crate::template::{HttpRoute, RouteKey, Segment};
use std::cmp::Ordering;

/// The routes of one API, the most specific first.
#[derive(Debug)]
pub(super) struct RouteTable(Vec<HttpRoute>);

/// Path parameters by name, in the order of the path.
pub(super) type Parameters = Vec<(String, String)>;

impl RouteTable {
    pub(super) fn new(mut routes: Vec<HttpRoute>) -> Self {
        routes.sort_by(|left, right| specificity(&left.key, &right.key));
        Self(routes)
    }

    /// The route that takes `method` on `path`, which is decoded already: API Gateway decodes before it
    /// routes, so that an encoded slash cuts a path as a plain one does.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<(&HttpRoute, Parameters)> {
        let parts = split(path);
        self.0.iter().find_map(|route| match &route.key {
            RouteKey::Default => Some((route, Parameters::new())),
            RouteKey::Path {
                method: wanted,
                segments,
                ..
            } => {
                if wanted.as_deref().is_some_and(|wanted| wanted != method) {
                    return None;
                }
                parameters(segments, &parts).map(|parameters| (route, parameters))
            }
        })
    }

    /// Whether a path lies where this API has routes, so that it is this API's to refuse.
    pub(super) fn covers(&self, path: &str) -> bool {
        let parts = split(path);
        self.0.iter().any(|route| match &route.key {
            RouteKey::Default => true,
            RouteKey::Path { segments, .. } => match (segments.first(), parts.first()) {
                (Some(Segment::Literal(wanted)), Some(part)) => wanted == part,
                (Some(_), Some(_)) | (None, None) => true,
                _ => false,
            },
        })
    }
}

fn split(path: &str) -> Vec<&str> {
    let relative = path.strip_prefix('/').unwrap_or(path);
    if relative.is_empty() {
        Vec::new()
    } else {
        relative.split('/').collect()
    }
}

fn parameters(segments: &[Segment], parts: &[&str]) -> Option<Parameters> {
    let mut found = Parameters::new();
    let mut rest = parts;
    for segment in segments {
        let (first, behind) = rest.split_first()?;
        match segment {
            Segment::Literal(wanted) if wanted != first => return None,
            Segment::Literal(_) => {}
            Segment::Parameter(_) if first.is_empty() => return None,
            Segment::Parameter(name) => found.push((name.clone(), (*first).to_owned())),
            Segment::Greedy(name) => {
                found.push((name.clone(), rest.join("/")));
                return Some(found);
            }
        }
        rest = behind;
    }
    rest.is_empty().then_some(found)
}

/// Orders by the path first, part by part, and by the method where paths are alike.
fn specificity(left: &RouteKey, right: &RouteKey) -> Ordering {
    match (left, right) {
        (RouteKey::Default, RouteKey::Default) => Ordering::Equal,
        (RouteKey::Default, RouteKey::Path { .. }) => Ordering::Greater,
        (RouteKey::Path { .. }, RouteKey::Default) => Ordering::Less,
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
        ) => left
            .iter()
            .map(rank)
            .cmp(right.iter().map(rank))
            .then(left_method.is_none().cmp(&right_method.is_none())),
    }
}

const fn rank(segment: &Segment) -> u8 {
    match segment {
        Segment::Literal(_) => 0,
        Segment::Parameter(_) => 1,
        Segment::Greedy(_) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn route(key: &str) -> HttpRoute {
        let parsed = match key.split_once(' ') {
            None => RouteKey::Default,
            Some((method, path)) => RouteKey::Path {
                method: (method != "ANY").then(|| method.to_owned()),
                path: path.to_owned(),
                segments: split(path)
                    .into_iter()
                    .map(
                        |part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                            None => Segment::Literal(part.to_owned()),
                            Some(name) => match name.strip_suffix('+') {
                                None => Segment::Parameter(name.to_owned()),
                                Some(name) => Segment::Greedy(name.to_owned()),
                            },
                        },
                    )
                    .collect(),
            },
        };
        HttpRoute {
            key: parsed,
            function: "f".to_owned(),
            timeout: Duration::from_secs(30),
            authorizer: None,
        }
    }

    fn table(keys: &[&str]) -> RouteTable {
        RouteTable::new(keys.iter().map(|key| route(key)).collect())
    }

    /// The key of the route that takes `request`, with its parameters behind it.
    fn taken(table: &RouteTable, request: &str) -> String {
        let (method, path) = request.split_once(' ').unwrap();
        match table.find(method, path) {
            None => "nobody".to_owned(),
            Some((route, parameters)) => {
                let parameters = parameters.iter().map(|(name, value)| format!(" {name}={value}"));
                format!("{}{}", route.key, parameters.collect::<String>())
            }
        }
    }

    /// The table of examples in API Gateway's guide on routes.
    #[test]
    fn the_most_specific_route_wins() {
        let table = table(&[
            "$default",
            "ANY /{proxy+}",
            "GET /pets/{proxy+}",
            "GET /pets/dog/{id}",
            "GET /pets/dog/1",
        ]);
        for (request, expected) in [
            ("GET /pets/dog/1", "GET /pets/dog/1"),
            ("GET /pets/dog/2", "GET /pets/dog/{id} id=2"),
            ("GET /pets/cat/1", "GET /pets/{proxy+} proxy=cat/1"),
            ("POST /test/5", "ANY /{proxy+} proxy=test/5"),
            ("POST /pets/dog/1", "ANY /{proxy+} proxy=pets/dog/1"),
            ("GET /", "$default"),
        ] {
            assert_eq!(taken(&table, request), expected, "{request}");
        }
    }

    #[test]
    fn paths_and_methods_must_match_whole() {
        let table = table(&[
            "GET /v1/orgs/{org_id}/alerts",
            "ANY /v1/orgs/{org_id}",
            "POST /v1/orgs/{org_id}",
            "GET /",
        ]);
        for (request, expected) in [
            (
                "GET /v1/orgs/org_1/alerts",
                "GET /v1/orgs/{org_id}/alerts org_id=org_1",
            ),
            ("POST /v1/orgs/org_1/alerts", "nobody"),
            ("GET /v1/orgs//alerts", "nobody"),
            ("GET /v1/orgs/org_1/alerts/", "nobody"),
            ("GET /v1/orgs/org_1/alerts/x", "nobody"),
            ("GET /V1/orgs/org_1", "nobody"),
            ("POST /v1/orgs/org_1", "POST /v1/orgs/{org_id} org_id=org_1"),
            ("PUT /v1/orgs/org_1", "ANY /v1/orgs/{org_id} org_id=org_1"),
            ("GET /", "GET /"),
        ] {
            assert_eq!(taken(&table, request), expected, "{request}");
        }
    }

    #[test]
    fn a_table_covers_what_lies_beside_its_routes() {
        let table = table(&["GET /v1/health"]);
        assert!(table.covers("/v1/unknown") && table.covers("/v1"));
        assert!(!table.covers("/") && !table.covers("/index.html") && !table.covers("/v10"));
    }
}
