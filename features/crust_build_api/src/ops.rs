//! Natives of `Bun.build` and of single executables.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use crust_bundler::{BuildOptions, Hooks, MacroUse, PluginResolver};
use crust_core::{Call, GlobalValue, Op, OpError, OpResult, Scope};
use crust_payload::{Payload, ROOT};

use crate::config::Config;
use crate::executable::Executable;
use crate::hooks::{PluginHooks, Reply};
use crate::resolve;
use crate::results::{Finished, to_js};

/// The natives of this feature.
pub(crate) const OPS: &[Op] = &[
    Op::new("buildCheck", check),
    Op::new("buildOpen", open),
    Op::new("buildFile", file),
    Op::new("buildRun", run),
    Op::new("buildReply", reply),
    Op::new("buildDefer", defer),
    Op::new("buildResolve", find),
    Op::new("buildClose", close_build),
    Op::new("isStandalone", is_standalone),
    Op::new("embeddedPaths", embedded_paths),
];

/// A build that is prepared or under way.
struct Session {
    config: Rc<Config>,
    is_run: bool,
    /// Paths of the virtual files, and those whose contents are not taken yet.
    names: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, Vec<u8>>,
    hooks: Option<Arc<PluginHooks>>,
    /// For `build.resolve`, once a plugin has called it.
    resolver: Option<Arc<PluginResolver>>,
    /// The program's dispatcher of questions.
    dispatch: Option<GlobalValue>,
}

#[derive(Default)]
struct Sessions {
    next: u32,
    open: BTreeMap<u32, Session>,
}

thread_local! {
    // Each is dropped when its build is done.
    static SESSIONS: RefCell<Sessions> = RefCell::default();
}

fn closed() -> OpError {
    OpError::error("the build is over")
}

fn with_session<T>(
    number: u32,
    work: impl FnOnce(&mut Session) -> Result<T, OpError>,
) -> Result<T, OpError> {
    SESSIONS.with_borrow_mut(|sessions| work(sessions.open.get_mut(&number).ok_or_else(closed)?))
}

/// `buildCheck(config)`: throws what is wrong with it.
fn check<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Config::parse(&cx.string(0)?)?.options(BTreeMap::new())?;
    Ok(cx.undefined())
}

/// `buildOpen(config, dispatch) -> number` of a build.
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let config = Config::parse(&cx.string(0)?)?;
    let dispatch = (!cx.value(1).is_nullish()).then(|| cx.global(1));
    let number = SESSIONS.with_borrow_mut(|sessions| {
        sessions.next = sessions.next.wrapping_add(1);
        let number = sessions.next;
        sessions.open.insert(
            number,
            Session {
                config: Rc::new(config),
                is_run: false,
                names: BTreeSet::new(),
                files: BTreeMap::new(),
                hooks: None,
                resolver: None,
                dispatch,
            },
        );
        number
    });
    Ok(cx.make_number(f64::from(number)))
}

/// `buildFile(build, path, bytes)`: a virtual file.
fn file<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let number = cx.integer(0)?;
    let path = PathBuf::from(cx.string(1)?);
    let bytes = cx.bytes(2)?.to_vec();
    with_session(number, |session| {
        session.names.insert(path.clone());
        session.files.insert(path, bytes);
        Ok(())
    })?;
    Ok(cx.undefined())
}

/// `buildRun(build) -> Promise` of what `results.rs` makes.
fn run<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let number = cx.integer(0)?;
    let prepared = prepare(cx, number);
    let (config, hooks) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            close(number);
            return Err(error.into());
        }
    };
    let files = with_session(number, |session| Ok(std::mem::take(&mut session.files)))?;
    let mut options = match config.options(files) {
        Ok(options) => options,
        Err(error) => {
            close(number);
            return Err(error.into());
        }
    };
    let outdir = config
        .outdir
        .as_ref()
        .map(|path| config.folder().join(path));
    let metafile = config.metafile_path.clone();
    let executable = config
        .compile
        .as_ref()
        .map(|compile| Executable::new(cx, compile, &config, &options));
    let executable = executable.transpose()?;
    options.macros = MacroUse::Run(Arc::clone(&hooks) as Arc<_>);
    let hooks = hooks.wants_anything().then_some(hooks as Arc<dyn Hooks>);
    cx.spawn_blocking(
        move || {
            let mut built = crust_bundler::build(options, hooks);
            let mut written = None;
            if let (Ok(build), Some(path)) = (&mut built, metafile) {
                build.add_metafile(path);
            }
            if let (Ok(build), Some(executable)) = (&mut built, &executable) {
                match executable.write(build) {
                    Ok(paths) => written = Some(paths),
                    Err(failure) => built = Err(failure),
                }
            } else if let (Ok(build), Some(folder)) = (&built, &outdir) {
                match crust_bundler::write(build, folder) {
                    Ok(paths) => written = Some(paths),
                    Err(error) => built = Err(error.into()),
                }
            }
            Ok(Finished { built, written })
        },
        move |scope, finished| {
            close(number);
            to_js(scope, finished)
        },
    )
}

