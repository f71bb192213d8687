//! The dashboard's built files.

use super::message;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use percent_encoding::percent_decode_str;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Serves a folder of built files as a web app: paths that are no files are the app's own.
#[derive(Debug, Clone)]
pub struct StaticFiles {
    folder: PathBuf,
}

const NOT_BUILT: &str = include_str!("not_built.html");

impl StaticFiles {
    /// Serves `folder`, which need not exist yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Answers a request for `path`.
    pub async fn serve(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response<Bytes> {
        if method != Method::GET && method != Method::HEAD {
            return message(StatusCode::NOT_FOUND, "Not Found");
        }
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let relative = Path::new(decoded.trim_start_matches('/'));
        // Whatever leads out of the folder is not in it.
        if !relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            return message(StatusCode::NOT_FOUND, "Not Found");
        }
        if let Some(response) = read(&self.folder.join(relative), headers).await {
            return response;
        }
        if relative.extension().is_some() {
            return message(StatusCode::NOT_FOUND, "Not Found");
        }
        match read(&self.folder.join("index.html"), headers).await {
            Some(response) => response,
            None => {
                let mut response = Response::new(Bytes::from_static(NOT_BUILT.as_bytes()));
                *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                response
            }
        }
    }
}

async fn read(file: &Path, request: &HeaderMap) -> Option<Response<Bytes>> {
    let metadata = tokio::fs::metadata(file)
        .await
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    let changed = metadata
        .modified()
        .ok()
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    let tag = HeaderValue::try_from(format!("\"{:x}-{:x}\"", changed.as_millis(), metadata.len())).ok()?;
    let mut response = if request.get(IF_NONE_MATCH) == Some(&tag) {
        let mut unchanged = Response::new(Bytes::new());
        *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
        unchanged
    } else {
        Response::new(Bytes::from(tokio::fs::read(file).await.ok()?))
    };
    let headers = response.headers_mut();
    let kind = mime_guess::from_path(file).first_or_octet_stream();
    let charset = if kind.type_() == mime_guess::mime::TEXT {
        "; charset=utf-8"
    } else {
        ""
    };
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::try_from(format!("{}{charset}", kind.essence_str())).ok()?,
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(ETAG, tag);
    // The build puts a hash of the content into the name of everything under assets.
    let is_hashed = file.parent().is_some_and(|folder| folder.ends_with("assets"));
    let cache = if is_hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(files: &StaticFiles, path: &str) -> Response<Bytes> {
        files.serve(&Method::GET, path, &HeaderMap::new()).await
    }

    fn built() -> (tempfile::TempDir, StaticFiles) {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path().join("dist");
        std::fs::create_dir_all(dist.join("assets")).unwrap();
        std::fs::write(dist.join("index.html"), "<p>app").unwrap();
        std::fs::write(dist.join("assets/app-1a2b.js"), "1").unwrap();
        std::fs::write(folder.path().join("secret.txt"), "no").unwrap();
        (folder, StaticFiles::new(dist))
    }

    #[tokio::test]
    async fn files_have_their_kind_and_their_cache_rules() {
        let (_folder, files) = built();
        let script = get(&files, "/assets/app-1a2b.js").await;
        assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(
            script.headers()["cache-control"],
            "public, max-age=31536000, immutable"
        );
        let page = get(&files, "/index.html").await;
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers()["cache-control"], "no-cache");
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, page.headers()["etag"].clone());
        let again = files.serve(&Method::GET, "/index.html", &headers).await;
        assert_eq!(
            (again.status(), again.body().len()),
            (StatusCode::NOT_MODIFIED, 0)
        );
    }

    #[tokio::test]
    async fn the_apps_own_paths_lead_to_its_page() {
        let (_folder, files) = built();
        for path in ["/", "/sites/sit_1", "/sites/"] {
            assert_eq!(get(&files, path).await.body(), "<p>app", "{path}");
        }
        assert_eq!(
            get(&files, "/assets/gone.js").await.status(),
            StatusCode::NOT_FOUND
        );
        let posted = files.serve(&Method::POST, "/", &HeaderMap::new()).await;
        assert_eq!(posted.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_is_served() {
        let (_folder, files) = built();
        for path in [
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/assets/../../secret.txt",
            "//../secret.txt",
        ] {
            assert_eq!(get(&files, path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn without_a_build_a_page_says_what_to_do() {
        let response = get(&StaticFiles::new(PathBuf::from("/nonexistent")), "/").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(String::from_utf8_lossy(response.body()).contains("npm run build"));
    }
}
