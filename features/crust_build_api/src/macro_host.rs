//! Macros of a build that no program started (`crust build`): its files' calls wait in a queue, which a builtin module
//! works off once there is an engine. Starts no engine.

use std::fmt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use crust_bundler::{MacroRequest, MacroResults, MacroRunner};
use crust_core::{Call, Op, OpResult};
use serde_json::json;
use tokio::sync::oneshot;

use crate::macros;

/// The builtin module that serves the queue; its `start()` gives a promise of the queue's end.
pub const MACRO_HOST: &str = "crust:build_api/macro_host";

/// The natives of this file.
pub(crate) const OPS: &[Op] = &[Op::new("macroTask", task), Op::new("macroDone", done)];

/// A file whose calls wait.
struct Task {
    text: String,
    answer: oneshot::Sender<String>,
}

/// The process's one queue: a command line is one build.
#[derive(Default)]
struct Queue {
    tasks: Option<Arc<Mutex<Receiver<Task>>>>,
    next: u32,
    open: Vec<(u32, oneshot::Sender<String>)>,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue {
    tasks: None,
    next: 0,
    open: Vec::new(),
});

fn queue<T>(work: impl FnOnce(&mut Queue) -> T) -> T {
    work(&mut QUEUE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Puts the calls of a build into the queue.
pub struct MacroHost {
    /// `None` when the build is over.
    tasks: Mutex<Option<Sender<Task>>>,
    /// Called with each task; the first needs an engine.
    wanted: Box<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for MacroHost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MacroHost").finish_non_exhaustive()
    }
}

impl MacroHost {
    /// Opens the queue.
    pub fn open(wanted: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, receiver) = channel();
        queue(|queue| queue.tasks = Some(Arc::new(Mutex::new(receiver))));
        Self {
            tasks: Mutex::new(Some(sender)),
            wanted: Box::new(wanted),
        }
    }

    /// The build is over: who works the queue off stops.
    pub fn end(&self) {
        *self.tasks.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Forgets what waits: nobody works it off any more.
    pub fn close() {
        queue(|queue| {
            queue.tasks = None;
            queue.open.clear();
        });
    }
}

impl MacroRunner for MacroHost {
    fn run(&self, request: MacroRequest) -> MacroResults<'_> {
        let (answer, answered) = oneshot::channel();
        let text = json!({
            "importer": request.importer,
            "calls": macros::calls(&request.calls),
        });
        let task = Task {
            text: text.to_string(),
            answer,
        };
        // A queue that is closed drops the task, and with it the question.
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tasks) = &*tasks {
            let _ = tasks.send(task);
        }
        drop(tasks);
        (self.wanted)();
        Box::pin(async move { macros::results(answered.await.ok().as_deref()) })
    }
}

/// `macroTask() -> Promise` of `{ id, text }`, or of undefined when the build is over.
fn task<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let tasks = queue(|queue| queue.tasks.clone());
    cx.spawn_blocking(
        move || {
            let Some(tasks) = tasks else {
                return Ok(None);
            };
            let tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(tasks.recv().ok())
        },
        |scope, task: Option<Task>| {
            let Some(Task { text, answer }) = task else {
                return Ok(scope.undefined());
            };
            let id = queue(|queue| {
                queue.next = queue.next.wrapping_add(1);
                queue.open.push((queue.next, answer));
                queue.next
            });
            let object = scope.object();
            object.set("id", scope.number(f64::from(id)))?;
            object.set("text", scope.string(&text))?;
            Ok(object)
        },
    )
}

/// `macroDone(id, results)`
fn done<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (id, text) = (cx.integer::<u32>(0)?, cx.string(1)?);
    let answer = queue(|queue| {
        let index = queue.open.iter().position(|(open, _)| *open == id)?;
        Some(queue.open.swap_remove(index).1)
    });
    if let Some(answer) = answer {
        // A build that has failed waits for nothing any more.
        let _ = answer.send(text);
    }
    Ok(cx.undefined())
}
