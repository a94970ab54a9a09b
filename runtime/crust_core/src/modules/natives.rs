//! The natives of the module system, for the bootstrap script and `crust:core/commonjs`.

use super::error::LoadError;
use super::link::script_name;
use super::record::{Data, Kind, ModuleId, ModuleKey, Status};
use crate::op::{Call, Op, OpResult};
use crate::op_error::{OpError, Throw};
use crate::runtime::Runtime;
use crate::stack;
use crust_resolve::{
    NODE_MODULES, ReferrerKind, Resolved, ResolvedKind, builtin, file_url_to_path, path_to_file_url,
};
use crust_transpile::EmitPlan;
use jsc::{Scope, Script, Value};
use std::path::{Path, PathBuf};

/// See the module documentation.
pub(crate) const OPS: &[Op] = &[
    Op::new("builtin", load_builtin),
    Op::new("isBuiltin", is_builtin),
    Op::new("builtinNames", builtin_names),
    Op::new("nodePaths", node_paths),
    Op::new("helpers", helpers),
    Op::new("moduleFile", module_file),
    Op::new("moduleDirectory", module_directory),
    Op::new("importMeta", import_meta),
    Op::new("importModule", import_module),
    Op::new("runMain", run_main),
    Op::new("mainNamespace", main_namespace),
    Op::new("evaluateDeferred", evaluate_deferred),
    Op::new("moduleFulfilled", module_fulfilled),
    Op::new("moduleRejected", module_rejected),
    Op::new("resolvePath", resolve_path),
    Op::new("resolveUrl", resolve_url),
    Op::new("requireFile", require_file),
    Op::new("compileText", compile_text),
    Op::new("mainFile", main_file),
];

fn id_of<'s>(cx: &Call<'s>, index: usize) -> Result<ModuleId, Throw<'s>> {
    Ok(ModuleId(cx.integer(index)?))
}

fn throw<'s>(scope: Scope<'s>, error: &LoadError) -> Throw<'s> {
    Throw::Value(error.to_js(scope))
}

/// `builtin(specifier)`: its namespace.
fn load_builtin<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let specifier = cx.string(0)?;
    let canonical = builtin(&specifier).unwrap_or(specifier);
    cx.runtime().builtin(cx.scope(), &canonical)
}

fn is_builtin<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let specifier = cx.string(0)?;
    Ok(cx.make_bool(builtin(&specifier).is_some()))
}

fn builtin_names<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let public: Vec<&str> = cx.runtime().builtins.public_names().collect();
    let names = NODE_MODULES.iter().copied().filter(|name| {
        let bare = name.strip_prefix("node:").unwrap_or(name);
        public
            .iter()
            .any(|public| public.strip_prefix("node:") == Some(bare))
    });
    cx.make_array(names, Scope::string)
}

fn node_paths<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let paths = std::env::var_os("NODE_PATH").unwrap_or_default();
    let list: Vec<PathBuf> = std::env::split_paths(&paths)
        .filter(|path| path.is_absolute())
        .collect();
    cx.make_array(list, |scope, path| scope.string(&path.to_string_lossy()))
}

/// The transpiler's run-time helpers.
fn helpers<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let script = Script {
        text: crust_transpile::HELPERS,
        url: "crust:core/helpers",
    };
    Ok(cx.runtime().code.evaluate(cx.scope(), script, None)?)
}

fn file_of(runtime: &Runtime, id: ModuleId) -> PathBuf {
    runtime
        .record(id, |record| record.key.file_path())
        .unwrap_or_default()
}

fn module_file<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let file = file_of(cx.runtime(), id_of(cx, 0)?);
    Ok(cx.make_string(&file.to_string_lossy()))
}

fn module_directory<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let file = file_of(cx.runtime(), id_of(cx, 0)?);
    Ok(cx.make_string(&file.parent().unwrap_or(Path::new("/")).to_string_lossy()))
}

