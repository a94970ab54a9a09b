//! The bytecode of a program's modules, kept for its next runs: the engine then neither parses nor
//! compiles them. One file per program holds that of all its scripts, ours included.
//!
//! A program's first run leaves an empty file, the second fills it, the third and later ones use it,
//! so that what runs once costs nothing. Sources that have changed are compiled as ever, and when
//! they are many the file is emptied. What has no file of its own, such as a worker of `crust test`
//! or the program of `--eval`, shares a file that holds our scripts alone and grows by what is
//! missing. Whatever is wrong with the file or its folder, the program runs without it. Never used
//! on the portable engine.

mod folder;
mod pack;

use folder::{Found, Place};
use jsc::{CodeLayout, CompiledCode, Engine, Exception, KeptCode, Scope, Script, Value, Vm};
use pack::{Key, Pack};
use rustc_hash::FxHashMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::path::{Path, PathBuf};

/// Scripts whose bytecode is kept in one file, at most: a large application has some thousands.
const MOST_SCRIPTS: usize = 20_000;
/// Bytes of their texts, at most. The bytecode is about as long as the text.
const MOST_TEXT: usize = 32 << 20;
/// A file is emptied when more than this part of the texts is not in it.
const STALE_PART: usize = 8;

/// What this process does with the cache.
pub(crate) struct CodeCache {
    place: Option<Place>,
    /// Read from the file, or probed at the first script that is recorded.
    layout: OnceCell<Option<CodeLayout>>,
    mode: Cell<Mode>,
    /// Only our own scripts are kept.
    is_shared: bool,
    kept: RefCell<FxHashMap<Key, KeptCode>>,
    /// What the file held.
    read: Vec<(Key, &'static [u8])>,
    compiled: RefCell<Vec<(Key, CompiledCode)>>,
    /// Bytes of text that ran by kept bytecode, and that did not.
    used: Cell<usize>,
    missed: Cell<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Off,
    /// The program has no file yet.
    First,
    /// What is compiled will be written.
    Record,
    Use,
}

/// What was found before there was an engine.
pub(crate) struct Prepared {
    place: Option<Place>,
    is_shared: bool,
    found: Found,
}

/// The beginning of the names of our scripts.
const OWN: &str = "crust:";

impl Prepared {
    /// Reads the file of a program, while the engine's library is being linked.
    pub(crate) fn read(folder: Option<&Path>, program: Option<&PathBuf>) -> Self {
        let program = program.filter(|path| path.is_absolute());
        let name = program.cloned().unwrap_or_else(shared_name);
        let place = folder.and_then(|folder| Place::new(folder, &name));
        let found = place.as_ref().map_or(Found::Nothing, Place::read);
        Self {
            place,
            is_shared: program.is_none(),
            found,
        }
    }
}

/// The name of the shared file, no path of a program: another build has another file, so that none
/// collects the scripts of its predecessors.
fn shared_name() -> PathBuf {
    let binary = std::env::current_exe().and_then(std::fs::metadata);
    let built = binary.map(|binary| (binary.len(), binary.modified().ok()));
    PathBuf::from(format!("crust {built:?}"))
}

impl CodeCache {
    pub(crate) fn new(prepared: Prepared, engine: &Engine) -> Self {
        let mut cache = Self {
            place: prepared.place,
            layout: OnceCell::new(),
            mode: Cell::new(Mode::Off),
            is_shared: prepared.is_shared,
            kept: RefCell::default(),
            read: Vec::new(),
            compiled: RefCell::default(),
            used: Cell::new(0),
            missed: Cell::new(0),
        };
        let Some(identity) = engine.library_identity() else {
            return cache;
        };
        if cache.place.is_none() {
            return cache;
        }
        cache.mode = Cell::new(match prepared.found {
            Found::Nothing => Mode::First,
            Found::Empty => Mode::Record,
            Found::Bytes(bytes) => match Pack::parse(bytes.leak(), identity) {
                Some(pack) => {
                    cache.layout = OnceCell::from(Some(pack.layout));
                    cache.kept = RefCell::new(pack.in_engine_form());
                    cache.read = pack.scripts;
                    Mode::Use
                }
                None => Mode::Record,
            },
        });
        cache
    }

