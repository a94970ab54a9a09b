//! Descriptors that a process was started with by accident: pipes of shells, make and test runners, which would never
//! see an end while a daemon holds them. Ours close themselves when a program is executed, so whatever is open
//! beyond the three standard streams and would not do so is a stranger's.

use std::fs;

/// The flag in `/proc/self/fdinfo`, octal, of a descriptor that closes itself.
const CLOSES_ITSELF: u32 = 0o2_000_000;

/// Closes them. Called before anything is opened.
pub fn close_inherited() {
    let entries = fs::read_dir("/proc/self/fdinfo").into_iter().flatten();
    let numbers: Vec<i32> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|number| *number > 2)
        .collect();
    for number in numbers {
        let about = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
        let flags = about
            .lines()
            .find_map(|line| line.strip_prefix("flags:"))
            .and_then(|text| u32::from_str_radix(text.trim(), 8).ok());
        if flags.is_some_and(|flags| flags & CLOSES_ITSELF == 0) {
            let _ = nix::unistd::close(number);
        }
    }
}
