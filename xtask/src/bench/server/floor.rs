//! The least a server can cost here: it waits, reads and writes as any of them does, looks at nothing and
//! always answers the same bytes. What separates a server from this is its own work.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;

use anyhow::{Context, Result};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\n\
    Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 13\r\n\r\nHello, World!";
/// Never the number of a descriptor here.
const LISTENER: u64 = u64::MAX;

/// `cargo xtask floor`: serves on 127.0.0.1 at `PORT` until it is killed.
pub(crate) fn run() -> Result<()> {
    let port: u16 = std::env::var("PORT").context("PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(&listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let mut connections: HashMap<u64, TcpStream> = HashMap::new();
    let mut events = [EpollEvent::empty(); 256];
    let mut buffer = vec![0; 65536];
    loop {
        let count = epoll.wait(&mut events, EpollTimeout::NONE)?;
        for event in events.iter().take(count) {
            if event.data() == LISTENER {
                accept(&listener, &epoll, &mut connections)?;
                continue;
            }
            let Some(stream) = connections.get_mut(&event.data()) else {
                continue;
            };
            let is_open = stream.read(&mut buffer).is_ok_and(|count| count > 0)
                && stream.write_all(ANSWER).is_ok();
            if !is_open {
                connections.remove(&event.data());
            }
        }
    }
}

fn accept(
    listener: &TcpListener,
    epoll: &Epoll,
    connections: &mut HashMap<u64, TcpStream>,
) -> Result<()> {
    // The end of the queue is an error, `WouldBlock`.
    while let Ok((stream, _)) = listener.accept() {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let key = u64::try_from(stream.as_raw_fd())?;
        epoll.add(&stream, EpollEvent::new(EpollFlags::EPOLLIN, key))?;
        connections.insert(key, stream);
    }
    Ok(())
}
