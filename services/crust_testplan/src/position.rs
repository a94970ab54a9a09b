//! Where in a worker's output an event belongs: the bytes that its process had printed by then, so that
//! whoever reads events and output from different pipes can put them back in order.

/// A place in the output of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Bytes on standard output and on standard error since the worker began.
    pub printed: [u64; 2],
    /// Programs print that the worker does not count: the place is where it wrote its mark in both.
    pub marked: bool,
}

impl Position {
    /// What stands before an event's line.
    pub fn prefix(self) -> String {
        let [stdout, stderr] = self.printed;
        let mark = if self.marked { "!" } else { "" };
        format!("@{stdout},{stderr}{mark} ")
    }

    /// The position before a line, if it has one, and the line itself.
    pub fn split(line: &[u8]) -> (Option<Self>, &[u8]) {
        let parsed = || {
            let rest = line.strip_prefix(b"@")?;
            let end = rest.iter().position(|byte| *byte == b' ')?;
            let (numbers, line) = (rest.get(..end)?, rest.get(end + 1..)?);
            let unmarked = numbers.strip_suffix(b"!");
            let numbers = std::str::from_utf8(unmarked.unwrap_or(numbers)).ok()?;
            let (stdout, stderr) = numbers.split_once(',')?;
            let printed = [stdout.parse().ok()?, stderr.parse().ok()?];
            let marked = unmarked.is_some();
            Some((Self { printed, marked }, line))
        };
        parsed().map_or((None, line), |(position, line)| (Some(position), line))
    }
}

/// The bytes of the mark that `token` stands for.
pub fn mark(token: &str) -> Vec<u8> {
    format!("\0{token}\0").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_back() {
        for marked in [false, true] {
            let printed = [12, 0];
            let position = Position { printed, marked };
            let line = format!("{}{{}}", position.prefix());
            assert_eq!(
                Position::split(line.as_bytes()),
                (Some(position), &b"{}"[..])
            );
        }
        for line in [
            "{}",
            "@1 {}",
            "@1,2!! {}",
            "@,1 {}",
            "@1,2{}",
            "@-1,2 {}",
            "@",
            "",
        ] {
            assert_eq!(
                Position::split(line.as_bytes()),
                (None, line.as_bytes()),
                "{line}"
            );
        }
    }
}