/// The properties of `import.meta` that are text.
fn import_meta<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let runtime = cx.runtime();
    let id = id_of(cx, 0)?;
    let key_path = runtime
        .record(id, |record| record.key.path.clone())
        .unwrap_or_default();
    let file = file_of(runtime, id);
    let path = file.to_string_lossy();
    let directory = file
        .parent()
        .unwrap_or(Path::new("/"))
        .to_string_lossy()
        .into_owned();
    let query = key_path.strip_prefix(&*path).unwrap_or_default();
    let url = if key_path.starts_with("data:") || super::plugins::is_virtual(&key_path) {
        key_path.clone()
    } else {
        format!("{}{query}", path_to_file_url(&file))
    };
    let is_main = runtime.modules.main().is_some_and(|main| main == file);
    let name = file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    cx.make_object(&[
        ("dir", cx.make_string(&directory)),
        ("dirname", cx.make_string(&directory)),
        ("file", cx.make_string(&name)),
        ("filename", cx.make_string(&path)),
        ("main", cx.make_bool(is_main)),
        ("path", cx.make_string(&path)),
        ("url", cx.make_string(&url)),
    ])
}

/// `importModule(referrer, specifier, type, deferred)`: the namespace, or a promise of it.
fn import_module<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (runtime, scope) = (cx.runtime(), cx.scope());
    let referrer = file_of(runtime, id_of(cx, 0)?);
    let (specifier, attribute) = (cx.string(1)?, cx.opt_string(2)?);
    import(runtime, scope, &specifier, &referrer, attribute)
}

/// `mainNamespace()`, when the program has run.
fn main_namespace<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let namespace = cx.runtime().main_namespace(cx.scope(), None)?;
    Ok(namespace.unwrap_or_else(|| cx.undefined()))
}

/// `import()` from a file: the namespace, or a promise of it.
pub(super) fn import<'s>(
    runtime: &Runtime,
    scope: Scope<'s>,
    specifier: &str,
    referrer: &Path,
    attribute: Option<String>,
) -> OpResult<'s> {
    let loaded = runtime
        .modules
        .load_specifier(specifier, referrer, attribute.clone())
        .and_then(|id| runtime.modules.link(id).map(|()| id));
    let loaded = runtime.modules.start_macros(scope, loaded);
    if let Err(LoadError::Waits(_)) = &loaded {
        let attribute = attribute.map_or_else(|| scope.undefined(), |name| scope.string(&name));
        let referrer = scope.string(&referrer.to_string_lossy());
        let arguments = [scope.string(specifier), referrer, attribute];
        return Ok(runtime.after_plugins(scope, "importAgain", &arguments)?);
    }
    let id = loaded.map_err(|error| throw(scope, &error))?;
    finish_import(runtime, scope, id)
}

/// `runMain()`, after plugins had to be waited for.
fn run_main<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let promise = cx.runtime().run_main(cx.scope())?;
    Ok(promise.unwrap_or_else(|| cx.undefined()))
}

fn finish_import<'s>(runtime: &Runtime, scope: Scope<'s>, id: ModuleId) -> OpResult<'s> {
    let number = scope.number(id.number());
    match runtime.evaluate(scope, id)? {
        Some(promise) => Ok(runtime
            .core_function(scope, "follow")
            .call(&[promise, number])?),
        None => Ok(runtime
            .core_function(scope, "namespaceOf")
            .call(&[number])?),
    }
}

fn evaluate_deferred<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id = id_of(cx, 0)?;
    cx.runtime().evaluate(cx.scope(), id)?;
    Ok(cx.undefined())
}

fn module_fulfilled<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime().module_fulfilled(cx.scope(), id_of(cx, 0)?);
    Ok(cx.undefined())
}

fn module_rejected<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime()
        .module_rejected(cx.scope(), id_of(cx, 0)?, cx.value(1));
    Ok(cx.undefined())
}

/// A path or `file:` URL argument.
fn path_argument<'s>(cx: &Call<'s>, index: usize) -> Result<PathBuf, Throw<'s>> {
    let text = cx.string(index)?;
    if !text.starts_with("file:") {
        return Ok(PathBuf::from(text));
    }
    file_url_to_path(&text)
        .map(|(path, _)| path)
        .map_err(|problem| {
            OpError::type_error(problem)
                .code("ERR_INVALID_FILE_URL_PATH")
                .into()
        })
}

fn resolve<'s>(cx: &Call<'s>, kind: ReferrerKind) -> Result<Resolved, Throw<'s>> {
    let (specifier, referrer) = (cx.string(0)?, path_argument(cx, 1)?);
    cx.runtime()
        .modules
        .resolve(&specifier, &referrer, kind)
        .map_err(|error| throw(cx.scope(), &error))
}

