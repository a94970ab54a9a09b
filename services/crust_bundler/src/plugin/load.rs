//! How a module is read when it is no plain script of the disk: by a plugin, from a virtual file, or by one
//! of the loaders that rolldown does not have.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use crust_diag::Diagnostic;
use crust_manifest::{DataFormat, DataText, load_data, parse_data};
use rolldown_common::{EmittedAsset, ModuleType, StrOrBytes, side_effects::HookSideEffects};
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookRenderChunkArgs, HookRenderChunkOutput,
    HookTransformOutputMap, PluginContext, SharedLoadPluginContext,
};
use string_wizard::{Hires, MagicString, SourceMapOptions};

use super::worker::{self, WorkerKind};
use super::{Deferral, Identity, Shared, parallel_starts};
use crate::css;
use crate::hooks::LoadRequest;
use crate::loader::Loader;
use crate::mime::mime_of;
use crate::page;

/// Stands for the path of an asset until its name is known; followed by rolldown's reference, up to the
/// quote.
const ASSET: &str = "__CRUST_ASSET__#";

pub(super) async fn load(
    shared: &Shared,
    ctx: &SharedLoadPluginContext,
    args: &HookLoadArgs<'_>,
) -> HookLoadReturn {
    if let Some(deferrals) = &shared.deferrals
        && !is_internal(args.id)
    {
        deferrals.start(args.id);
    }
    // rolldown's own: `new URL("…", import.meta.url)` and its runtime.
    let is_asset = matches!(args.asserted_module_type, Some(ModuleType::Asset));
    if is_asset {
        let path = Identity::of(args.id).path;
        shared.watch([path.to_owned()]);
        shared.state(|state| state.named_by_url.insert(path.to_owned()));
        let asked = WorkerKind::of_id(args.id).map(|(_, kind)| kind);
        // Nothing runs a script in TypeScript as it is, whatever it is named for.
        let typed = by_name_is_typed(shared, path).then_some(WorkerKind::Module);
        if let Some(kind) = asked.or(typed) {
            let loaded = worker::load(shared, ctx, args.id, path, kind).await?;
            return Ok(Some(loaded.unwrap_or_else(nothing)));
        }
    }
    if is_asset || is_internal(args.id) {
        return Ok(None);
    }
    let identity = Identity::of(args.id);
    shared.state(|state| state.modules.insert(args.id.to_owned()));
    if identity.namespace == page::NAMESPACE {
        return Ok(Some(match page::module(shared, identity.path) {
            Ok(code) => output(code, ModuleType::Js),
            Err(problems) => {
                shared.problems.add(problems);
                nothing()
            }
        }));
    }
    let by_name = match shared.loader_of(identity.path) {
        // A name that is no file's says nothing.
        Loader::File if !identity.is_file() => Loader::Js,
        // One file holds everything.
        Loader::File if shared.options.inline_assets => Loader::DataUrl,
        loader => loader,
    };
    let mut loader = identity.loader.unwrap_or(by_name);
    let mut contents = None;
    match ask_hooks(shared, args.id, identity, loader).await {
        Some(Given::Contents(bytes, given)) => {
            contents = Some(bytes);
            loader = given.unwrap_or(loader);
        }
        Some(Given::Nothing) => return Ok(Some(nothing())),
        None => {}
    }
    if contents.is_none() {
        contents = shared.options.files.get(Path::new(identity.path)).cloned();
    }
    let bytes = match contents {
        Some(bytes) => bytes,
        None => match read(shared, identity, ctx).await {
            Some(bytes) => bytes,
            None => return Ok(Some(nothing())),
        },
    };
    shared.watch(identity.is_file().then(|| identity.path.to_owned()));
    module_of(shared, ctx, args.id, loader, bytes).await
}

/// Whether a module is one of rolldown's own.
fn is_internal(id: &str) -> bool {
    id.starts_with('\0') || id.starts_with("rolldown:")
}

/// Whether a file is a script that nothing runs as it is.
fn by_name_is_typed(shared: &Shared, id: &str) -> bool {
    let loader = shared.loader_of(Identity::of(id).path);
    matches!(loader, Loader::Jsx | Loader::Ts | Loader::Tsx)
}

