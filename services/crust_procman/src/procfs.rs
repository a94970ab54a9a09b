//! What `/proc` says of processes: processor time, memory, children, environment. It reads what it is
//! asked for and nothing else.

use std::fs;
use std::io::Read as _;
use std::net::{IpAddr, SocketAddr};

/// Processor time and memory of one process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Milliseconds of processor time, user and system.
    pub(crate) cpu_ms: u64,
    /// Bytes in memory.
    pub(crate) memory: u64,
}

/// Ticks of a second in `/proc`; the kernel's interface has 100 on every architecture of ours.
const TICK_MS: u64 = 10;

/// What one process uses, or nothing when it is gone.
pub(crate) fn usage(pid: u32, buffer: &mut Vec<u8>) -> Option<Usage> {
    let mut fields = stat(pid, buffer)?.split_ascii_whitespace();
    let state = fields.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    let mut number = |skip: usize| fields.nth(skip)?.parse::<u64>().ok();
    // Fields 14 and 15 (utime, stime) and 24 (rss); state is 3.
    let user = number(10)?;
    let system = number(0)?;
    let pages = number(8)?;
    Some(Usage {
        cpu_ms: (user + system) * TICK_MS,
        memory: pages * u64::try_from(rustix::param::page_size()).unwrap_or(4096),
    })
}

/// What a process and its descendants use together. More than 1,000 processes are not counted.
pub(crate) fn tree_usage(pid: u32, buffer: &mut Vec<u8>) -> Option<Usage> {
    let mut sum = usage(pid, buffer)?;
    let mut todo = children(pid, buffer);
    let mut seen = 0;
    while let Some(child) = todo.pop().filter(|_| seen < 1000) {
        seen += 1;
        if let Some(usage) = usage(child, buffer) {
            sum.cpu_ms += usage.cpu_ms;
            sum.memory += usage.memory;
        }
        todo.extend(children(child, buffer));
    }
    Some(sum)
}

/// When a process was started, in milliseconds since boot.
pub(crate) fn started(pid: u32) -> Option<u64> {
    let mut buffer = Vec::new();
    Some(
        stat(pid, &mut buffer)?
            .split_ascii_whitespace()
            .nth(19)?
            .parse::<u64>()
            .ok()?
            * TICK_MS,
    )
}

fn children(pid: u32, buffer: &mut Vec<u8>) -> Vec<u32> {
    let text = read(&format!("/proc/{pid}/task/{pid}/children"), buffer).unwrap_or_default();
    text.split_ascii_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

fn read<'b>(path: &str, buffer: &'b mut Vec<u8>) -> Option<&'b str> {
    read_bytes(path, buffer)?;
    std::str::from_utf8(buffer).ok()
}

fn read_bytes(path: &str, buffer: &mut Vec<u8>) -> Option<()> {
    let mut file = fs::File::open(path).ok()?;
    // Most are short, and given whole at once: what does not fill the room is all.
    buffer.resize(1024, 0);
    let length = file.read(buffer).ok()?;
    buffer.truncate(length);
    if length == 1024 {
        file.take(1 << 20).read_to_end(buffer).ok()?;
    }
    Some(())
}

/// The fields of `/proc/PID/stat` from the state on. The name before them may hold blanks and parentheses, and is cut
/// within a letter where it is long; what follows the last parenthesis is plain.
fn stat(pid: u32, buffer: &mut Vec<u8>) -> Option<&str> {
    read_bytes(&format!("/proc/{pid}/stat"), buffer)?;
    let end = memchr::memrchr(b')', buffer)?;
    std::str::from_utf8(buffer.get(end + 2..)?).ok()
}

/// The value of a variable in a process's environment as it was started.
pub(crate) fn variable(pid: u32, name: &str) -> Option<String> {
    environment(pid)?
        .into_iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value)
}

/// A process's environment as it was started; variables that are not UTF-8 are left out.
pub(crate) fn environment(pid: u32) -> Option<Vec<(String, String)>> {
    let bytes = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let pairs = bytes.split(|byte| *byte == 0).filter_map(|text| {
        let (name, value) = std::str::from_utf8(text).ok()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    Some(pairs.collect())
}

/// The process that listens at a TCP port of this machine, with its command line.
pub(crate) fn listener_of(port: u16) -> Option<(u32, String)> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .find_map(|table| {
            let text = fs::read_to_string(table).ok()?;
            let suffix = format!(":{port:04X}");
            text.lines().skip(1).find_map(|line| {
                let fields: Vec<&str> = line.split_ascii_whitespace().collect();
                let listens = fields.get(3) == Some(&"0A") && fields.get(1)?.ends_with(&suffix);
                listens.then(|| fields.get(9).map(ToString::to_string))?
            })
        })?;
    let wanted = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    for process in processes {
        let Some(pid) = process
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let Ok(descriptors) = fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let found = descriptors.filter_map(Result::ok).any(|entry| {
            fs::read_link(entry.path()).is_ok_and(|target| target.as_os_str() == wanted.as_str())
        });
        if found {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line)
                .replace('\0', " ")
                .trim()
                .to_owned();
            return Some((pid, line));
        }
    }
    None
}

