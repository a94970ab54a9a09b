//! Maps that style sheets bring along: they were made by another tool, and what they were made of is wanted.

use std::path::Path;

use base64_simd::{Out, STANDARD};
use crust_diag::{Diagnostic, Severity};
use rolldown_sourcemap::{OwnedSourceMap, SourceMap};

use crate::plugin::{Identity, Shared, normalized};

/// What a style sheet says that it was made of, with absolute paths. One that cannot be read is told and left out, as
/// the style sheet is whole without it.
pub(in crate::css) fn input_map(shared: &Shared, id: &str, url: &str) -> Option<SourceMap> {
    // What is not beside the style sheet is not asked for.
    if !url.starts_with("data:") && url.contains(':') {
        return None;
    }
    let identity = Identity::of(id);
    match read(shared, identity.path, url) {
        Ok(map) => Some(map),
        // Packages name maps that they do not bring.
        Err(_) if identity.is_in_package() => None,
        Err(reason) => {
            let message = format!("The source map of the style sheet is left out: {reason}");
            let problem = Diagnostic::new(Severity::Warning, message).file(id);
            shared.problems.add([problem.code("CSS_SOURCE_MAP")]);
            None
        }
    }
}

fn read(shared: &Shared, path: &str, url: &str) -> Result<SourceMap, String> {
    let beside = |path: &str, name: &str| {
        let folder = Path::new(path).parent().unwrap_or(Path::new("/"));
        normalized(&folder.join(name))
    };
    let (json, place) = if let Some(data) = url.strip_prefix("data:") {
        (decode(data)?, Path::new(path).to_owned())
    } else {
        let place = beside(path, url);
        let json = shared.read(&place);
        (json.ok_or_else(|| format!("cannot read {url}"))?, place)
    };
    let json = String::from_utf8(json).map_err(|_| "it is not UTF-8".to_owned())?;
    let map = OwnedSourceMap::from_json_string(&json).map_err(|error| error.to_string())?;
    let mut map = map.into_inner();
    let root = map.get_source_root().unwrap_or_default().to_owned();
    let place = place.to_string_lossy();
    let sources: Vec<String> = map
        .get_sources()
        .map(|source| {
            let source = source.strip_prefix("file://").unwrap_or(source);
            if source.contains("://") {
                return source.to_owned();
            }
            let below = Path::new(&root).join(source);
            beside(&place, &below.to_string_lossy())
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    map.set_sources(&sources);
    Ok(map)
}

/// The bytes of a data URL, of which the scheme is gone.
fn decode(data: &str) -> Result<Vec<u8>, String> {
    let (kind, text) = data.split_once(',').ok_or("it is no data URL")?;
    let bytes = percent_decoded(text);
    if !kind.trim_end().ends_with(";base64") {
        return Ok(bytes);
    }
    let mut bytes = bytes;
    bytes.retain(|byte| !byte.is_ascii_whitespace());
    let mut room = vec![0; bytes.len()];
    STANDARD
        .decode(&bytes, Out::from_slice(&mut room))
        .map(|decoded| decoded.to_vec())
        .map_err(|_| "it is no base64".to_owned())
}

/// `%41` is `A`; what is no such thing stays.
fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let pair = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let pair = pair.and_then(|pair| std::str::from_utf8(pair).ok());
        let code = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        decoded.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::BuildOptions;

    #[test]
    fn data_urls_are_decoded() {
        let check = |data: &str, expect: &str| {
            assert_eq!(decode(data).unwrap(), expect.as_bytes(), "{data}");
        };
        check("application/json,%7B%22a%22:1}", "{\"a\":1}");
        check("application/json;charset=utf-8;base64,e30=", "{}");
        check("x,100%zz%4", "100%zz%4");
        assert!(decode("application/json").is_err());
        assert!(decode("x;base64,é").is_err());
    }

    #[test]
    fn what_is_no_map_is_told_and_left_out() {
        let shared = Shared::new(BuildOptions::default(), None);
        let check = |url: &str| assert!(input_map(&shared, "/a.css", url).is_none(), "{url}");
        check("data:application/json,{");
        check("data:application/json,{\"version\":2}");
        check("data:x;base64,????");
        check("not-there.map");
        check(
            "data:application/json,{\"version\":3,\"sources\":[],\"names\":[],\"mappings\":\"AAAA\"}",
        );
        let found = shared.problems.take(&|_| None);
        assert_eq!(found.len(), 5);
    }
}