/// The bytes of a file of the disk.
async fn read(
    shared: &Shared,
    identity: Identity<'_>,
    ctx: &SharedLoadPluginContext,
) -> Option<Vec<u8>> {
    if !identity.is_file() {
        let message = format!(
            "No plugin loads \"{}\" of the namespace \"{}\"",
            identity.path, identity.namespace
        );
        shared.problems.add([Diagnostic::error(message)]);
        return None;
    }
    ctx.add_watch_file(identity.path);
    match tokio::fs::read(identity.path).await {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let message = format!("Could not read the file: {error}");
            let mut problem = Diagnostic::error(message).file(identity.path);
            if identity.path.contains('?') {
                problem = problem.hint("a query in an import (\"?…\") has no meaning of its own");
            }
            shared.problems.add([problem]);
            None
        }
    }
}

enum Given {
    Contents(Vec<u8>, Option<Loader>),
    Nothing,
}

async fn ask_hooks(
    shared: &Shared,
    id: &str,
    identity: Identity<'_>,
    loader: Loader,
) -> Option<Given> {
    let hooks = shared.hooks.as_ref().filter(|hooks| hooks.wants_load())?;
    let deferral = shared
        .deferrals
        .as_ref()
        .map_or(Deferral::NONE, |deferrals| Deferral::new(deferrals, id));
    let request = LoadRequest {
        path: identity.path.to_owned(),
        namespace: identity.namespace.to_owned(),
        loader,
        plugin_data: shared.plugin_data(id),
        deferral: deferral.clone(),
    };
    match deferral.load(hooks.load(request)).await {
        Ok(None) => None,
        Ok(Some(answer)) => {
            shared.watch(answer.watch_files);
            shared.problems.add(answer.warnings);
            shared.keep_plugin_data(id, answer.plugin_data);
            let text = String::from_utf8_lossy(&answer.contents).into_owned();
            shared.give(id, text);
            Some(Given::Contents(answer.contents, answer.loader))
        }
        Err(problems) => {
            shared.problems.add(problems);
            Some(Given::Nothing)
        }
    }
}

/// What stands for a module that could not be had, so that the rest is looked at too.
fn nothing() -> HookLoadOutput {
    output(String::new(), ModuleType::Empty)
}

fn output(code: String, module_type: ModuleType) -> HookLoadOutput {
    HookLoadOutput {
        code: code.into(),
        module_type: Some(module_type),
        ..HookLoadOutput::default()
    }
}

/// Data does nothing when it is loaded.
fn data(code: String, module_type: ModuleType) -> HookLoadOutput {
    HookLoadOutput {
        side_effects: Some(HookSideEffects::False),
        ..output(code, module_type)
    }
}

async fn module_of(
    shared: &Shared,
    ctx: &SharedLoadPluginContext,
    id: &str,
    loader: Loader,
    bytes: Vec<u8>,
) -> HookLoadReturn {
    let path = Identity::of(id).path;
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    };
    Ok(Some(match loader {
        Loader::Js => output(text(bytes), ModuleType::Js),
        Loader::Jsx => output(text(bytes), ModuleType::Jsx),
        Loader::Ts => output(text(bytes), ModuleType::Ts),
        Loader::Tsx => output(text(bytes), ModuleType::Tsx),
        Loader::Json => json(shared, path, text(bytes)),
        Loader::Jsonc => data_file(shared, path, &text(bytes), DataFormat::Jsonc),
        Loader::Json5 => data_file(shared, path, &text(bytes), DataFormat::Json5),
        Loader::Toml => data_file(shared, path, &text(bytes), DataFormat::Toml),
        Loader::Yaml => data_file(shared, path, &text(bytes), DataFormat::Yaml),
        Loader::Text => data(text(bytes), ModuleType::Text),
        Loader::Base64 => data(base64(&bytes), ModuleType::Text),
        Loader::DataUrl => data(data_url(path, &bytes), ModuleType::Text),
        Loader::Binary => data(binary(&bytes), ModuleType::Js),
        Loader::File => asset(shared, ctx, path, bytes).await?,
        Loader::Empty => nothing(),
        Loader::Css => style_sheet(shared, id, &text(bytes)),
        Loader::Html => {
            let message = format!("the loader \"{loader}\" is not part of this version of Crust");
            let problem = Diagnostic::error(message)
                .file(path)
                .code("ERR_NOT_IMPLEMENTED");
            shared.problems.add([problem]);
            nothing()
        }
    }))
}

