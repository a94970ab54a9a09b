//! What a test runner needs of the module system: a registry that starts over, and modules that the
//! program replaces. No program that is not under test comes here.

use super::Modules;
use super::natives::import;
use super::record::Origin;
use super::source::Sources;
use crate::op::{Call, Op, OpResult};
use crate::runtime::Runtime;
use crust_resolve::{ReferrerKind, Resolved, ResolvedKind, builtin};
use jsc::{Exception, Global, Scope, Value};
use std::path::{Path, PathBuf};

/// The natives of the core.
pub(crate) const OPS: &[Op] = &[
    Op::new("importFrom", import_from),
    Op::new("resetModules", reset_modules),
    Op::new("forgetModules", forget_modules),
    Op::new("mockModule", mock_module),
    Op::new("unmockModule", unmock_module),
    Op::new("setMockLoader", set_mock_loader),
    Op::new("mockPath", mock_path),
];

/// `importFrom(specifier, referrer, type)`: the namespace, or a promise of it.
fn import_from<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (specifier, referrer) = (cx.string(0)?, PathBuf::from(cx.string(1)?));
    let attribute = cx.opt_string(2)?;
    import(cx.runtime(), cx.scope(), &specifier, &referrer, attribute)
}

/// `resetModules()`: the next request for any file reads it again. Builtins stay.
fn reset_modules<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    cx.runtime()
        .modules
        .by_key
        .borrow_mut()
        .retain(|key, _| key.origin == Origin::Builtin);
    Ok(cx.undefined())
}

/// `forgetModules()`: as `resetModules`, and frees what the modules held. For when nothing runs any more that
/// came from them: what still does finds their exports gone.
fn forget_modules<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (runtime, scope) = (cx.runtime(), cx.scope());
    reset_modules(cx)?;
    runtime.modules.plugins.clear();
    let kept: Vec<f64> = {
        let mut records = runtime.modules.records.borrow_mut();
        let ids = (0..).map(f64::from);
        ids.zip(records.iter_mut())
            .filter_map(|(id, record)| (!record.forget()).then_some(id))
            .collect()
    };
    let kept = cx.make_array(kept, Scope::number)?;
    runtime
        .core_function(scope, "forgetNamespaces")
        .call(&[kept])?;
    Ok(cx.undefined())
}

/// `mockModule(path, waits)`: from now on requests for it go to the mock loader, whose answer is a promise
/// if it `waits`.
fn mock_module<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    let modules = &cx.runtime().modules;
    modules.sources.mock(&path, cx.boolean(1));
    modules.forget_path(&path);
    Ok(cx.undefined())
}

/// `unmockModule(path)`.
fn unmock_module<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let path = cx.string(0)?;
    let modules = &cx.runtime().modules;
    modules.sources.unmock(&path);
    modules.forget_path(&path);
    Ok(cx.undefined())
}

/// `setMockLoader(path => namespace)`.
fn set_mock_loader<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let function = Global::new(cx.function(0)?);
    *cx.runtime().modules.mock_loader.borrow_mut() = Some(function);
    Ok(cx.undefined())
}

/// `mockPath(specifier, referrer)`: the path or name by which a module is mocked, which need not exist.
fn mock_path<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (specifier, referrer) = (cx.string(0)?, PathBuf::from(cx.string(1)?));
    let resolved = cx
        .runtime()
        .modules
        .resolve(&specifier, &referrer, ReferrerKind::Import);
    let path = match resolved {
        Ok(resolved) => match resolved.kind {
            ResolvedKind::Builtin(name) => name,
            ResolvedKind::DataUrl(url) => url,
            ResolvedKind::File | ResolvedKind::Ignored => {
                resolved.path.to_string_lossy().into_owned()
            }
        },
        Err(_) => virtual_path(&specifier, &referrer),
    };
    Ok(cx.make_string(&path))
}

/// Where a module would be that is not there.
fn virtual_path(specifier: &str, referrer: &Path) -> String {
    if let Some(name) = builtin(specifier) {
        return name;
    }
    let is_path = specifier.starts_with("./") || specifier.starts_with("../");
    if !is_path {
        return specifier.to_owned();
    }
    let directory = referrer.parent().unwrap_or(Path::new("/"));
    let mut path = directory.to_owned();
    for part in specifier.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path.to_string_lossy().into_owned()
}

/// A module that is mocked although there is none.
pub(super) fn virtual_mock(
    sources: &Sources,
    specifier: &str,
    referrer: &Path,
) -> Option<Resolved> {
    let path = virtual_path(specifier, referrer);
    sources.is_mocked(&path).then(|| Resolved {
        path: PathBuf::from(path),
        query: None,
        package_type: None,
        kind: ResolvedKind::File,
    })
}

impl Modules {
    fn forget_path(&self, path: &str) {
        self.by_key.borrow_mut().retain(|key, _| key.path != path);
    }
}

impl Runtime {
    /// What the mock loader gives for a path.
    pub(super) fn mocked_namespace<'s>(
        &self,
        scope: Scope<'s>,
        path: &str,
    ) -> Result<Value<'s>, Exception<'s>> {
        let loader = self.modules.mock_loader.borrow().clone();
        match loader {
            Some(loader) => loader.get(scope).call(&[scope.string(path)]),
            None => Ok(scope.object()),
        }
    }
}
