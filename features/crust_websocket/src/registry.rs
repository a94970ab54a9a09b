//! The hubs and sockets of this thread by number, and the sockets that have something to write.

use crate::hub::Hub;
use crate::socket::Socket;
use crust_core::Runtime;
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

thread_local! {
    static HUBS: RefCell<Slab<Rc<Hub>>> = const { RefCell::new(Slab::new()) };
    // A socket leaves when its connection ends.
    static SOCKETS: RefCell<Slab<Rc<Socket>>> = const { RefCell::new(Slab::new()) };
    static DIRTY: RefCell<Vec<Rc<Socket>>> = const { RefCell::new(Vec::new()) };
    static FLUSHES: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn add_hub(hub: Rc<Hub>) -> usize {
    // What programs wrote in one turn of the loop goes out before it sleeps.
    if !FLUSHES.replace(true) {
        Runtime::current().on_flush(flush);
    }
    HUBS.with_borrow_mut(|hubs| hubs.insert(hub))
}

/// The hub of a number.
pub fn hub(id: usize) -> Option<Rc<Hub>> {
    HUBS.with_borrow(|hubs| hubs.get(id).cloned())
}

pub(crate) fn remove_hub(id: usize) {
    // Dropped after the borrow ends.
    let hub = HUBS.with_borrow_mut(|hubs| hubs.try_remove(id));
    drop(hub);
}

pub(crate) fn add_socket(make: impl FnOnce(usize) -> Rc<Socket>) -> Rc<Socket> {
    SOCKETS.with_borrow_mut(|sockets| {
        let entry = sockets.vacant_entry();
        let socket = make(entry.key());
        entry.insert(Rc::clone(&socket));
        socket
    })
}

pub(crate) fn socket(key: usize) -> Option<Rc<Socket>> {
    SOCKETS.with_borrow(|sockets| sockets.get(key).cloned())
}

/// Calls `visit` with the sockets of these numbers.
pub(crate) fn each<'k>(
    keys: impl IntoIterator<Item = &'k usize>,
    mut visit: impl FnMut(&Rc<Socket>),
) {
    SOCKETS.with_borrow(|sockets| {
        for key in keys {
            if let Some(socket) = sockets.get(*key) {
                visit(socket);
            }
        }
    });
}

pub(crate) fn sockets_of(hub: &Rc<Hub>) -> Vec<Rc<Socket>> {
    SOCKETS.with_borrow(|sockets| {
        let of_hub = sockets
            .iter()
            .filter(|(_, socket)| Rc::ptr_eq(socket.hub(), hub));
        of_hub.map(|(_, socket)| Rc::clone(socket)).collect()
    })
}

pub(crate) fn remove_socket(key: usize) {
    let socket = SOCKETS.with_borrow_mut(|sockets| sockets.try_remove(key));
    drop(socket);
}

/// Notes a socket that has something to write.
pub(crate) fn touch(socket: Rc<Socket>) {
    DIRTY.with_borrow_mut(|dirty| dirty.push(socket));
}

fn flush() {
    let dirty = DIRTY.take();
    for socket in &dirty {
        socket.flush();
    }
    let mut dirty = dirty;
    dirty.clear();
    // Keeps the memory for the next turn; nothing was added meanwhile, for no JS ran.
    DIRTY.set(dirty);
}
