//! [`Vm`]: one context group with one global context, bound to the thread that made it.

use crate::accelerate::error_stack;
use crate::engine::{Engine, api, engine};
use crate::glib::MainContext;
use crate::scope::Scope;
use jsc_sys::{JSContextGroupRef, JSGlobalContextRef};
use std::ptr;

/// An isolated heap with its global object.
pub struct Vm {
    group: JSContextGroupRef,
    context: JSGlobalContextRef,
    main_context: Option<MainContext>,
}

/// Heap figures in bytes, as of the last collection.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryUsage {
    /// Live bytes.
    pub heap_size: f64,
    /// Reserved bytes.
    pub heap_capacity: f64,
    /// Bytes outside the heap that JS objects keep alive.
    pub external: f64,
    /// Live objects.
    pub objects: f64,
}

impl Vm {
    /// Makes a VM that belongs to this thread. `main_thread` says whether it is the process's first.
    pub fn new(_engine: &'static Engine, main_thread: bool) -> Self {
        let main_context = MainContext::for_this_thread(main_thread);
        if main_context.is_none()
            && let Some(disable) = engine().spi().JSDisableGCTimer
        {
            // SAFETY: called before the first VM. Without a run loop the timer has nowhere to fire.
            unsafe { disable() };
        }
        // SAFETY: the engine is open; both handles are released in `drop`.
        let (group, context) = unsafe {
            let group = (api().JSContextGroupCreate)();
            (
                group,
                (api().JSGlobalContextCreateInGroup)(group, ptr::null_mut()),
            )
        };
        let vm = Self {
            group,
            context,
            main_context,
        };
        engine().accelerators().verify(vm.scope());
        vm
    }

