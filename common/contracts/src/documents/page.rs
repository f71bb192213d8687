//! The OpenAPI document as a page for people: one file, nothing to load, nothing to run.

use serde_json::{Map, Value};
use std::fmt::{self, Display, Write};

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8886;--soft:#8881;--link:#0b57d0}\
@media(prefers-color-scheme:dark){:root{--link:#a8c7fa}}\
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}\
a{color:var(--link)}a:focus-visible{outline:3px solid}\
h2{margin-top:3rem;border-bottom:1px solid var(--line)}h3{margin:2rem 0 0;overflow-wrap:anywhere}\
code,pre{font:.9em ui-monospace,monospace}pre{background:var(--soft);padding:.75rem;overflow-x:auto}\
table{border-collapse:collapse;width:100%;margin:.75rem 0}caption{text-align:left;font-weight:600}\
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-top:1px solid var(--line)}\
th{font-weight:400}td{overflow-wrap:anywhere}\
.skip{position:absolute;left:-99rem}.skip:focus{position:static}";

/// In the order in which a path's operations are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page that shows `document`, an OpenAPI document as [`super::openapi`] writes it.
#[must_use]
pub fn page(document: &Value) -> String {
    let mut page = String::new();
    // Writing to a text never fails.
    let _ = write_page(&mut page, document);
    page
}

fn write_page(page: &mut String, document: &Value) -> fmt::Result {
    let title = Text(at(document, "/info/title"));
    write!(
        page,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} API</title><style>{STYLE}</style></head>\
         <body><a class=\"skip\" href=\"#endpoints\">Skip to the endpoints</a>\
         <header><h1>{title} API, version {}</h1><p>{} For programs: <a href=\"openapi.json\">openapi.json</a>.</p>\
         </header><nav aria-label=\"Contents\"><ul>",
        Text(at(document, "/info/version")),
        Text(at(document, "/info/description")),
    )?;
    let tags: Vec<&Value> = items(&document["tags"])
        .filter(|tag| operations(document, &tag["name"]).next().is_some())
        .collect();
    for tag in &tags {
        let name = Text(&tag["name"]);
        write!(
            page,
            "<li><a href=\"#{name}\">{name}</a>: {}</li>",
            Text(&tag["description"])
        )?;
    }
    page.push_str(
        "<li><a href=\"#credentials\">Credentials</a></li><li><a href=\"#types\">Types</a></li></ul></nav>\
         <main id=\"endpoints\">",
    );
    for tag in &tags {
        let name = Text(&tag["name"]);
        write!(
            page,
            "<section aria-labelledby=\"{name}\"><h2 id=\"{name}\">{name}</h2><p>{}</p>",
            Text(&tag["description"])
        )?;
        for (path, method, operation) in operations(document, &tag["name"]) {
            write_operation(page, path, method, operation)?;
        }
        page.push_str("</section>");
    }
    page.push_str("<section aria-labelledby=\"credentials\"><h2 id=\"credentials\">Credentials</h2><dl>");
    for (name, scheme) in fields(at(document, "/components/securitySchemes")) {
        write!(
            page,
            "<dt><code>{name}</code></dt><dd>{} Sent as <code>Authorization: Bearer {}</code>.</dd>",
            Text(&scheme["description"]),
            Text(&scheme["bearerFormat"]),
        )?;
    }
    page.push_str("</dl></section><section aria-labelledby=\"types\"><h2 id=\"types\">Types</h2>");
    for (name, schema) in fields(at(document, "/components/schemas")) {
        write!(
            page,
            "<h3 id=\"type-{0}\">{0}</h3><p>{1}</p>",
            Escaped(name),
            Text(&schema["description"])
        )?;
        write_schema(page, schema)?;
    }
    page.push_str("</section></main></body></html>\n");
    Ok(())
}