/// Takes the options out, and makes the way to the program for plugins and macros.
fn prepare(cx: &Call<'_>, number: u32) -> Result<(Rc<Config>, Arc<PluginHooks>), OpError> {
    let poster = cx.runtime().event_loop().poster();
    with_session(number, |session| {
        if std::mem::replace(&mut session.is_run, true) {
            return Err(closed());
        }
        let config = Rc::clone(&session.config);
        let hooks = PluginHooks::new(number, poster, ask, &config.resolve, &config.load)?;
        session.hooks = Some(Arc::clone(&hooks));
        Ok((config, hooks))
    })
}

/// `buildClose(build)`: one that may never have been run.
fn close_build<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    close(cx.integer(0)?);
    Ok(cx.undefined())
}

fn close(number: u32) {
    SESSIONS.with_borrow_mut(|sessions| drop(sessions.open.remove(&number)));
}

/// Asks the program, on its thread.
fn ask(scope: Scope<'_>, number: u32, question: &str) {
    let dispatch = SESSIONS.with_borrow(|sessions| {
        let session = sessions.open.get(&number)?;
        session
            .dispatch
            .as_ref()
            .map(|dispatch| dispatch.get(scope))
    });
    let Some(dispatch) = dispatch else {
        return;
    };
    // The dispatcher catches what callbacks throw; what it throws itself ends the question, or the build
    // would wait for ever.
    if dispatch.call(&[scope.string(question)]).is_err() {
        let id = serde_json::from_str::<serde_json::Value>(question)
            .ok()
            .and_then(|question| question.get("id")?.as_u64())
            .and_then(|id| u32::try_from(id).ok());
        if let Some(id) = id {
            give(number, id, Reply::default());
        }
    }
}

fn give(number: u32, question: u32, reply: Reply) {
    let hooks = SESSIONS.with_borrow(|sessions| sessions.open.get(&number)?.hooks.clone());
    if let Some(hooks) = hooks {
        hooks.reply(question, reply);
    }
}

/// `buildReply(build, question, text | null, bytes | null)`.
fn reply<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (number, question) = (cx.integer(0)?, cx.integer(1)?);
    let text = cx.opt_string(2)?;
    let bytes = if cx.is_bytes(3) {
        Some(cx.bytes(3)?.to_vec())
    } else {
        None
    };
    give(number, question, Reply { text, bytes });
    Ok(cx.undefined())
}

/// `buildDefer(build, question)`: another question says when all other modules are loaded.
fn defer<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (number, question) = (cx.integer(0)?, cx.integer(1)?);
    let hooks = with_session(number, |session| Ok(session.hooks.clone()))?;
    if hooks.is_some_and(|hooks| hooks.defer(question)) {
        return Ok(cx.undefined());
    }
    Err(OpError::error("defer() must be called before onLoad gives its answer").into())
}

/// `buildResolve(build, wanted) -> Promise` of JSON: where an import leads, or what is wrong.
fn find<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let number = cx.integer(0)?;
    let wanted = resolve::wanted(&cx.string(1)?)?;
    let resolver = with_session(number, |session| {
        if let Some(resolver) = &session.resolver {
            return Ok(Arc::clone(resolver));
        }
        let names = session.names.iter().cloned();
        let files = names.map(|name| (name, Vec::new())).collect();
        let options: BuildOptions = session.config.options(files)?;
        let resolver = Arc::new(PluginResolver::new(options));
        session.resolver = Some(Arc::clone(&resolver));
        Ok(resolver)
    })?;
    cx.spawn_blocking(
        move || Ok(resolve::answer(resolver.resolve(&wanted))),
        |scope, answer| Ok(scope.string(&answer)),
    )
}

/// `isStandalone()`: whether this is a single executable.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn is_standalone<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_bool(matches!(Payload::of_this_program(), Ok(Some(_)))))
}

/// `embeddedPaths() -> string[]`: the absolute paths of the assets of a single executable.
fn embedded_paths<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let payload = Payload::of_this_program().ok().flatten();
    let files = payload.map(|payload| payload.index.files.as_slice());
    let assets = files.unwrap_or_default().iter().filter(|file| file.asset);
    cx.make_array(assets, |scope, file| {
        scope.string(&format!("{ROOT}{}", file.path))
    })
}
