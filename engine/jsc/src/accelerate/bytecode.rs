//! Keeping the bytecode of scripts from one process to the next. The engine asks a script's source
//! provider for bytecode before it compiles (`cachedBytecode`), and offers it a generator afterwards
//! (`cacheBytecode`); both are virtual functions whose base does nothing, and no public interface
//! reaches them. Here a provider is made by the engine, gets the text in place of its own, and a copy
//! of its method table in which these two are ours.
//!
//! What a function adds to its script's bytecode is decoded when the function is first called, so
//! given bytes stay for the life of the process. Bytes are trusted: the engine checks its own version
//! and the text, but no bounds. Whoever keeps them sees to it that they are what was encoded.

use super::{memory, strings};
use crate::engine::{api, engine};
use crate::exception::Exception;
use crate::scope::{Scope, Script};
use crate::string::JsString;
use crate::value::Value;
use jsc_sys::{JSContextGroupRef, JSContextRef, JSStringRef, JSValueRef};
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::mem::transmute;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

type CreateScript = unsafe extern "C" fn(
    JSContextGroupRef,
    JSStringRef,
    c_int,
    JSStringRef,
    *mut JSStringRef,
    *mut c_int,
) -> *mut usize;
type EvaluateScript =
    unsafe extern "C" fn(JSContextRef, *mut usize, JSValueRef, *mut JSValueRef) -> JSValueRef;
type ReleaseScript = unsafe extern "C" fn(*mut usize);
/// `RefPtr<CachedBytecode> encodeCodeBlock(VM&, const SourceCodeKey&, const UnlinkedCodeBlock*)`.
type Encode = unsafe extern "C" fn(*mut *mut usize, JSContextGroupRef, *const SourceCodeKey, usize);

/// The functions that this takes.
#[derive(Clone, Copy)]
struct Symbols {
    create: CreateScript,
    evaluate: EvaluateScript,
    release: ReleaseScript,
    encode: Encode,
}

/// `JSC::SourceCodeKey`, of which only the first word, the provider, is looked at.
type SourceCodeKey = [usize; 5];

/// Words of an `OpaqueJSScript` in which its text is looked for.
const SCRIPT_WORDS: usize = 24;
/// Words of a `CachedBytecode` that are copied to make one.
const BYTECODE_WORDS: usize = 16;
/// Entries of a method table that are copied, the two before its start included.
const TABLE_WORDS: usize = 24;
const TABLE_START: usize = 2;
/// Entries of `SourceProvider`'s method table.
const CACHED_BYTECODE: usize = TABLE_START + 4;
const CACHE_BYTECODE: usize = TABLE_START + 5;
/// A reference count that no number of references uses up or doubles beyond 32 bits.
const FOR_EVER: usize = 1 << 29;
/// A `StringImpl` counts references in steps of two.
const STRING_REFERENCE: u32 = 2;
/// Offset of the `StringImpl*` in an `OpaqueJSString`.
const OPAQUE_IMPL: usize = 1;

/// Where the engine has the parts that this replaces. Found once by [`CodeLayout::probe`], and the
/// same for every process with the same library file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeLayout {
    /// The word of a script object that points to its text.
    text_word: u8,
    /// What a `CachedBytecode` is made of.
    words: [Word; BYTECODE_WORDS],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Literal(u32),
    Data,
    Size,
}

/// A script that was compiled in this process, kept from collection until it is encoded.
pub struct CompiledCode {
    context: JSContextRef,
    key: SourceCodeKey,
    block: usize,
}

/// Bytecode of another process in the form that the engine takes. Never freed.
#[derive(Clone, Copy)]
pub struct KeptCode {
    object: *const usize,
}

/// The evaluation under way, for the two functions that the engine calls during it.
struct Evaluation {
    provider: *mut usize,
    kept: Option<KeptCode>,
    compiled: Cell<Option<(SourceCodeKey, usize)>>,
    group: JSContextGroupRef,
}

thread_local! {
    static EVALUATION: Cell<*const Evaluation> = const { Cell::new(ptr::null()) };
}

impl CodeLayout {
    /// Bytes of [`CodeLayout::to_bytes`].
    pub const SIZE: usize = 1 + BYTECODE_WORDS * 5;

