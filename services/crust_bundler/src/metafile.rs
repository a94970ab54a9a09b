//! esbuild's metafile: which files went into which output.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rolldown_common::Output;
use serde_json::{Map, Value, json};

use crate::plugin::{Identity, Shared};
use crate::settings::Entry;

/// A metafile that is being made.
#[derive(Debug)]
pub(crate) struct Metafile {
    directory: PathBuf,
    inputs: BTreeMap<String, Value>,
    outputs: Map<String, Value>,
}

impl Metafile {
    pub(crate) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            inputs: BTreeMap::new(),
            outputs: Map::new(),
        }
    }

    /// Adds what a run of rolldown gave.
    pub(crate) fn add(&mut self, outputs: &[Output], entries: &[Entry]) {
        for output in outputs {
            match output {
                Output::Chunk(chunk) => {
                    let mut inputs = Map::new();
                    for (id, module) in chunk.modules.keys.iter().zip(&chunk.modules.values) {
                        let id = id.to_string();
                        if is_inner(&id) {
                            continue;
                        }
                        let length = module.rendered_length();
                        inputs.insert(self.name(&id), json!({ "bytesInOutput": length }));
                    }
                    let imports = chunk
                        .imports
                        .iter()
                        .map(|path| json!({ "path": path.as_str(), "kind": "import-statement" }));
                    let dynamic = chunk
                        .dynamic_imports
                        .iter()
                        .map(|path| json!({ "path": path.as_str(), "kind": "dynamic-import" }));
                    let exports: Vec<String> =
                        chunk.exports.iter().map(ToString::to_string).collect();
                    let mut value = json!({
                        "bytes": chunk.code.len(),
                        "inputs": inputs,
                        "imports": imports.chain(dynamic).collect::<Vec<_>>(),
                        "exports": exports,
                    });
                    let facade = chunk.facade_module_id.as_ref().map(ToString::to_string);
                    let entry = facade.filter(|id| {
                        chunk.is_dynamic_entry || entries.iter().any(|entry| entry.id == *id)
                    });
                    if let (Some(id), Some(object)) = (entry, value.as_object_mut()) {
                        object.insert("entryPoint".to_owned(), json!(self.name(&id)));
                    }
                    self.outputs.insert(chunk.filename.to_string(), value);
                }
                Output::Asset(asset) => {
                    let value = json!({
                        "bytes": asset.source.as_bytes().len(),
                        "inputs": {},
                        "imports": [],
                        "exports": [],
                    });
                    self.outputs.insert(asset.filename.to_string(), value);
                }
            }
        }
    }

    /// The text.
    pub(crate) fn finish(mut self, shared: &Shared) -> String {
        for id in shared.modules() {
            let name = self.name(&id);
            let bytes = shared.source(&id).map_or(0, |source| source.len());
            let imports = self.imports(shared, &id);
            self.inputs
                .insert(name, json!({ "bytes": bytes, "imports": imports }));
        }
        let inputs: Map<String, Value> = self.inputs.into_iter().collect();
        json!({ "inputs": inputs, "outputs": self.outputs }).to_string()
    }

    fn imports(&self, shared: &Shared, id: &str) -> Vec<Value> {
        shared
            .imports_of(id)
            .into_iter()
            .map(|import| {
                let path = if import.external {
                    import.target
                } else {
                    self.name(&import.target)
                };
                let mut value = json!({ "path": path, "kind": import.kind });
                if import.external
                    && let Some(object) = value.as_object_mut()
                {
                    object.insert("external".to_owned(), json!(true));
                }
                value
            })
            .collect()
    }

    /// A module's name: its path below the working directory.
    fn name(&self, id: &str) -> String {
        let identity = Identity::of(id);
        if !identity.is_file() {
            return id.to_owned();
        }
        let path = Path::new(identity.path);
        let folder = crate::naming::folder_below(&self.directory, path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if folder.is_empty() {
            name.into_owned()
        } else {
            format!("{folder}/{name}")
        }
    }
}

/// Modules of rolldown itself.
fn is_inner(id: &str) -> bool {
    id.starts_with('\0') || id.contains("rolldown:")
}