/// A style sheet is no code, and its default export an empty object, as in Bun; the names of a CSS module are
/// code.
fn style_sheet(shared: &Shared, id: &str, text: &str) -> HookLoadOutput {
    shared.state(|state| state.css.insert(id.to_owned()));
    let path = Identity::of(id).path;
    if !css::is_module(path) {
        return data("export default {};".to_owned(), ModuleType::Js);
    }
    match css::module(shared, path, text) {
        Ok(module) => {
            let code = module.code.clone();
            let module = Arc::new(module);
            shared.state(|state| state.css_modules.insert(path.to_owned(), module));
            data(code, ModuleType::Js)
        }
        Err(problems) => {
            shared.problems.add(problems);
            nothing()
        }
    }
}

/// JSON is rolldown's to read, which tells less of what is wrong, and knows no lone surrogates.
fn json(shared: &Shared, path: &str, text: String) -> HookLoadOutput {
    let is_fine = if needs_care(&text) {
        serde_json::from_str::<serde_json::Value>(&text).is_ok()
    } else {
        serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok()
    };
    if is_fine {
        return data(text, ModuleType::Json);
    }
    match parse_data(&text, DataFormat::Json, path) {
        Ok(_) => {
            let quoted = serde_json::Value::from(text);
            data(
                format!("export default JSON.parse({quoted});"),
                ModuleType::Js,
            )
        }
        Err(problems) => {
            shared.problems.add(problems);
            nothing()
        }
    }
}

/// Whether a text has what `serde_json` accepts where it makes no value, and nowhere else: escapes of surrogates, and more
/// than a hundred levels.
fn needs_care(text: &str) -> bool {
    let mut depth = 0_usize;
    let is_deep = text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > 100
    });
    is_deep || text.contains("\\ud") || text.contains("\\uD")
}