    /// Finds the layout by compiling and encoding a small program. `None` where the engine is not
    /// as expected.
    pub fn probe(scope: Scope<'_>) -> Option<Self> {
        symbols()?;
        let script = Script {
            text: "(function probe(first) { return first + 1 })",
            url: "crust:probe",
        };
        let text_word = find_text_word(scope)?;
        let unknown = Self {
            text_word,
            words: [Word::Literal(0); BYTECODE_WORDS],
        };
        let (_, compiled) = scope.evaluate_code(script, None, &unknown, None).ok()?;
        let compiled = compiled?;
        let object = compiled.encode_object(scope)?;
        let mut words = [Word::Literal(0); BYTECODE_WORDS];
        let (size, data) = (read_word(object, 1)?, read_word(object, 2)?);
        for (index, word) in words.iter_mut().enumerate().skip(1) {
            *word = match read_word(object, index)? {
                value if value == size => Word::Size,
                value if value == data => Word::Data,
                value => Word::Literal(u32::try_from(value).unwrap_or(0)),
            };
        }
        let starts_as_known =
            words.get(1) == Some(&Word::Size) && words.get(2) == Some(&Word::Data);
        // The data begins with what can be read and is as long as it says.
        memory::read::<16>(ptr::with_exposed_provenance(data))?;
        (starts_as_known && size < 1 << 20).then_some(Self { text_word, words })
    }

    /// Whether bytes that `scope`'s process encoded are taken by a fresh VM, which must be another.
    pub fn verify(&self, encoded: Vec<u8>, text: &str, scope: Scope<'_>) -> bool {
        let script = Script {
            text,
            url: "crust:probe",
        };
        let kept = KeptCode::new(self, encoded.leak());
        let Ok((function, compiled)) = scope.evaluate_code(script, None, self, Some(kept)) else {
            return false;
        };
        let answer = function.call(&[scope.number(20.5)]);
        compiled.is_none()
            && answer
                .and_then(Value::to_number)
                .is_ok_and(|number| number.to_bits() == 42.0_f64.to_bits())
    }

    /// For keeping it beside what was encoded.
    pub fn to_bytes(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[0] = self.text_word;
        for (chunk, word) in bytes[1..].chunks_exact_mut(5).zip(&self.words) {
            let (kind, value) = match word {
                Word::Literal(value) => (0, *value),
                Word::Data => (1, 0),
                Word::Size => (2, 0),
            };
            chunk[0] = kind;
            chunk[1..].copy_from_slice(&value.to_le_bytes());
        }
        bytes
    }

    /// `None` for what [`CodeLayout::to_bytes`] never gives.
    pub fn from_bytes(bytes: &[u8; Self::SIZE]) -> Option<Self> {
        let mut words = [Word::Literal(0); BYTECODE_WORDS];
        for (chunk, word) in bytes[1..].chunks_exact(5).zip(&mut words) {
            let value = u32::from_le_bytes(chunk[1..].try_into().ok()?);
            *word = match (chunk[0], value) {
                (0, value) => Word::Literal(value),
                (1, 0) => Word::Data,
                (2, 0) => Word::Size,
                _ => return None,
            };
        }
        let text_word = bytes[0];
        (usize::from(text_word) < SCRIPT_WORDS).then_some(Self { text_word, words })
    }
}

impl KeptCode {
    /// Wraps encoded bytes.
    pub fn new(layout: &CodeLayout, bytes: &'static [u8]) -> Self {
        let mut object = [0_usize; BYTECODE_WORDS];
        for (target, word) in object.iter_mut().zip(&layout.words) {
            *target = match word {
                Word::Literal(value) => *value as usize,
                Word::Data => bytes.as_ptr().expose_provenance(),
                Word::Size => bytes.len(),
            };
        }
        object[0] = FOR_EVER;
        Self {
            object: Box::leak(Box::new(object)).as_ptr(),
        }
    }
}

impl<'s> Scope<'s> {
    /// As [`Scope::evaluate_with`], by `kept` bytecode if the engine takes it; else it compiles, and
    /// what it compiled is the second answer.
    ///
    /// # Errors
    /// As [`Scope::evaluate`].
    pub fn evaluate_code(
        self,
        script: Script<'_>,
        this: Option<Value<'s>>,
        layout: &CodeLayout,
        kept: Option<KeptCode>,
    ) -> Result<(Value<'s>, Option<CompiledCode>), Exception<'s>> {
        let provider = symbols()
            .and_then(|symbols| Some((symbols, make_provider(self, symbols, script, layout)?)));
        let Some((symbols, provider)) = provider else {
            return Ok((self.evaluate_with(script, this)?, None));
        };
        // SAFETY: the context is alive.
        let group = unsafe { (api().JSContextGetGroup)(self.context()) };
        let evaluation = Evaluation {
            provider,
            kept,
            compiled: Cell::new(None),
            group,
        };
        let outer = EVALUATION.replace(&raw const evaluation);
        let this = this.map_or(ptr::null_mut(), Value::as_raw);
        let result = self.attempt(|exception| {
            // SAFETY: context, script and `this` are alive; a null `this` is undefined, for which
            // a program has the global object.
            unsafe { (symbols.evaluate)(self.context(), provider, this, exception) }
        });
        EVALUATION.set(outer);
        let compiled = evaluation.compiled.take();
        if compiled.is_none() {
            // SAFETY: our reference; what was compiled has its own. A key that is encoded later
            // names the provider, which then stays.
            unsafe { (symbols.release)(provider) };
        }
        let compiled = compiled.map(|(key, block)| CompiledCode::new(self.context(), key, block));
        Ok((self.wrap(result?), compiled))
    }
}

impl CompiledCode {
    fn new(context: JSContextRef, key: SourceCodeKey, block: usize) -> Self {
        // SAFETY: a live cell that the engine has just handed to `cacheBytecode`. Protection takes
        // any cell.
        unsafe { (api().JSValueProtect)(context, ptr::with_exposed_provenance_mut(block)) };
        Self {
            context,
            key,
            block,
        }
    }