/// `resolvePath(specifier, from, isRequire, urlOnly)`: a path or a builtin's name. With `urlOnly`
/// the specifier is a `file:` URL that need not exist.
fn resolve_path<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if cx.boolean(3) {
        let path = path_argument(cx, 0)?;
        return Ok(cx.make_string(&path.to_string_lossy()));
    }
    let kind = if cx.boolean(2) {
        ReferrerKind::Require
    } else {
        ReferrerKind::Import
    };
    let resolved = resolve(cx, kind)?;
    Ok(cx.make_string(&match resolved.kind {
        ResolvedKind::Builtin(name) => builtin_as_written(&cx.string(0)?, name),
        ResolvedKind::DataUrl(url) => url,
        ResolvedKind::File | ResolvedKind::Ignored => resolved.path.to_string_lossy().into_owned(),
    }))
}

/// `require.resolve("fs")` is `fs`, not `node:fs`.
fn builtin_as_written(specifier: &str, name: String) -> String {
    if name.strip_prefix("node:") == Some(specifier) {
        specifier.to_owned()
    } else {
        name
    }
}

/// `import.meta.resolve`: a path need not exist.
fn resolve_url<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let resolved = match resolve(cx, ReferrerKind::Import) {
        Ok(resolved) => resolved,
        Err(thrown) => {
            let Some(url) = url_of_path(cx)? else {
                return Err(thrown);
            };
            return Ok(cx.make_string(&url));
        }
    };
    Ok(cx.make_string(&match resolved.kind {
        ResolvedKind::Builtin(name) => name,
        ResolvedKind::DataUrl(url) => url,
        ResolvedKind::File if super::plugins::is_virtual(&resolved.path.to_string_lossy()) => {
            resolved.path.to_string_lossy().into_owned()
        }
        ResolvedKind::File | ResolvedKind::Ignored => {
            format!(
                "{}{}",
                path_to_file_url(&resolved.path),
                resolved.query.unwrap_or_default()
            )
        }
    }))
}

/// The URL of a relative or absolute specifier, by its text alone.
fn url_of_path<'s>(cx: &Call<'s>) -> Result<Option<String>, Throw<'s>> {
    let (specifier, referrer) = (cx.string(0)?, path_argument(cx, 1)?);
    let is_path = ["./", "../", "/"]
        .iter()
        .any(|start| specifier.starts_with(start));
    let joined = referrer.parent().unwrap_or(Path::new("/")).join(&specifier);
    // Back and forth takes the dots out.
    let plain = file_url_to_path(&path_to_file_url(&joined)).ok();
    Ok(plain
        .filter(|_| is_path)
        .map(|(path, _)| path_to_file_url(&path)))
}

/// What `require` found.
enum Found {
    CommonJs {
        text: String,
        url: String,
        unparsed: bool,
        /// The body takes a sixth parameter.
        needs_context: bool,
    },
    Data(Data),
    Esm,
    /// It ran before, and its entry in the cache was deleted; or it has to be parsed otherwise.
    Released,
}

/// `requireFile(path, type)`: `{format, body | namespace | value}`.
fn require_file<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (runtime, scope) = (cx.runtime(), cx.scope());
    let mut key = ModuleKey::file(Path::new(&cx.string(0)?));
    key.attribute = cx.opt_string(1)?;
    let id = load_and_link(runtime, scope, key.clone())?;
    match find_required(runtime, id) {
        Found::CommonJs {
            text,
            url,
            unparsed,
            needs_context,
        } => {
            let script = Script {
                text: &text,
                url: &url,
            };
            match runtime.code.evaluate(scope, script, None) {
                Ok(body) => common_js_answer(cx, id, body, needs_context),
                Err(_) if unparsed => {
                    // Our parser says what is wrong, or sees what the tokens did not show.
                    runtime.modules.sources.parse_here(key.file_path());
                    runtime.forget(id);
                    require_file(cx)
                }
                Err(thrown) => Err(thrown.into()),
            }
        }
        Found::Data(data) => {
            let (value, _) = runtime.data_value(scope, id, data)?;
            // The next `require` after its entry in the cache was deleted reads the file again.
            runtime.forget(id);
            cx.make_object(&[("format", cx.make_string("value")), ("value", value)])
        }
        Found::Esm => require_esm(cx, id),
        Found::Released => {
            runtime.forget(id);
            require_file(cx)
        }
    }
}

