//! Builtin modules: the TypeScript of the features, found by specifier and evaluated at most once
//! per VM, when first needed. Never reads a program's files.

use crate::feature::Feature;
use crate::op::Op;
use crate::op_error::{OpError, Throw};
use crate::runtime::Runtime;
use jsc::{Global, Scope, Script, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::cell::RefCell;

/// An emitted builtin module.
#[derive(Debug, Clone)]
pub struct BuiltinText {
    /// The specifiers it imports, in request order.
    pub requests: Vec<Cow<'static, str>>,
    /// The function or block the transpiler emitted.
    pub text: Cow<'static, str>,
}

/// Finds the emitted text of an internal specifier (`crust:<feature>/<file>`).
pub type BuiltinSource = fn(&str) -> Result<Option<BuiltinText>, String>;

/// The builtin modules of one VM.
pub(crate) struct Builtins {
    source: BuiltinSource,
    features: &'static [Feature],
    /// Public specifier to internal one.
    aliases: FxHashMap<&'static str, &'static str>,
    /// The internal specifiers behind public ones.
    public: FxHashSet<&'static str>,
    loaded: RefCell<FxHashMap<String, State>>,
    /// Told of every public module when it is loaded.
    watcher: RefCell<Option<Global>>,
}

enum State {
    Loading,
    Loaded(Global),
}

/// Prefix of the natives of a feature.
const OPS: &str = "crust:ops/";
/// Prefix of everything internal.
const INTERNAL: &str = "crust:";

impl Builtins {
    pub(crate) fn new(features: &'static [Feature], source: BuiltinSource) -> Self {
        let aliases: FxHashMap<_, _> = features
            .iter()
            .flat_map(|feature| feature.builtins)
            .map(|builtin| (builtin.specifier, builtin.module))
            .collect();
        Self {
            source,
            features,
            public: aliases.values().copied().collect(),
            aliases,
            loaded: RefCell::default(),
            watcher: RefCell::default(),
        }
    }

    /// The public specifiers, unordered.
    pub(crate) fn public_names(&self) -> impl Iterator<Item = &'static str> {
        self.aliases.keys().copied()
    }

    /// The namespace of a builtin, evaluated if it is the first time.
    pub(crate) fn load<'s>(
        &self,
        scope: Scope<'s>,
        specifier: &str,
    ) -> Result<Value<'s>, Throw<'s>> {
        let internal = self.aliases.get(specifier).copied().unwrap_or(specifier);
        match self.loaded.borrow().get(internal) {
            Some(State::Loaded(namespace)) => return Ok(namespace.get(scope)),
            Some(State::Loading) => {
                return Err(OpError::error(format!(
                    "builtin modules import each other in a cycle at {internal}"
                ))
                .into());
            }
            None => {}
        }
        self.loaded
            .borrow_mut()
            .insert(internal.to_owned(), State::Loading);
        match self.evaluate(scope, internal) {
            Ok(namespace) => {
                let state = State::Loaded(Global::new(namespace));
                self.loaded.borrow_mut().insert(internal.to_owned(), state);
                let watcher = self.watcher.borrow().clone();
                if let Some(watcher) = watcher.filter(|_| self.public.contains(internal)) {
                    watcher.get(scope).call(&[namespace])?;
                }
                Ok(namespace)
            }
            Err(thrown) => {
                self.loaded.borrow_mut().remove(internal);
                Err(thrown)
            }
        }
    }

    /// Calls `watcher(namespace)` for every public module that is loaded, and from now on for each that
    /// will be.
    pub(crate) fn watch<'s>(&self, scope: Scope<'s>, watcher: Value<'s>) -> Result<(), Throw<'s>> {
        let namespaces: Vec<Global> = self
            .loaded
            .borrow()
            .iter()
            .filter(|(name, _)| self.public.contains(name.as_str()))
            .filter_map(|(_, state)| match state {
                State::Loaded(namespace) => Some(namespace.clone()),
                State::Loading => None,
            })
            .collect();
        *self.watcher.borrow_mut() = Some(Global::new(watcher));
        for namespace in namespaces {
            watcher.call(&[namespace.get(scope)])?;
        }
        Ok(())
    }

    fn evaluate<'s>(&self, scope: Scope<'s>, specifier: &str) -> Result<Value<'s>, Throw<'s>> {
        if let Some(feature) = specifier.strip_prefix(OPS) {
            return self.natives(scope, feature);
        }
        let missing = || {
            OpError::error(format!("No such built-in module: {specifier}"))
                .code("ERR_UNKNOWN_BUILTIN_MODULE")
        };
        if !specifier.starts_with(INTERNAL) {
            return Err(missing().into());
        }
        let text = (self.source)(specifier)
            .map_err(|problem| OpError::syntax_error(format!("{specifier}: {problem}")))?
            .ok_or_else(missing)?;
        let requests = scope.array(&[])?;
        for (index, request) in (0..).zip(&text.requests) {
            requests.set_index(index, self.load(scope, request)?)?;
        }
        let script = Script {
            text: &text.text,
            url: specifier,
        };
        let runtime = Runtime::current();
        // A function is an expression in parentheses.
        if text.text.starts_with('(') {
            let body = runtime.code.evaluate(scope, script, None)?;
            let run = runtime.core_function(scope, "runBuiltin");
            return Ok(run.call(&[body, requests])?);
        }
        let context = runtime
            .core_function(scope, "builtinContext")
            .call(&[requests])?;
        runtime.code.evaluate(scope, script, Some(context))?;
        Ok(context.get("namespace")?)
    }

    /// The natives of a feature as a namespace.
    fn natives<'s>(&self, scope: Scope<'s>, name: &str) -> Result<Value<'s>, Throw<'s>> {
        let families: &[&[Op]] = if name == "core" {
            crate::core_ops::OPS
        } else {
            let found = self.features.iter().find(|feature| feature.name == name);
            let missing = || OpError::error(format!("no feature {name} has natives"));
            found.ok_or_else(missing)?.ops
        };
        let namespace = scope.object();
        for op in families.iter().copied().flatten() {
            namespace.set(op.name, scope.function(op.name, op.native))?;
        }
        Ok(namespace)
    }
}
