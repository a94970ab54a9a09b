//! A program in pieces, each a run of whole modules.
//!
//! 1. Each piece is parsed, and says what it declares at the top level and which names it mentions.
//! 2. What one piece declares and another mentions becomes an export here and an import there: the piece is then a
//!    module like any other, and the compressor knows what it may do with it.
//! 3. Each piece is compressed, and says how often it uses each name of the top level, and each slot: what is declared
//!    further inside shares names where no two are seen at once ([`slots`]).
//! 4. The names are given out, the shortest to what is used most ([`names`]).
//! 5. Each piece is printed, without the imports and exports of step 2.
//!
//! A step begins when all pieces are through with the one before. Each thread keeps its pieces to itself, as their trees
//! are not for sharing.

mod cut;
mod join;
mod linkage;
mod names;
mod piece;
mod private_names;
mod slots;
mod top_level;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope, ScopedJoinHandle, available_parallelism, scope};

use oxc_allocator::Allocator;

use crate::jsx::ElementFunction;
use crate::{Minified, Settings};
use cut::Cut;
use join::Printed;
use linkage::{Linkage, Mentions};
use names::{Names, Uses};
use piece::{Read, Unfit};

/// Walks of the tree recurse.
const STACK: usize = 64 << 20;

/// What a thread says of its pieces after a step, by their numbers.
type Report<T> = Vec<(usize, T)>;

/// What is done with each piece.
#[derive(Clone, Copy)]
struct Wanted<'s> {
    settings: &'s Settings,
    elements: &'s [ElementFunction],
}

/// A thread's end of what is said between it and the one that waits for all.
struct Worker {
    mentions: Sender<Report<Mentions>>,
    linkage: Receiver<Arc<Linkage>>,
    uses: Sender<Report<Uses>>,
    names: Receiver<Arc<Names>>,
}

/// The other end.
struct Waiting {
    mentions: Receiver<Report<Mentions>>,
    linkage: Sender<Arc<Linkage>>,
    uses: Receiver<Report<Uses>>,
    names: Sender<Arc<Names>>,
}

/// Makes a program smaller piece by piece, or says that it has to stay whole.
pub(crate) fn minify(
    text: &str,
    elements: &[ElementFunction],
    least: usize,
    settings: &Settings,
) -> Option<Minified> {
    settings.minifier.compress.as_ref()?;
    settings.minifier.mangle.as_ref()?;
    let cuts = cut::cut(text, least);
    if cuts.len() < 2 {
        return None;
    }
    let threads = available_parallelism().map_or(1, usize::from);
    let shares = share(&cuts, threads.min(cuts.len()));
    let wanted = Wanted { settings, elements };
    let printed = scope(|scope| -> Option<Vec<Printed>> {
        let mut waiting = Vec::new();
        let mut running = Vec::new();
        for share in &shares {
            let (worker, other) = ends();
            waiting.push(other);
            running.extend(spawn(scope, share, wanted, worker));
        }
        let directed = direct(&waiting, cuts.len(), elements.len());
        // Without the other ends, whoever still waits gives up. All are joined, as one that panicked must be.
        drop(waiting);
        let ended: Vec<_> = running.into_iter().map(ScopedJoinHandle::join).collect();
        directed?;
        let mut printed = Vec::with_capacity(cuts.len());
        for report in ended {
            printed.extend(report.ok()??);
        }
        printed.sort_by_key(|(number, _)| *number);
        Some(printed.into_iter().map(|(_, printed)| printed).collect())
    })?;
    Some(join::join(printed, settings))
}

/// Deals the pieces out, the largest first, each to the thread with the least.
fn share<'t>(cuts: &[Cut<'t>], threads: usize) -> Vec<Vec<(usize, Cut<'t>)>> {
    let mut by_size: Vec<(usize, Cut<'t>)> = cuts.iter().copied().enumerate().collect();
    by_size.sort_by_key(|(_, cut)| std::cmp::Reverse(cut.text.len()));
    let mut shares: Vec<(usize, Vec<_>)> = vec![(0, Vec::new()); threads];
    for piece in by_size {
        if let Some((size, share)) = shares.iter_mut().min_by_key(|(size, _)| *size) {
            *size += piece.1.text.len();
            share.push(piece);
        }
    }
    shares.into_iter().map(|(_, share)| share).collect()
}

fn ends() -> (Worker, Waiting) {
    let (mentions, mentions_end) = channel();
    let (linkage, linkage_end) = channel();
    let (uses, uses_end) = channel();
    let (names, names_end) = channel();
    let worker = Worker {
        mentions,
        linkage: linkage_end,
        uses,
        names: names_end,
    };
    let waiting = Waiting {
        mentions: mentions_end,
        linkage,
        uses: uses_end,
        names,
    };
    (worker, waiting)
}

type Handle<'scope> = ScopedJoinHandle<'scope, Option<Report<Printed>>>;

fn spawn<'scope>(
    scope: &'scope Scope<'scope, '_>,
    share: &'scope [(usize, Cut<'scope>)],
    wanted: Wanted<'scope>,
    worker: Worker,
) -> Option<Handle<'scope>> {
    let thread = Builder::new().stack_size(STACK);
    thread
        .spawn_scoped(scope, move || work(share, wanted, &worker).ok())
        .ok()
}

/// Waits for all threads after each step. A thread that gave up has dropped its end.
fn direct(threads: &[Waiting], pieces: usize, elements: usize) -> Option<()> {
    let mut mentions = Vec::with_capacity(pieces);
    for thread in threads {
        mentions.extend(thread.mentions.recv().ok()?);
    }
    let declared: usize = mentions.iter().map(|(_, piece)| piece.elements).sum();
    if declared != elements {
        return None;
    }
    let linkage = Arc::new(Linkage::new(mentions)?);
    for thread in threads {
        thread.linkage.send(Arc::clone(&linkage)).ok()?;
    }
    let mut uses = Vec::with_capacity(pieces);
    for thread in threads {
        uses.extend(thread.uses.recv().ok()?);
    }
    let names = Arc::new(Names::new(uses));
    for thread in threads {
        thread.names.send(Arc::clone(&names)).ok()?;
    }
    Some(())
}

/// What one thread does.
fn work(
    share: &[(usize, Cut<'_>)],
    wanted: Wanted<'_>,
    worker: &Worker,
) -> Result<Report<Printed>, Unfit> {
    let settings = wanted.settings;
    let arenas: Vec<Allocator> = share.iter().map(|_| Allocator::default()).collect();
    let mut read = Vec::with_capacity(share.len());
    let mut mentions = Vec::with_capacity(share.len());
    for ((number, cut), arena) in share.iter().zip(&arenas) {
        let (piece, mentioned) = Read::new(arena, cut, wanted)?;
        read.push((*number, piece));
        mentions.push((*number, mentioned));
    }
    worker.mentions.send(mentions).map_err(|_| Unfit)?;

    let linkage = worker.linkage.recv().map_err(|_| Unfit)?;
    let mut short = Vec::with_capacity(share.len());
    let mut uses = Vec::with_capacity(share.len());
    for (number, piece) in read {
        let (piece, used) = piece.compress(linkage.of(number), settings)?;
        short.push((number, piece));
        uses.push((number, used));
    }
    worker.uses.send(uses).map_err(|_| Unfit)?;

    let names = worker.names.recv().map_err(|_| Unfit)?;
    let printed = short
        .into_iter()
        .map(|(number, piece)| (number, piece.print(&names, settings)));
    Ok(printed.collect())
}