/// The user of a TCP connection's other end, when that end is on this machine and somebody has it open.
pub(crate) fn peer_user(peer: SocketAddr, here: SocketAddr) -> Option<u32> {
    let table = if peer.is_ipv4() {
        "/proc/net/tcp"
    } else {
        "/proc/net/tcp6"
    };
    user_in(&fs::read_to_string(table).ok()?, peer, here)
}

/// The user of the socket from `local` to `remote` in a table of `/proc/net`. Whole addresses are compared: another
/// user may have the same ports at another address of the loopback network. A socket that nobody has open any more is
/// shown as the superuser's, without an inode: it is nobody's.
fn user_in(table: &str, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let (local, remote) = (address_in_table(local), address_in_table(remote));
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_it = *fields.get(1)? == local && *fields.get(2)? == remote;
        let is_open = *fields.get(9)? != "0";
        (is_it && is_open).then(|| fields.get(7)?.parse().ok())?
    })
}

/// An address as the kernel prints it: words of four bytes in the order of the machine, then the port.
fn address_in_table(address: SocketAddr) -> String {
    use std::fmt::Write as _;
    let bytes = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let mut text = String::new();
    for word in bytes.chunks_exact(4) {
        let word = word.try_into().map_or(0, u32::from_ne_bytes);
        // Writing to a string cannot fail.
        let _ = write!(text, "{word:08X}");
    }
    let _ = write!(text, ":{:04X}", address.port());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_something() {
        let mut buffer = Vec::new();
        let usage = usage(std::process::id(), &mut buffer).unwrap();
        assert!(usage.memory > 100_000, "{usage:?}");
        assert!(tree_usage(std::process::id(), &mut buffer).unwrap().memory >= usage.memory / 2);
        assert_eq!(super::usage(u32::MAX, &mut buffer), None);
    }

    #[test]
    fn who_listens_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(listener_of(port).unwrap().0, std::process::id());
        let client = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (_server, peer) = listener.accept().unwrap();
        let user = peer_user(peer, client.peer_addr().unwrap());
        assert_eq!(user, Some(rustix::process::geteuid().as_raw()));
    }
    #[test]
    fn who_connects_is_told_by_whole_addresses_of_open_sockets() {
        // The same ports from another address of the loopback network are another user's.
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:C350 0100007F:258F 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0\n\
            1: 0500007F:C350 0100007F:258F 01 00000000:00000000 00:00000000 00000000  1001        0 4712 1 0\n\
            2: 0100007F:C351 0100007F:258F 05 00000000:00000000 00:00000000 00000000     0        0 0 1 0\n";
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let user = |from: &str| user_in(table, at(from), at("127.0.0.1:9615"));
        if cfg!(target_endian = "little") {
            assert_eq!(user("127.0.0.1:50000"), Some(1000));
            assert_eq!(user("127.0.0.5:50000"), Some(1001));
            // It was sent and closed: whoever it was, it is not the superuser.
            assert_eq!(user("127.0.0.1:50001"), None);
            assert_eq!(
                address_in_table(at("[::1]:80")),
                "00000000000000000000000001000000:0050"
            );
        }
        assert_eq!(user("127.0.0.1:50002"), None);
    }

    #[test]
    fn a_connection_that_was_closed_is_nobodys() {
        use std::io::Write as _;
        let listener = std::net::TcpListener::bind("[::1]:0")
            .or_else(|_| std::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let here = listener.local_addr().unwrap();
        let mut client = std::net::TcpStream::connect(here).unwrap();
        let (_server, peer) = listener.accept().unwrap();
        assert_eq!(
            peer_user(peer, here),
            Some(rustix::process::geteuid().as_raw())
        );
        client.write_all(b"POST").unwrap();
        drop(client);
        assert_eq!(peer_user(peer, here), None);
    }

    #[test]
    fn a_name_that_is_cut_within_a_letter_hides_nothing() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let sleep = ["/bin/sleep", "/usr/bin/sleep"]
            .into_iter()
            .find(|path| std::path::Path::new(path).exists())
            .unwrap();
        // Fifteen bytes of a program's name are kept, here with one of the two of a letter.
        let link = std::env::temp_dir().join(OsStr::from_bytes(b"x) (procman-2\xc3\xa9"));
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(sleep, &link).unwrap();
        let mut child = std::process::Command::new(&link).arg("60").spawn().unwrap();
        fs::remove_file(&link).unwrap();
        let mut buffer = Vec::new();
        assert!(usage(child.id(), &mut buffer).is_some());
        assert!(started(child.id()).is_some());
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
