//! What the registry answers when nothing goes wrong.

use serde_json::{Value, json};

use crate::http::Request;
use crate::package::Packages;

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn json(status: u16, value: &Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: value.to_string().into_bytes(),
        }
    }

    fn not_found() -> Self {
        Self::json(404, &json!({ "error": "not found" }))
    }
}

/// The answer to a request; `token` is what publishing needs.
pub(crate) fn answer(
    packages: &mut Packages,
    base: &str,
    token: Option<&str>,
    request: &Request,
) -> Answer {
    let expected = token.map(|token| format!("Bearer {token}"));
    let is_known = expected.is_none() || request.header("authorization") == expected.as_deref();
    let path = request.path.trim_start_matches('/');
    match (request.method.as_str(), path) {
        ("GET", "-/whoami") if is_known && token.is_some() => {
            Answer::json(200, &json!({ "username": "tester" }))
        }
        ("GET", "-/whoami") => Answer::json(401, &json!({ "error": "who are you" })),
        ("GET", path) => get(packages, base, path, request),
        ("POST", "-/npm/v1/security/advisories/bulk") => {
            let asked = serde_json::from_slice(&plain(&request.body)).unwrap_or_default();
            Answer::json(200, &packages.advisories(&asked))
        }
        ("PUT", _) if !is_known => Answer::json(401, &json!({ "error": "who are you" })),
        ("PUT", _) => publish(packages, &request.body),
        _ => Answer::not_found(),
    }
}

fn get(packages: &Packages, base: &str, path: &str, request: &Request) -> Answer {
    if let Some((name, file)) = path.split_once("/-/")
        && let Some(bytes) = packages.0.get(name).and_then(|found| found.tarball(file))
    {
        return Answer {
            status: 200,
            headers: vec![("content-type", "application/octet-stream".to_owned())],
            body: bytes.to_vec(),
        };
    }
    if let Some(package) = packages.0.get(path) {
        let mut answer = Answer::json(200, &package.packument(path, base));
        let sum = answer.body.iter().fold(0_u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
        });
        let etag = format!("\"{sum:x}\"");
        if request.header("if-none-match") == Some(&etag) {
            answer.status = 304;
            answer.body.clear();
        }
        answer.headers.push(("etag", etag));
        return answer;
    }
    let version = path
        .rsplit_once('/')
        .and_then(|(name, version)| packages.0.get(name)?.version(name, version, base));
    version.map_or_else(Answer::not_found, |version| Answer::json(200, &version))
}

fn publish(packages: &mut Packages, body: &[u8]) -> Answer {
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let attached = document
        .get("_attachments")
        .and_then(Value::as_object)
        .and_then(|found| found.values().next())
        .and_then(|found| found.get("data"))
        .and_then(Value::as_str)
        .and_then(|text| base64_simd::STANDARD.decode_to_vec(text.as_bytes()).ok());
    let manifest = document
        .get("versions")
        .and_then(Value::as_object)
        .and_then(|found| found.values().next())
        .and_then(Value::as_object);
    let (Some(tarball), Some(manifest)) = (attached, manifest) else {
        return Answer::json(400, &json!({ "error": "no attachment" }));
    };
    let tags = document.get("dist-tags").and_then(Value::as_object);
    let tags: Vec<String> = tags
        .into_iter()
        .flatten()
        .map(|(tag, _)| tag.clone())
        .collect();
    let known = |key: &str| {
        manifest
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let exists = packages.0.get(known("name")).is_some_and(|package| {
        package
            .version(known("name"), known("version"), "")
            .is_some()
    });
    if exists {
        return Answer::json(
            403,
            &json!({ "error": "this version is published already" }),
        );
    }
    packages.publish(manifest.clone(), tarball, &tags);
    Answer::json(201, &json!({ "ok": true }))
}

/// A body that may be compressed.
fn plain(body: &[u8]) -> Vec<u8> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return body.to_vec();
    }
    let mut out = vec![0; body.len() * 100 + 1024];
    let length = libdeflater::Decompressor::new()
        .gzip_decompress(body, &mut out)
        .unwrap_or(0);
    out.truncate(length);
    out
}