    /// The bytecode of the script and of its functions that ran so far.
    pub fn encode(&self, scope: Scope<'_>) -> Option<Vec<u8>> {
        let object = self.encode_object(scope)?;
        let (size, data) = (read_word(object, 1)?, read_word(object, 2)?);
        let data: *const u8 = ptr::with_exposed_provenance(data);
        if data.is_null() || size > i32::MAX as usize {
            return None;
        }
        // SAFETY: the layout was probed: `size` bytes at `data`, owned by an object that is never
        // freed.
        Some(unsafe { std::slice::from_raw_parts(data, size) }.to_vec())
    }

    fn encode_object(&self, scope: Scope<'_>) -> Option<*const usize> {
        let symbols = symbols()?;
        let mut object: *mut usize = ptr::null_mut();
        super::locked(scope.context(), || {
            // SAFETY: the VM is locked, the block is protected, and the key's provider is not
            // released. The result comes by hidden pointer and keeps its reference.
            unsafe {
                let group = (api().JSContextGetGroup)(scope.context());
                (symbols.encode)(&raw mut object, group, &raw const self.key, self.block);
            }
        });
        (!object.is_null()).then_some(object.cast_const())
    }
}

impl Drop for CompiledCode {
    fn drop(&mut self) {
        let cell = ptr::with_exposed_provenance_mut(self.block);
        // SAFETY: one unprotect for the protect of `new`.
        unsafe { (api().JSValueUnprotect)(self.context, cell) };
    }
}

fn symbols() -> Option<Symbols> {
    static SYMBOLS: OnceLock<Option<Symbols>> = OnceLock::new();
    *SYMBOLS.get_or_init(|| {
        if engine().is_portable() {
            return None;
        }
        let library = engine().library();
        let create = library.symbol(c"JSScriptCreateFromString")?;
        let evaluate = library.symbol(c"JSScriptEvaluate")?;
        let release = library.symbol(c"JSScriptRelease")?;
        let encode = library.symbol(
            c"_ZN3JSC15encodeCodeBlockERNS_2VMERKNS_13SourceCodeKeyEPKNS_17UnlinkedCodeBlockE",
        )?;
        // SAFETY: WebKit declares the first three so; the mangled name gives the last.
        unsafe {
            Some(Symbols {
                create: transmute::<*mut c_void, CreateScript>(create),
                evaluate: transmute::<*mut c_void, EvaluateScript>(evaluate),
                release: transmute::<*mut c_void, ReleaseScript>(release),
                encode: transmute::<*mut c_void, Encode>(encode),
            })
        }
    })
}

/// The text that scripts are made with, a valid program. Each has a copy of it, which is looked for
/// and replaced.
const DUMMY: &str = "'dummytext'";

fn create_script(scope: Scope<'_>, symbols: Symbols, url: &str) -> *mut usize {
    let url = JsString::from_str(url);
    // SAFETY: group and strings are alive; the text is a valid program, so there is no error.
    unsafe {
        let group = (api().JSContextGetGroup)(scope.context());
        let text = JsString::from_str(DUMMY);
        let none = ptr::null_mut();
        (symbols.create)(group, url.as_raw(), 1, text.as_raw(), none, ptr::null_mut())
    }
}

fn find_text_word(scope: Scope<'_>) -> Option<u8> {
    engine().accelerators().strings()?;
    let script = create_script(scope, symbols()?, "crust:probe");
    if script.is_null() {
        return None;
    }
    let found = (1..SCRIPT_WORDS)
        .find(|index| read_word(script, *index).is_some_and(|word| strings::is_text(word, DUMMY)));
    // The script is not released: it is one, and small.
    u8::try_from(found?).ok()
}

/// A script object with our text and method table; one reference is the caller's.
fn make_provider(
    scope: Scope<'_>,
    symbols: Symbols,
    script: Script<'_>,
    layout: &CodeLayout,
) -> Option<*mut usize> {
    let strings = engine().accelerators().strings()?;
    let provider = create_script(scope, symbols, script.url);
    if provider.is_null() {
        return None;
    }
    let text = JsString::from_str(script.text);
    // SAFETY: a script object of this library, for which the layout was probed: the word is that
    // of its text. It has the only reference to the dummy, which ends here, and gets one to the new
    // text, which it gives back at its end.
    unsafe {
        let place = provider.add(usize::from(layout.text_word));
        strings.release(ptr::with_exposed_provenance_mut(place.read()));
        let text = text.as_raw().cast::<usize>().add(OPAQUE_IMPL).read();
        let count: *mut u32 = ptr::with_exposed_provenance_mut(text);
        AtomicU32::from_ptr(count).fetch_add(STRING_REFERENCE, Ordering::Relaxed);
        place.write(text);
        let table: *const usize = ptr::with_exposed_provenance(provider.read());
        provider.write(method_table(table).expose_provenance());
    }
    Some(provider)
}

/// The scripts' method table with two functions of ours.
///
/// # Safety
/// `original` is the method table of a script object.
unsafe fn method_table(original: *const usize) -> *const usize {
    static TABLE: OnceLock<&'static [usize; TABLE_WORDS]> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table = [0_usize; TABLE_WORDS];
        // SAFETY: tables of one library lie side by side; a few words beyond the last entry are
        // entries of the next, and are not used.
        unsafe {
            let start = original.sub(TABLE_START);
            ptr::copy_nonoverlapping(start, table.as_mut_ptr(), TABLE_WORDS);
        }
        table[CACHED_BYTECODE] = cached_bytecode as *const () as usize;
        table[CACHE_BYTECODE] = cache_bytecode as *const () as usize;
        Box::leak(Box::new(table))
    });
    table.as_ptr().wrapping_add(TABLE_START)
}