fn load_and_link<'s>(
    runtime: &Runtime,
    scope: Scope<'s>,
    key: ModuleKey,
) -> Result<ModuleId, Throw<'s>> {
    let loaded = runtime.modules.load(key);
    loaded
        .and_then(|id| runtime.modules.link(id).map(|()| id))
        .map_err(|error| throw(scope, &error))
}

fn find_required(runtime: &Runtime, id: ModuleId) -> Found {
    let carries_context = runtime.modules.sources.carries_async_context();
    let found = runtime.record(id, |record| match &mut record.kind {
        Kind::CommonJs(module) if module.is_released() => Found::Released,
        // It was read before a program showed that it has a use for it.
        Kind::CommonJs(module) if carries_context && module.lacks_async_context() => {
            Found::Released
        }
        Kind::CommonJs(module) => {
            let emitted = module.emit(&EmitPlan::default());
            module.release();
            let url = script_name(&record.key.path);
            stack::register(&url, emitted.columns);
            Found::CommonJs {
                text: emitted.text,
                url,
                unparsed: module.is_unparsed(),
                needs_context: module.uses.need_environment(),
            }
        }
        Kind::Data(data) if record.status != Status::Evaluated => {
            Found::Data(std::mem::replace(data, Data::Empty))
        }
        _ => Found::Esm,
    });
    found.unwrap_or(Found::Esm)
}

fn common_js_answer<'s>(
    cx: &Call<'s>,
    id: ModuleId,
    body: Value<'s>,
    needs_context: bool,
) -> OpResult<'s> {
    let answer = cx.make_object(&[("format", cx.make_string("commonjs")), ("body", body)])?;
    if needs_context {
        let make = cx.runtime().core_function(cx.scope(), "contextOf");
        answer.set("context", make.call(&[cx.make_number(id.number())])?)?;
    }
    Ok(answer)
}

/// `require()` of an ES module, which must not await.
fn require_esm<'s>(cx: &Call<'s>, id: ModuleId) -> OpResult<'s> {
    let (runtime, scope) = (cx.runtime(), cx.scope());
    if let Some(promise) = runtime.evaluate(scope, id)? {
        let path = file_of(runtime, id);
        // Its own outcome is of no interest any more.
        let _ = promise;
        return Err(OpError::error(format!(
            "require() cannot be used on an ESM graph with top-level await. Use import() instead: {}",
            path.display()
        ))
        .code("ERR_REQUIRE_ASYNC_MODULE")
        .into());
    }
    let namespace = runtime
        .core_function(scope, "namespaceOf")
        .call(&[scope.number(id.number())])?;
    cx.make_object(&[("format", cx.make_string("esm")), ("namespace", namespace)])
}

impl Runtime {
    /// The next request for this module reads its file again.
    fn forget(&self, id: ModuleId) {
        let key = self.record(id, |record| record.key.clone());
        if let Some(key) = key {
            self.modules.by_key.borrow_mut().remove(&key);
        }
    }
}

/// `compileText(content, filename)`: the script of `module._compile`, as `requireFile` answers it.
fn compile_text<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (text, name) = (cx.string(0)?, cx.string(1)?);
    let (runtime, scope) = (cx.runtime(), cx.scope());
    let kind = runtime
        .modules
        .sources
        .parse_common_js(Path::new(&name), text)
        .map_err(|error| throw(scope, &error))?;
    let (Kind::CommonJs(module) | Kind::Esm(module)) = kind else {
        return Err(OpError::type_error(format!("{name} is not a script")).into());
    };
    if module.format == crust_transpile::Format::Esm {
        return Err(OpError::syntax_error(format!(
            "Cannot use import statement outside a module: {name}"
        ))
        .into());
    }
    let emitted = module.emit(&EmitPlan::default());
    stack::register(&name, emitted.columns);
    let body = scope.evaluate(Script {
        text: &emitted.text,
        url: &name,
    })?;
    let id = runtime.modules.referrer(Path::new(&name));
    common_js_answer(cx, id, body, module.uses.need_environment())
}

fn main_file<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let main: Option<Value<'s>> = cx
        .runtime()
        .modules
        .main()
        .map(|main| cx.make_string(&main.to_string_lossy()));
    Ok(main.unwrap_or_else(|| cx.undefined()))
}