    /// As [`Scope::evaluate_with`].
    pub(crate) fn evaluate<'s>(
        &self,
        scope: Scope<'s>,
        script: Script<'_>,
        this: Option<Value<'s>>,
    ) -> Result<Value<'s>, Exception<'s>> {
        if self.is_shared && !script.url.starts_with(OWN) {
            return scope.evaluate_with(script, this);
        }
        match self.mode.get() {
            Mode::Off | Mode::First => scope.evaluate_with(script, this),
            Mode::Use => self.use_kept(scope, script, this),
            Mode::Record => self.record(scope, script, this),
        }
    }

    fn use_kept<'s>(
        &self,
        scope: Scope<'s>,
        script: Script<'_>,
        this: Option<Value<'s>>,
    ) -> Result<Value<'s>, Exception<'s>> {
        let kept = self.kept.borrow_mut().remove(&Key::of(script.text));
        let (Some(kept), Some(layout)) = (kept, self.layout_of(scope)) else {
            if self.is_shared {
                return self.record(scope, script, this);
            }
            self.missed.set(self.missed.get() + script.text.len());
            return scope.evaluate_with(script, this);
        };
        self.used.set(self.used.get() + script.text.len());
        let (value, _) = scope.evaluate_code(script, this, &layout, Some(kept))?;
        Ok(value)
    }

    fn record<'s>(
        &self,
        scope: Scope<'s>,
        script: Script<'_>,
        this: Option<Value<'s>>,
    ) -> Result<Value<'s>, Exception<'s>> {
        let missed = self.missed.get() + script.text.len();
        let is_full = missed > MOST_TEXT || self.compiled.borrow().len() >= MOST_SCRIPTS;
        let Some(layout) = self.layout_of(scope).filter(|_| !is_full) else {
            return scope.evaluate_with(script, this);
        };
        self.missed.set(missed);
        let (value, compiled) = scope.evaluate_code(script, this, &layout, None)?;
        if let Some(compiled) = compiled {
            let key = Key::of(script.text);
            self.compiled.borrow_mut().push((key, compiled));
        }
        Ok(value)
    }

    fn layout_of(&self, scope: Scope<'_>) -> Option<CodeLayout> {
        *self.layout.get_or_init(|| CodeLayout::probe(scope))
    }

    /// Leaves at the end of a process what its successors need.
    pub(crate) fn save(&self, engine: &'static Engine, vm: &Vm) {
        let mode = self.mode.replace(Mode::Off);
        let Some(place) = &self.place else {
            return;
        };
        match mode {
            Mode::Off => {}
            Mode::First => place.empty(),
            Mode::Use if self.is_shared => {
                if !self.compiled.borrow().is_empty()
                    && let Some(bytes) = self.encode(engine, vm)
                {
                    place.write(&bytes);
                }
            }
            Mode::Use => {
                let texts = self.used.get() + self.missed.get();
                if self.missed.get() > texts / STALE_PART {
                    place.empty();
                }
            }
            Mode::Record => {
                if let Some(bytes) = self.encode(engine, vm) {
                    place.write(&bytes);
                }
            }
        }
    }

    fn encode(&self, engine: &'static Engine, vm: &Vm) -> Option<Vec<u8>> {
        let identity = engine.library_identity()?;
        let compiled = self.compiled.take();
        vm.locked(|scope| {
            let layout = self.layout_of(scope)?;
            let encoded: Vec<(Key, Vec<u8>)> = compiled
                .iter()
                .filter_map(|(key, code)| Some((*key, code.encode(scope)?)))
                .collect();
            if encoded.is_empty() || !is_understood(engine, scope, layout) {
                return None;
            }
            let mut scripts = self.read.clone();
            scripts.extend(encoded.iter().map(|(key, code)| (*key, code.as_slice())));
            Some(pack::write(identity, layout, &scripts))
        })
    }
}

/// Whether a VM of its own takes what this process encodes: the proof that the layout is right.
fn is_understood(engine: &'static Engine, scope: Scope<'_>, layout: CodeLayout) -> bool {
    const TEXT: &str = "(function understood(first) { return first * 2 + 1 })";
    let script = Script {
        text: TEXT,
        url: "crust:probe",
    };
    let encoded = scope
        .evaluate_code(script, None, &layout, None)
        .ok()
        .and_then(|(_, compiled)| compiled?.encode(scope));
    encoded.is_some_and(|encoded| {
        let check = move || {
            let vm = Vm::new(engine, false);
            layout.verify(encoded, TEXT, vm.scope())
        };
        std::thread::spawn(check).join().unwrap_or(false)
    })
}