/// The evaluation of this provider.
fn evaluation_of(provider: *const usize) -> Option<&'static Evaluation> {
    let current = EVALUATION.get();
    // SAFETY: null or the innermost `evaluate_code` on this thread's stack, which outlives the call
    // of the engine that led here.
    let evaluation = unsafe { current.as_ref() }?;
    ptr::eq(evaluation.provider, provider).then_some(evaluation)
}

/// `RefPtr<CachedBytecode> SourceProvider::cachedBytecode() const`; the result by hidden pointer.
unsafe extern "C" fn cached_bytecode(
    result: *mut *const usize,
    provider: *const usize,
) -> *mut *const usize {
    let kept = evaluation_of(provider).and_then(|evaluation| evaluation.kept);
    // The count of references starts so high that it never ends.
    let object = kept.map_or(ptr::null(), |kept| kept.object);
    // SAFETY: the caller's space for the result. The object's count is a plain number of this
    // thread's VM.
    unsafe {
        if !object.is_null() {
            let count: *mut u32 = object.cast_mut().cast();
            AtomicU32::from_ptr(count).fetch_add(1, Ordering::Relaxed);
        }
        result.write(object);
    }
    result
}

/// `void SourceProvider::cacheBytecode(const BytecodeCacheGenerator&) const`: the generator, a
/// `WTF::Function`, points to a wrapper that holds the addresses of what it would encode.
unsafe extern "C" fn cache_bytecode(provider: *const usize, generator: *const *const usize) {
    /// After the wrapper's own method table.
    const CAPTURES: std::ops::RangeInclusive<usize> = 1..=3;
    let Some(evaluation) = evaluation_of(provider) else {
        return;
    };
    let (mut key, mut block) = (None, None);
    // SAFETY: the wrapper is alive during this call; each captured word is the VM or the address of
    // a variable of the caller, and the key is five words.
    unsafe {
        let wrapper = generator.read();
        for index in CAPTURES {
            let captured = wrapper.add(index).read();
            if captured == evaluation.group.addr() {
                continue;
            }
            let variable: *const usize = ptr::with_exposed_provenance(captured);
            let Some(first) = memory::read_word(variable.cast()) else {
                return;
            };
            if first == provider.addr() {
                key = Some(variable.cast::<SourceCodeKey>().read());
            } else {
                block = Some(first);
            }
        }
    }
    if let (Some(key), Some(block)) = (key, block) {
        evaluation.compiled.set(Some((key, block)));
    }
}

fn read_word(object: *const usize, index: usize) -> Option<usize> {
    memory::read_word(object.wrapping_add(index).cast())
}