fn data_file(shared: &Shared, path: &str, text: &str, format: DataFormat) -> HookLoadOutput {
    match load_data(text, format, path) {
        Ok(DataText::Json(json)) => data(json, ModuleType::Json),
        Ok(DataText::JavaScript(expression)) => {
            data(format!("export default {expression};"), ModuleType::Js)
        }
        Err(problems) => {
            shared.problems.add(problems);
            nothing()
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    rolldown_utils::base64::to_standard_base64(bytes)
}

/// The shorter of the base64 and the percent-encoded form.
pub(crate) fn data_url(path: &str, bytes: &[u8]) -> String {
    let mime = mime_of(path);
    let encoded = format!("data:{mime};base64,{}", base64(bytes));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return encoded;
    };
    let mut plain = format!("data:{mime},");
    for byte in text.bytes() {
        // What a URL in quotes can hold as it is.
        if matches!(byte, b'!' | b'$' | b'&'..=b';' | b'=' | b'?'..=b'Z' | b'_' | b'a'..=b'z' | b'~')
            && byte != b'\''
        {
            plain.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(plain, "%{byte:02X}");
        }
    }
    if plain.len() < encoded.len() {
        plain
    } else {
        encoded
    }
}

fn binary(bytes: &[u8]) -> String {
    format!(
        "export default /* @__PURE__ */ Uint8Array.from(atob(\"{}\"), (c) => c.charCodeAt(0));",
        base64(bytes)
    )
}

/// Puts a file into the output and gives the module that is its path.
async fn asset(
    shared: &Shared,
    ctx: &SharedLoadPluginContext,
    path: &str,
    bytes: Vec<u8>,
) -> anyhow::Result<HookLoadOutput> {
    let file = Path::new(path);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let original = file.strip_prefix(ctx.cwd()).unwrap_or(file);
    let reference = ctx
        .emit_file_async(EmittedAsset {
            name: Some(name.into_owned()),
            original_file_name: Some(original.to_string_lossy().into_owned()),
            source: StrOrBytes::Bytes(bytes),
            ..EmittedAsset::default()
        })
        .await?;
    if let Ok(filename) = ctx.get_file_name(&reference) {
        shared.state(|state| {
            state
                .asset_loaders
                .insert(filename.to_string(), Loader::File)
        });
    }
    // A text is what `require` gives too.
    Ok(data(format!("{ASSET}{reference}"), ModuleType::Text))
}

/// Puts the paths of assets into a chunk, and makes modules in circles start as they should.
pub(super) fn render_chunk(
    shared: &Shared,
    ctx: &PluginContext,
    args: &HookRenderChunkArgs<'_>,
) -> Option<HookRenderChunkOutput> {
    let code = args.code.as_str();
    let starts = parallel_starts::edits(code);
    if !code.contains(ASSET) && starts.is_empty() {
        return None;
    }
    let mut edited = MagicString::new(code);
    // The ranges are within the code, and none touches another.
    let mut replace = |start: usize, length: usize, text: String| {
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(start + length)) else {
            return;
        };
        if length == 0 {
            let _ = edited.append_left(start, text);
        } else {
            let _ = edited.update(start, end, text);
        }
    };
    for (start, length, text) in starts {
        replace(start, length, text.to_owned());
    }
    for (start, _) in code.match_indices(ASSET) {
        let rest = code.get(start + ASSET.len()..).unwrap_or_default();
        let length = rest.find(['"', '\'', '`']).unwrap_or(rest.len());
        let reference = rest.get(..length).unwrap_or_default();
        let Ok(name) = ctx.get_file_name(reference) else {
            continue;
        };
        let path = asset_path(&shared.options.public_path, &args.chunk.filename, &name);
        replace(start, ASSET.len() + length, path);
    }
    Some(HookRenderChunkOutput {
        map: HookTransformOutputMap::from_if_enabled(args.options.sourcemap.is_some(), || {
            edited.source_map(SourceMapOptions {
                hires: Hires::Boundary,
                include_content: false,
                source: Arc::from(args.chunk.filename.as_str()),
            })
        }),
        code: edited.to_string(),
    })
}

/// How a chunk refers to a file of the output: below the public path, or from its own folder.
pub(crate) fn asset_path(public_path: &str, chunk: &str, asset: &str) -> String {
    if !public_path.is_empty() {
        return format!("{public_path}{asset}");
    }
    let folder: Vec<&str> = chunk.split('/').collect();
    let target: Vec<&str> = asset.split('/').collect();
    let folder = folder.get(..folder.len() - 1).unwrap_or_default();
    let common = folder
        .iter()
        .zip(&target)
        .take_while(|(own, other)| own == other)
        .count();
    let up = folder.len() - common;
    let rest = target.get(common..).unwrap_or_default().join("/");
    if up == 0 {
        format!("./{rest}")
    } else {
        format!("{}{rest}", "../".repeat(up))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_referred_to() {
        assert_eq!(asset_path("", "a.js", "b.svg"), "./b.svg");
        assert_eq!(asset_path("", "x/a.js", "b.svg"), "../b.svg");
        assert_eq!(asset_path("", "x/a.js", "x/b.svg"), "./b.svg");
        assert_eq!(asset_path("/static/", "x/a.js", "b.svg"), "/static/b.svg");
    }

    #[test]
    fn data_urls_are_short() {
        assert_eq!(
            data_url("a.svg", b"<svg/>"),
            "data:image/svg+xml,%3Csvg/%3E"
        );
        assert_eq!(
            data_url("a.bin", &[255]),
            "data:application/octet-stream;base64,/w=="
        );
        assert_eq!(
            data_url("a.txt", b"it's"),
            "data:text/plain;charset=utf-8,it%27s"
        );
    }
}