fn write_operation(page: &mut String, path: &str, method: &str, operation: &Value) -> fmt::Result {
    let id = Text(&operation["operationId"]);
    write!(
        page,
        "<article aria-labelledby=\"{id}\"><h3 id=\"{id}\"><code>{} {}</code></h3><p>{}</p><p>For ",
        method.to_uppercase(),
        Escaped(path),
        Text(&operation["summary"]),
    )?;
    let schemes: Vec<&str> = items(&operation["security"])
        .filter_map(Value::as_object)
        .flat_map(|requirement| requirement.keys().map(String::as_str))
        .collect();
    match (schemes.as_slice(), operation["x-right"].as_str()) {
        ([], _) => page.push_str("anyone."),
        (schemes, None) => write!(page, "holders of: {}.", schemes.join(" or "))?,
        (schemes, Some(right)) => write!(
            page,
            "holders of: {}, with the right <code>{}</code>.",
            schemes.join(" or "),
            Escaped(right)
        )?,
    }
    page.push_str("</p>");
    let mut parameters = items(&operation["parameters"]).peekable();
    if parameters.peek().is_some() {
        page.push_str(
            "<table><caption>Parameters</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">In</th>\
             <th scope=\"col\">Meaning</th></tr></thead><tbody>",
        );
        for parameter in parameters {
            write!(
                page,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}{}</td><td>{}</td></tr>",
                Text(&parameter["name"]),
                Text(&parameter["in"]),
                if parameter["required"] == true {
                    ", required"
                } else {
                    ""
                },
                Text(&parameter["description"]),
            )?;
        }
        page.push_str("</tbody></table>");
    }
    for (_, media) in fields(at(operation, "/requestBody/content")) {
        write!(page, "<p>Body: {}</p>", Kind(&media["schema"]))?;
        if let Some(example) = media.get("example") {
            write!(page, "<pre>{}</pre>", Escaped(&format!("{example:#}")))?;
        }
    }
    page.push_str(
        "<table><caption>Answers</caption><thead><tr><th scope=\"col\">Status</th><th scope=\"col\">Meaning</th>\
         <th scope=\"col\">Body</th></tr></thead><tbody>",
    );
    for (status, response) in fields(&operation["responses"]) {
        write!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>",
            Escaped(status),
            Text(&response["description"])
        )?;
        for (_, media) in fields(&response["content"]) {
            write!(page, "{}", Kind(&media["schema"]))?;
        }
        page.push_str("</td></tr>");
    }
    page.push_str("</tbody></table></article>");
    Ok(())
}

fn write_schema(page: &mut String, schema: &Value) -> fmt::Result {
    let mut properties = fields(&schema["properties"]).peekable();
    if properties.peek().is_some() {
        page.push_str(
            "<table><caption>Fields</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th>\
             <th scope=\"col\">Meaning</th></tr></thead><tbody>",
        );
        for (name, property) in properties {
            let required = items(&schema["required"]).any(|required| required == name);
            write!(
                page,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}{}</td><td>{}</td></tr>",
                Escaped(name),
                Kind(property),
                if required { "" } else { ", optional" },
                Text(&property["description"]),
            )?;
        }
        page.push_str("</tbody></table>");
    } else if schema.get("oneOf").is_none() {
        write!(page, "<p>{}</p>", Kind(schema))?;
    }
    let mut variants = items(&schema["oneOf"]).peekable();
    if variants.peek().is_some() {
        page.push_str("<p>One of:</p><ul>");
        for variant in variants {
            write!(page, "<li>{} {}", Kind(variant), Text(&variant["description"]))?;
            if variant.get("properties").is_some() {
                write_schema(page, variant)?;
            }
            page.push_str("</li>");
        }
        page.push_str("</ul>");
    }
    Ok(())
}

/// The operations with this tag, by path.
fn operations<'a>(
    document: &'a Value,
    tag: &'a Value,
) -> impl Iterator<Item = (&'a str, &'static str, &'a Value)> {
    fields(&document["paths"]).flat_map(move |(path, operations)| {
        METHODS
            .into_iter()
            .filter_map(move |method| Some((path, method, operations.get(method)?)))
            .filter(move |(_, _, operation)| items(&operation["tags"]).any(|own| own == tag))
    })
}

/// What `pointer` leads to within `value`; null if that is nowhere.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flat_map(Map::iter)
        .map(|(name, value)| (name.as_str(), value))
}

/// A text of the document; nothing if there is none. What stands between backticks is code.
struct Text<'a>(&'a Value);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, part) in self.0.as_str().unwrap_or_default().split('`').enumerate() {
            if number % 2 == 1 {
                write!(f, "<code>{}</code>", Escaped(part))?;
            } else {
                write!(f, "{}", Escaped(part))?;
            }
        }
        Ok(())
    }
}

