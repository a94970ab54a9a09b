//! Evaluation (ECMA-262 §16.2.1.6.1.3): dependencies first, once, with the spec's ordering of
//! top-level await and its caching of errors. JS runs only inside `execute`; no borrow of the
//! records is held meanwhile, because that JS may load more modules.

use super::data::json_error;
use super::export::{self, Links};
use super::link::script_name;
use super::record::{Data, Kind, ModuleId, Origin, Record, Requested, Status};
use crate::op_error::OpError;
use crate::runtime::Runtime;
use jsc::{Exception, Global, Scope, Script, Value};

/// A module whose dependencies are being evaluated.
struct Frame {
    id: ModuleId,
    dependencies: std::vec::IntoIter<ModuleId>,
}

/// The bookkeeping of one evaluation.
struct Walk {
    stack: Vec<ModuleId>,
    index: u32,
}

impl Runtime {
    /// Reads a field of a record. The closure must not run JS.
    pub(super) fn record<T>(&self, id: ModuleId, read: impl FnOnce(&mut Record) -> T) -> Option<T> {
        self.modules
            .records
            .borrow_mut()
            .get_mut(id.index())
            .map(read)
    }

    fn status(&self, id: ModuleId) -> Status {
        self.record(id, |record| record.status)
            .unwrap_or(Status::Evaluated)
    }

