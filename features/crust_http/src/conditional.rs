//! Conditional and range requests (RFC 9110 §13 and §14) over the bytes of a head. Never opens a file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Which part of a representation to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    /// From a first byte on, that many.
    Range {
        start: u64,
        length: u64,
    },
    /// 416.
    Unsatisfiable,
}

/// Whether `If-None-Match` names the tag (weakly compared).
pub(crate) fn matches_tag(head: &[u8], tag: &[u8]) -> bool {
    let Some(list) = crust_wire::field(head, b"if-none-match") else {
        return false;
    };
    list.split(|byte| *byte == b',').any(|candidate| {
        let candidate = candidate.trim_ascii();
        candidate == b"*" || strong(candidate) == strong(tag)
    })
}

/// A tag without its mark of weakness.
fn strong(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

/// Whether the client's copy is as new as `modified`. `If-None-Match` overrides (§13.1.3).
pub(crate) fn is_unmodified(head: &[u8], modified: SystemTime) -> bool {
    crust_wire::field(head, b"if-none-match").is_none()
        && crust_wire::field(head, b"if-modified-since")
            .and_then(|value| date(&value))
            .is_some_and(|since| whole_seconds(modified) <= since)
}

/// The part that `Range` asks for. Several ranges are answered by the whole, which §14.2 allows.
pub(crate) fn part(head: &[u8], length: u64, modified: SystemTime, tag: &[u8]) -> Part {
    let Some(value) = crust_wire::field(head, b"range") else {
        return Part::Whole;
    };
    if let Some(condition) = crust_wire::field(head, b"if-range") {
        let holds = if condition.starts_with(b"\"") {
            condition == tag
        } else {
            date(&condition) == Some(whole_seconds(modified))
        };
        if !holds {
            return Part::Whole;
        }
    }
    parse_range(&value, length)
}

fn parse_range(value: &[u8], length: u64) -> Part {
    let Some(set) = std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.strip_prefix("bytes="))
    else {
        return Part::Whole;
    };
    let Some((first, last)) = set.trim().split_once('-').filter(|_| !set.contains(',')) else {
        return Part::Whole;
    };
    let number = |text: &str| -> Option<u64> {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last), last.is_empty()) {
        (Some(first), Some(last), _) if last < first => Part::Whole,
        (Some(first), last, is_open) if last.is_some() || is_open => {
            if first >= length {
                return Part::Unsatisfiable;
            }
            let last = last.unwrap_or(u64::MAX).min(length - 1);
            Part::Range {
                start: first,
                length: last - first + 1,
            }
        }
        (None, Some(suffix), _) if first.is_empty() => {
            if suffix == 0 || length == 0 {
                return Part::Unsatisfiable;
            }
            let suffix = suffix.min(length);
            Part::Range {
                start: length - suffix,
                length: suffix,
            }
        }
        _ => Part::Whole,
    }
}

/// The value of a field in lines that the server is going to send.
pub(crate) fn line_value<'a>(lines: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    lines.split(|byte| *byte == b'\n').find_map(|line| {
        let (candidate, value) = line.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":")?;
        candidate
            .eq_ignore_ascii_case(name)
            .then(|| value.trim_ascii())
    })
}

fn date(value: &[u8]) -> Option<SystemTime> {
    httpdate::parse_http_date(std::str::from_utf8(value).ok()?).ok()
}

/// Dates of HTTP have no fractions.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges() {
        let range = |start, length| Part::Range { start, length };
        for (value, expected) in [
            ("bytes=0-0", range(0, 1)),
            ("bytes=2-", range(2, 8)),
            ("bytes=-3", range(7, 3)),
            ("bytes=-30", range(0, 10)),
            ("bytes=5-99999999999999999999999", range(5, 5)),
            ("bytes=10-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=3-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=-", Part::Whole),
            ("lines=1-2", Part::Whole),
        ] {
            assert_eq!(parse_range(value.as_bytes(), 10), expected, "{value}");
        }
    }

    #[test]
    fn tags() {
        let head = b"GET / HTTP/1.1\r\nIf-None-Match: \"a\", W/\"b\"\r\n\r\n";
        assert!(matches_tag(head, b"\"b\"") && matches_tag(head, b"W/\"a\""));
        assert!(!matches_tag(head, b"\"c\""));
        assert_eq!(
            line_value(b"A: b\r\nETag: \"x\"\r\n", b"etag"),
            Some(&b"\"x\""[..])
        );
    }

    proptest! {
        #[test]
        fn a_range_lies_within(value in "bytes=[0-9]{0,3}-[0-9]{0,3}", length in 0_u64..500) {
            if let Part::Range { start, length: part } = parse_range(value.as_bytes(), length) {
                prop_assert!(part > 0 && start + part <= length);
            }
        }
    }
}