/// A text as HTML shows it.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// What kind of value a schema takes, in a few words.
struct Kind<'a>(&'a Value);

impl Display for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.0;
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            let name = Escaped(name);
            return write!(f, "<a href=\"#type-{name}\">{name}</a>");
        }
        if let Some(value) = schema.get("const") {
            return write!(f, "<code>{}</code>", Escaped(&value.to_string()));
        }
        if let Some(values) = schema["enum"].as_array() {
            return separated(f, " or ", values, |f, value| {
                write!(f, "<code>{}</code>", Escaped(&value.to_string()))
            });
        }
        if let Some(kinds) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
            return separated(f, " or ", kinds, |f, kind| Kind(kind).fmt(f));
        }
        if let Some(item) = schema.get("items") {
            return write!(f, "list of {}", Kind(item));
        }
        match &schema["type"] {
            Value::String(name) => Escaped(name).fmt(f)?,
            Value::Array(names) => separated(f, " or ", names, |f, name| Text(name).fmt(f))?,
            _ => f.write_str("anything")?,
        }
        match schema["format"].as_str() {
            Some(format) => write!(f, " ({})", Escaped(format)),
            None => Ok(()),
        }
    }
}

fn separated(
    f: &mut fmt::Formatter<'_>,
    separator: &str,
    values: &[Value],
    write: impl Fn(&mut fmt::Formatter<'_>, &Value) -> fmt::Result,
) -> fmt::Result {
    for (number, value) in values.iter().enumerate() {
        if number > 0 {
            f.write_str(separator)?;
        }
        write(f, value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::openapi;
    use crate::endpoints::endpoints;
    use serde_json::json;
    use std::collections::BTreeSet;

    /// The values of the attribute `name`.
    fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
        let start = format!(" {name}=\"");
        page.split(start.as_str())
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect()
    }

    #[test]
    fn every_endpoint_is_shown() {
        let page = page(&openapi());
        for endpoint in endpoints() {
            assert!(
                page.contains(&format!(
                    "<h3 id=\"{}\"><code>{}</code></h3>",
                    endpoint.function,
                    endpoint.route_key()
                )),
                "{}",
                endpoint.function
            );
        }
    }

    #[test]
    fn links_lead_to_what_is_on_the_page() {
        let page = page(&openapi());
        let ids = attributes(&page, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len());
        for link in attributes(&page, "href") {
            let known = link.strip_prefix('#').map(|id| unique.contains(id));
            assert!(known.unwrap_or(link == "openapi.json"), "{link}");
        }
        for label in attributes(&page, "aria-labelledby") {
            assert!(unique.contains(label), "{label}");
        }
    }

    #[test]
    fn nothing_is_loaded_and_nothing_runs() {
        let page = page(&openapi());
        for part in [
            "<script", "<link", "<img", "<iframe", "@import", "url(", " src=", "onclick=",
        ] {
            let found = page
                .find(part)
                .map(|start| &page[start..page.len().min(start + 80)]);
            assert_eq!(found, None, "{part}");
        }
    }

    #[test]
    fn what_the_document_says_is_text_and_never_markup() {
        let mut document = openapi();
        document["info"]["title"] = json!("<b>\"&");
        let page = page(&document);
        assert!(page.contains("<h1>&lt;b&gt;&quot;&amp; API"), "{}", &page[..1500]);
    }

    #[test]
    fn kinds_are_told_in_words() {
        let kind = |schema: Value| Kind(&schema).to_string();
        assert_eq!(
            kind(json!({ "type": ["string", "null"], "format": "date-time" })),
            "string or null (date-time)"
        );
        assert_eq!(
            kind(json!({ "type": "array", "items": { "$ref": "#/components/schemas/Site" } })),
            "list of <a href=\"#type-Site\">Site</a>"
        );
        assert_eq!(
            kind(json!({ "enum": ["a", "b"] })),
            "<code>&quot;a&quot;</code> or <code>&quot;b&quot;</code>"
        );
        assert_eq!(kind(json!({})), "anything");
    }
}