    /// Access to the VM while it is borrowed.
    pub fn scope(&self) -> Scope<'_> {
        // SAFETY: the context lives as long as `self`, which is not `Send`.
        unsafe { Scope::from_raw(self.context) }
    }

    /// The run loop context the engine's deferred work is posted to.
    pub fn main_context(&self) -> Option<&MainContext> {
        self.main_context.as_ref()
    }

    /// Every accelerator with what its probe said, for `crust --revision --verbose`.
    pub fn levels(&self) -> Vec<crate::Level> {
        engine().accelerators().levels(self.scope())
    }

    /// Calls `format` for the stack of each error at the moment it is first read. Answers `false`
    /// where the engine offers no such moment; stacks then keep the engine's own format.
    pub fn set_stack_formatter(&self, format: error_stack::StackFormatter) -> bool {
        error_stack::install(self.scope(), format)
    }

    /// Runs `work` holding the engine's lock: calls inside cost less, and microtasks wait until the
    /// end. Where the library
    /// exports no lock, they run after each outermost call instead.
    pub fn locked<T>(&self, work: impl FnOnce(Scope<'_>) -> T) -> T {
        crate::accelerate::locked(self.context, || work(self.scope()))
    }

    /// Drains the microtask queue now, where the engine exports that; else it drains by itself when
    /// the outermost call returns.
    pub fn drain_microtasks(&self) {
        engine().accelerators().drain_microtasks(self.group);
    }

    /// Runs the microtask queue within [`Vm::locked`], at every level of the engine: where nothing drains
    /// it, the lock is let go for a moment. Only for callers that no JavaScript called and that hold the
    /// lock once.
    pub fn checkpoint(&self) {
        if engine().accelerators().drains_microtasks() {
            self.drain_microtasks();
        } else {
            crate::accelerate::let_go(self.context);
        }
    }

    /// Heap figures.
    pub fn memory_usage(&self) -> MemoryUsage {
        let Some(get) = engine().spi().JSGetMemoryUsageStatistics else {
            return MemoryUsage::default();
        };
        // SAFETY: the context is alive.
        let object = self.scope().wrap(unsafe { get(self.context) });
        let field = |name: &str| {
            object
                .get(name)
                .and_then(crate::value::Value::to_number)
                .unwrap_or(0.0)
        };
        MemoryUsage {
            heap_size: field("heapSize"),
            heap_capacity: field("heapCapacity"),
            external: field("extraMemorySize"),
            objects: field("objectCount"),
        }
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        // SAFETY: both were made in `new` and no scope outlives `self`.
        unsafe {
            (api().JSGlobalContextRelease)(self.context);
            (api().JSContextGroupRelease)(self.group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineOptions;
    use crate::{Arguments, Native, NativeResult, Script};

    fn format<'s>(error: crate::Value<'s>, raw: &crate::RawStack<'_>) -> crate::Value<'s> {
        error
            .scope()
            .string(&format!("{}\n@@{}", raw.header, raw.frames))
    }

    fn add<'s>(arguments: &Arguments<'s>) -> NativeResult<'s> {
        let sum = arguments.get(0).to_number()? + arguments.get(1).to_number()?;
        Ok(arguments.scope().number(sum))
    }

    fn run(portable: bool) {
        let engine = Engine::open(&EngineOptions {
            portable,
            small_heap: false,
        })
        .unwrap();
        let vm = Vm::new(engine, true);
        let scope = vm.scope();
        let eval = |text: &str| {
            scope
                .evaluate(Script {
                    text,
                    url: "file:///t.js",
                })
                .unwrap()
        };
        scope
            .global()
            .set("add", scope.function("add", Native::new(add)))
            .unwrap();
        assert_eq!(eval("add(1,2)").to_text().unwrap(), "3");
        assert_eq!(
            eval("try { add(Symbol()) } catch (e) { String(e) }")
                .to_text()
                .unwrap(),
            "TypeError: Cannot convert a symbol to a number"
        );
        assert_eq!(
            eval("'h\\u00e9\\u4e2d' + add.name").to_text().unwrap(),
            "hé中add"
        );
        for level in vm.levels() {
            eprintln!("{level:?}");
        }
        let formatted = vm.set_stack_formatter(format);
        eprintln!("formatter {formatted}");
        let stack = eval("function f(){ null.x } var e; try { f() } catch (x) { e = x }; e.stack")
            .to_text()
            .unwrap();
        eprintln!("{stack}");
        assert_eq!(
            formatted,
            stack.starts_with("TypeError: null is not an object")
        );
        assert_eq!(
            eval("Object.getOwnPropertyNames(new Error('x')).sort().join()")
                .to_text()
                .unwrap(),
            "column,line,message,sourceURL,stack"
        );
        scope.collect_garbage();
    }

    #[test]
    fn code_of_one_vm_runs_in_another() {
        const TEXT: &str = "(function probe(first) { return first * 2 + 1 })";
        let engine = Engine::open(&EngineOptions::default()).unwrap();
        let encoded = std::thread::spawn(|| {
            let vm = Vm::new(engine, true);
            let scope = vm.scope();
            let layout = crate::CodeLayout::probe(scope).unwrap();
            let script = Script {
                text: TEXT,
                url: "crust:probe",
            };
            let (function, compiled) = scope.evaluate_code(script, None, &layout, None).unwrap();
            assert_eq!(
                function
                    .call(&[scope.number(1.0)])
                    .unwrap()
                    .to_text()
                    .unwrap(),
                "3"
            );
            let broken = Script {
                text: "let a = ;",
                ..script
            };
            assert!(scope.evaluate_code(broken, None, &layout, None).is_err());
            let this = scope.object();
            this.set("x", scope.number(7.0)).unwrap();
            let read = Script {
                text: "this.x",
                ..script
            };
            let (seven, _) = scope
                .evaluate_code(read, Some(this), &layout, None)
                .unwrap();
            assert_eq!(seven.to_text().unwrap(), "7");
            scope.collect_garbage();
            (layout.to_bytes(), compiled.unwrap().encode(scope).unwrap())
        });
        let (layout, encoded) = encoded.join().unwrap();
        let layout = crate::CodeLayout::from_bytes(&layout).unwrap();
        let vm = Vm::new(engine, false);
        assert!(layout.verify(encoded.clone(), TEXT, vm.scope()));
        let other = TEXT.replace("* 2", "* 3");
        assert!(!layout.verify(encoded, &other, vm.scope()));
        vm.scope().collect_garbage();
    }

    #[test]
    fn runs_with_accelerators() {
        run(false);
    }
}