    /// `Evaluate()`: runs a linked module. `None` when it is done, else the promise of its
    /// top-level await.
    ///
    /// # Errors
    /// What the module or a dependency throws, again on every call.
    pub(crate) fn evaluate<'s>(
        &self,
        scope: Scope<'s>,
        id: ModuleId,
    ) -> Result<Option<Value<'s>>, Exception<'s>> {
        let id = match self.status(id) {
            Status::EvaluatingAsync | Status::Evaluated => self
                .record(id, |record| record.cycle_root)
                .flatten()
                .unwrap_or(id),
            _ => id,
        };
        if let Some(promise) = self.record(id, |record| record.promise.clone()).flatten()
            && self.status(id) == Status::EvaluatingAsync
        {
            return Ok(Some(promise.get(scope)));
        }
        if let Some(error) = self.record(id, |record| record.error.clone()).flatten() {
            return Err(Exception::new(error.get(scope)));
        }
        let mut walk = Walk {
            stack: Vec::new(),
            index: 0,
        };
        if let Err(thrown) = self.inner_evaluate(scope, id, &mut walk) {
            let error = Global::new(thrown.value());
            for member in walk.stack {
                self.record(member, |record| {
                    record.status = Status::Evaluated;
                    record.error = Some(error.clone());
                    record.async_order = None;
                    record.cycle_root.get_or_insert(id);
                });
            }
            return Err(thrown);
        }
        if self
            .record(id, |record| record.async_order)
            .flatten()
            .is_none()
        {
            return Ok(None);
        }
        let (promise, resolver) = scope.promise()?;
        self.record(id, |record| {
            record.capability = Some(resolver);
            record.promise = Some(Global::new(promise));
        });
        Ok(Some(promise))
    }

    /// `InnerModuleEvaluation`, without recursion: import chains may be longer than a stack is deep.
    fn inner_evaluate<'s>(
        &self,
        scope: Scope<'s>,
        root: ModuleId,
        walk: &mut Walk,
    ) -> Result<(), Exception<'s>> {
        let mut frames = Vec::new();
        frames.extend(self.enter(scope, root, walk)?);
        while let Some(Frame { id, dependencies }) = frames.last_mut() {
            let id = *id;
            if let Some(required) = dependencies.next() {
                match self.enter(scope, required, walk)? {
                    Some(frame) => frames.push(frame),
                    None => self.after_dependency(scope, id, required)?,
                }
                continue;
            }
            frames.pop();
            self.execute_or_wait(scope, id)?;
            self.close_component(id, walk);
            if let Some(parent) = frames.last() {
                self.after_dependency(scope, parent.id, id)?;
            }
        }
        Ok(())
    }

    /// Begins the evaluation of a module; `None` if it has begun already.
    fn enter<'s>(
        &self,
        scope: Scope<'s>,
        id: ModuleId,
        walk: &mut Walk,
    ) -> Result<Option<Frame>, Exception<'s>> {
        match self.status(id) {
            Status::EvaluatingAsync | Status::Evaluated => {
                let error = self.record(id, |record| record.error.clone()).flatten();
                return error.map_or(Ok(None), |error| Err(Exception::new(error.get(scope))));
            }
            Status::Evaluating => return Ok(None),
            Status::Unlinked | Status::Linked => {}
        }
        let index = walk.index;
        walk.index += 1;
        walk.stack.push(id);
        let requests = self.record(id, |record| {
            record.status = Status::Evaluating;
            record.dfs_index = index;
            record.dfs_ancestor = index;
            record.pending_dependencies = 0;
            record.requests.clone()
        });
        if self.record(id, |record| record.cyclic).unwrap_or(false) {
            self.instantiate_cycle(scope, id)?;
        }
        let dependencies = self.dependencies(requests.unwrap_or_default());
        Ok(Some(Frame {
            id,
            dependencies: dependencies.into_iter(),
        }))
    }

    /// What must run before a module. Of what it defers that is only what awaits: the rest can wait
    /// for the first access.
    fn dependencies(&self, requests: Vec<Requested>) -> Vec<ModuleId> {
        let mut list = Vec::with_capacity(requests.len());
        for request in requests {
            if request.deferred {
                list.extend(self.async_dependencies(request.id));
            } else {
                list.push(request.id);
            }
        }
        list
    }

    /// Takes over what the evaluation of a dependency found out.
    fn after_dependency<'s>(
        &self,
        scope: Scope<'s>,
        id: ModuleId,
        required: ModuleId,
    ) -> Result<(), Exception<'s>> {
        let required = if self.status(required) == Status::Evaluating {
            let ancestor = self
                .record(required, |record| record.dfs_ancestor)
                .unwrap_or(0);
            self.record(id, |record| {
                record.dfs_ancestor = record.dfs_ancestor.min(ancestor);
            });
            required
        } else {
            let root = self
                .record(required, |record| record.cycle_root)
                .flatten()
                .unwrap_or(required);
            if let Some(error) = self.record(root, |record| record.error.clone()).flatten() {
                return Err(Exception::new(error.get(scope)));
            }
            root
        };
        if self
            .record(required, |record| record.async_order)
            .flatten()
            .is_some()
        {
            self.record(id, |record| record.pending_dependencies += 1);
            self.record(required, |record| record.async_parents.push(id));
        }
        Ok(())
    }

    /// The modules with top-level await that a deferred module needs.
    fn async_dependencies(&self, root: ModuleId) -> Vec<ModuleId> {
        let records = self.modules.records.borrow();
        let (mut found, mut seen, mut work) = (Vec::new(), vec![root], vec![root]);
        while let Some(id) = work.pop() {
            let Some(record) = records.get(id.index()) else {
                continue;
            };
            if record.has_tla {
                found.push(id);
                continue;
            }
            for request in &record.requests {
                if !seen.contains(&request.id) {
                    seen.push(request.id);
                    work.push(request.id);
                }
            }
        }
        found
    }

    fn execute_or_wait<'s>(&self, scope: Scope<'s>, id: ModuleId) -> Result<(), Exception<'s>> {
        let (pending, has_tla) = self
            .record(id, |record| (record.pending_dependencies, record.has_tla))
            .unwrap_or((0, false));
        if pending == 0 && !has_tla {
            return self.execute(scope, id).map(|_| ());
        }
        let order = self.modules.async_order.get();
        self.modules.async_order.set(order + 1);
        self.record(id, |record| record.async_order = Some(order));
        if pending == 0 {
            self.execute_async(scope, id)?;
        }
        Ok(())
    }

    /// `ExecuteAsyncModule`.
    fn execute_async<'s>(&self, scope: Scope<'s>, id: ModuleId) -> Result<(), Exception<'s>> {
        let promise = self.execute(scope, id)?;
        self.core_function(scope, "whenSettled")
            .call(&[promise, scope.number(id.number())])?;
        Ok(())
    }

    /// Ends the strongly connected component whose root `id` is.
    fn close_component(&self, id: ModuleId, walk: &mut Walk) {
        let is_root = self
            .record(id, |record| record.dfs_ancestor == record.dfs_index)
            .unwrap_or(true);
        if !is_root {
            return;
        }
        while let Some(member) = walk.stack.pop() {
            self.record(member, |record| {
                record.status = if record.async_order.is_some() {
                    Status::EvaluatingAsync
                } else {
                    Status::Evaluated
                };
                record.cycle_root = Some(id);
            });
            if member == id {
                return;
            }
        }
    }

    /// Runs the code of one module. The answer is a promise when the body awaits.
    fn execute<'s>(&self, scope: Scope<'s>, id: ModuleId) -> Result<Value<'s>, Exception<'s>> {
        enum Step {
            Run,
            Resume,
            CommonJs(String),
            Builtin(String),
            Mocked(String),
            Values(String),
            Data(Data),
        }
        let step = self.record(id, |record| match &mut record.kind {
            Kind::Esm(_) if record.cyclic => Step::Resume,
            Kind::Esm(_) => Step::Run,
            Kind::CommonJs(_) => Step::CommonJs(record.key.path.clone()),
            Kind::Builtin => Step::Builtin(record.key.path.clone()),
            Kind::Mocked { .. } => Step::Mocked(record.key.path.clone()),
            Kind::Values => Step::Values(record.key.file_path().to_string_lossy().into_owned()),
            Kind::Data(data) => Step::Data(std::mem::replace(data, Data::Empty)),
        });
        let number = scope.number(id.number());
        match step.unwrap_or(Step::Data(Data::Empty)) {
            Step::Run => self.run_body(scope, id),
            Step::Resume => {
                let checks = self.checks(scope, id)?;
                self.core_function(scope, "resume").call(&[number, checks])
            }
            Step::CommonJs(path) => {
                let main = self
                    .modules
                    .main()
                    .is_some_and(|main| main.to_string_lossy() == path);
                let arguments = [number, scope.string(&path), scope.boolean(main)];
                self.core_function(scope, "runCommonJs").call(&arguments)
            }
            Step::Builtin(name) => {
                let namespace = self
                    .builtin(scope, &name)
                    .map_err(|thrown| Exception::new(thrown.to_js(scope)))?;
                self.core_function(scope, "setNamespace")
                    .call(&[number, namespace])
            }
            Step::Mocked(path) => {
                let namespace = self.mocked_namespace(scope, &path)?;
                self.core_function(scope, "setMockedNamespace")
                    .call(&[number, namespace])
            }
            Step::Values(path) => {
                let namespace = self.modules.plugins.take_namespace(&path);
                let namespace =
                    namespace.map_or_else(|| scope.object(), |namespace| namespace.get(scope));
                self.core_function(scope, "setNamespace")
                    .call(&[number, namespace])
            }
            Step::Data(data) => self.set_data(scope, id, data),
        }
    }

    fn set_data<'s>(
        &self,
        scope: Scope<'s>,
        id: ModuleId,
        data: Data,
    ) -> Result<Value<'s>, Exception<'s>> {
        let (value, named) = self.data_value(scope, id, data)?;
        self.core_function(scope, "setValue").call(&[
            scope.number(id.number()),
            value,
            scope.boolean(named),
        ])
    }

    /// The value of a data module, and whether its properties are exports.
    pub(super) fn data_value<'s>(
        &self,
        scope: Scope<'s>,
        id: ModuleId,
        data: Data,
    ) -> Result<(Value<'s>, bool), Exception<'s>> {
        Ok(match data {
            Data::Empty => (scope.object(), true),
            Data::Text(text) => (scope.string(&text), false),
            Data::Expression(text) => (
                scope.evaluate(Script {
                    text: &format!("({text})"),
                    url: "crust:data",
                })?,
                true,
            ),
            Data::Wasm(bytes) => {
                let module = scope.global().get("WebAssembly")?.get("Module")?;
                (module.construct(&[scope.uint8_array(bytes)?])?, false)
            }
            Data::Json(text) => {
                let path = self
                    .record(id, |record| record.key.path.clone())
                    .unwrap_or_default();
                let value = scope
                    .parse_json(&text)
                    .ok_or_else(|| Exception::new(json_error(&path, &text).to_js(scope)))?;
                (value, true)
            }
        })
    }

    /// Compiles a module's text; it is not needed afterwards.
    fn compile<'s>(
        &self,
        scope: Scope<'s>,
        id: ModuleId,
        this: Option<Value<'s>>,
    ) -> Result<Value<'s>, Exception<'s>> {
        let text = self.record(id, |record| {
            record
                .text
                .take()
                .map(|text| (text, script_name(&record.key.path)))
        });
        let Some((text, url)) = text.flatten() else {
            return Err(Exception::new(
                OpError::error("internal error: this module has no code").to_js(scope),
            ));
        };
        let script = Script {
            text: &text,
            url: &url,
        };
        self.code.evaluate(scope, script, this)
    }

    fn run_body<'s>(&self, scope: Scope<'s>, id: ModuleId) -> Result<Value<'s>, Exception<'s>> {
        let is_block = self.record(id, |record| record.is_block).unwrap_or(false);
        let body = if is_block {
            scope.undefined()
        } else {
            self.compile(scope, id, None)?
        };
        let requests = self.requests(scope, id)?;
        let links = self.links(scope, id)?;
        let checks = self.checks(scope, id)?;
        let number = scope.number(id.number());
        let answer = self
            .core_function(scope, "run")
            .call(&[number, body, requests, links, checks])?;
        if is_block {
            // Its completion value is of no interest.
            self.compile(scope, id, Some(answer))?;
            return Ok(scope.undefined());
        }
        Ok(answer)
    }

    /// Makes the bindings of a whole cycle before any of it runs.
    fn instantiate_cycle<'s>(&self, scope: Scope<'s>, root: ModuleId) -> Result<(), Exception<'s>> {
        let members = self.cycle_to_instantiate(root);
        let allocate = self.core_function(scope, "allocate");
        for member in &members {
            allocate.call(&[scope.number(member.number())])?;
        }
        for member in members {
            let body = self.compile(scope, member, None)?;
            let (requests, links) = (self.requests(scope, member)?, self.links(scope, member)?);
            let number = scope.number(member.number());
            self.core_function(scope, "instantiate")
                .call(&[number, body, requests, links])?;
        }
        Ok(())
    }

    /// The cyclic modules reachable over cyclic modules that still have their text.
    fn cycle_to_instantiate(&self, root: ModuleId) -> Vec<ModuleId> {
        let records = self.modules.records.borrow();
        let uncompiled = |id: ModuleId| {
            records
                .get(id.index())
                .is_some_and(|record| record.cyclic && record.text.is_some())
        };
        let (mut members, mut work) = (Vec::new(), vec![root]);
        while let Some(id) = work.pop() {
            if !uncompiled(id) || members.contains(&id) {
                continue;
            }
            members.push(id);
            if let Some(record) = records.get(id.index()) {
                work.extend(record.requests.iter().map(|request| request.id));
            }
        }
        members
    }

    /// The requests as the JS side takes them: ids, complemented when deferred.
    fn requests<'s>(&self, scope: Scope<'s>, id: ModuleId) -> Result<Value<'s>, Exception<'s>> {
        let requests = self
            .record(id, |record| record.requests.clone())
            .unwrap_or_default();
        let array = scope.array(&[])?;
        for (index, request) in (0..).zip(requests) {
            let number = request.id.number();
            array.set_index(
                index,
                scope.number(if request.deferred {
                    -1.0 - number
                } else {
                    number
                }),
            )?;
        }
        Ok(array)
    }

    fn links<'s>(&self, scope: Scope<'s>, id: ModuleId) -> Result<Value<'s>, Exception<'s>> {
        let Links { entries, stars } = export::links(&self.modules.records.borrow(), id);
        if entries.is_empty() && stars.is_empty() {
            return Ok(scope.undefined());
        }
        let list = scope.array(&[])?;
        for (index, (exported, module, imported)) in (0..).zip(entries) {
            let imported = imported.map_or_else(|| scope.null(), |name| scope.string(&name));
            list.set_index(
                index,
                scope.array(&[
                    scope.string(&exported),
                    scope.number(module.number()),
                    imported,
                ])?,
            )?;
        }
        let star_list = scope.array(&[])?;
        for (index, star) in (0..).zip(stars) {
            star_list.set_index(index, scope.number(star.number()))?;
        }
        let links = scope.object();
        links.set("entries", list)?;
        links.set("stars", star_list)?;
        Ok(links)
    }

    /// Imported names of modules whose names are only known now: `[module, name, its file]`.
    fn checks<'s>(&self, scope: Scope<'s>, id: ModuleId) -> Result<Value<'s>, Exception<'s>> {
        let wanted = dynamic_imports(&self.modules.records.borrow(), id);
        if wanted.is_empty() {
            return Ok(scope.undefined());
        }
        let list = scope.array(&[])?;
        for (index, (module, name, from)) in (0..).zip(wanted) {
            let entry = [
                scope.number(module.number()),
                scope.string(&name),
                scope.string(&from),
            ];
            list.set_index(index, scope.array(&entry)?)?;
        }
        Ok(list)
    }

    /// `AsyncModuleExecutionFulfilled`.
    pub(super) fn module_fulfilled(&self, scope: Scope<'_>, id: ModuleId) {
        if self.status(id) == Status::Evaluated {
            return;
        }
        self.settle_module(scope, id, None);
        let mut ready = self.available_ancestors(id);
        ready.sort_by_key(|ancestor| {
            self.record(*ancestor, |record| record.async_order)
                .flatten()
        });
        for ancestor in ready {
            if self.status(ancestor) == Status::Evaluated {
                continue;
            }
            let has_tla = self
                .record(ancestor, |record| record.has_tla)
                .unwrap_or(false);
            let result = if has_tla {
                self.execute_async(scope, ancestor)
            } else {
                self.execute(scope, ancestor).map(|_| ())
            };
            match result {
                Err(thrown) => self.module_rejected(scope, ancestor, thrown.value()),
                Ok(()) if !has_tla => self.settle_module(scope, ancestor, None),
                Ok(()) => {}
            }
        }
    }

    /// `GatherAvailableAncestors`. Their order is decided by when they began to wait.
    fn available_ancestors(&self, id: ModuleId) -> Vec<ModuleId> {
        let (mut ready, mut work) = (Vec::new(), vec![id]);
        while let Some(id) = work.pop() {
            let parents = self
                .record(id, |record| std::mem::take(&mut record.async_parents))
                .unwrap_or_default();
            for parent in parents {
                if self.becomes_ready(parent, &ready) {
                    ready.push(parent);
                    if self.record(parent, |record| record.has_tla) == Some(false) {
                        work.push(parent);
                    }
                }
            }
        }
        ready
    }

    /// One dependency of `parent` is done: whether it was the last.
    fn becomes_ready(&self, parent: ModuleId, ready: &[ModuleId]) -> bool {
        let root = self.record(parent, |record| record.cycle_root).flatten();
        let failed = root
            .and_then(|root| self.record(root, |record| record.error.is_some()))
            .unwrap_or(false);
        if failed || ready.contains(&parent) {
            return false;
        }
        let unblocked = self.record(parent, |record| {
            record.pending_dependencies = record.pending_dependencies.saturating_sub(1);
            record.pending_dependencies == 0
        });
        unblocked == Some(true)
    }

    /// `AsyncModuleExecutionRejected`.
    pub(super) fn module_rejected<'s>(&self, scope: Scope<'s>, id: ModuleId, reason: Value<'s>) {
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            if self.status(id) == Status::Evaluated {
                continue;
            }
            let parents = self
                .record(id, |record| std::mem::take(&mut record.async_parents))
                .unwrap_or_default();
            self.settle_module(scope, id, Some(reason));
            work.extend(parents.into_iter().rev());
        }
    }

    /// Ends the asynchronous evaluation of one module.
    fn settle_module<'s>(&self, scope: Scope<'s>, id: ModuleId, error: Option<Value<'s>>) {
        let capability = self.record(id, |record| {
            record.status = Status::Evaluated;
            record.async_order = None;
            record.error = error.map(Global::new);
            record.capability.take()
        });
        if let Some(capability) = capability.flatten() {
            match error {
                Some(reason) => capability.reject(reason),
                None => capability.resolve(scope.undefined()),
            }
        }
    }
}

/// Names a module imports from modules that are not ES modules.
fn dynamic_imports(records: &[Record], id: ModuleId) -> Vec<(ModuleId, String, String)> {
    let Some(record) = records.get(id.index()) else {
        return Vec::new();
    };
    let Some(module) = record.esm() else {
        return Vec::new();
    };
    let entry = |import: &crust_transpile::Import| {
        let name = import.imported.exported()?;
        let request = record
            .requests
            .get(import.request)
            .filter(|request| !request.deferred)?;
        let target = records.get(request.id.index())?;
        let dynamic = target.esm().is_none() && target.key.origin != Origin::Ignored;
        dynamic.then(|| (request.id, name.to_owned(), target.key.path.clone()))
    };
    module.imports.iter().filter_map(entry).collect()
}
