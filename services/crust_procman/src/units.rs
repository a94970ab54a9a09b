//! Sizes and durations as people write them: `512M`, `10s`, `2h`. Pure functions.

/// `1024`, `512K`, `512M`, `1.5G`, each with an optional `B`, `iB`; in bytes.
#[must_use]
pub fn parse_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let shift = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        _ => return None,
    };
    scale(number, f64::from(1_u32 << shift))
}

/// `500` (milliseconds), `500ms`, `10s`, `5m`, `2h`, `1d`; in milliseconds.
#[must_use]
pub fn parse_duration(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "ms" => 1.0,
        "s" | "sec" => 1e3,
        "m" | "min" => 60e3,
        "h" => 3600e3,
        "d" => 86_400e3,
        _ => return None,
    };
    scale(number, factor)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is finite, not negative and below 2^53"
)]
fn scale(number: &str, factor: f64) -> Option<u64> {
    let value = number.parse::<f64>().ok()? * factor;
    (value.is_finite() && (0.0..9e15).contains(&value)).then_some(value as u64)
}

/// Bytes for people: `12.3mb`.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    const UNITS: [(u32, &str); 3] = [(30, "gb"), (20, "mb"), (10, "kb")];
    for (shift, unit) in UNITS {
        if bytes >> shift > 0 {
            let tenths = (bytes >> (shift - 10)).saturating_mul(10) / 1024;
            return format!("{}.{}{unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes}b")
}

/// A duration in milliseconds for people, by its largest unit: `3s`, `5m`, `2h`, `9D`.
#[must_use]
pub fn format_duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}D", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations() {
        assert_eq!(parse_bytes("512M"), Some(512 << 20));
        assert_eq!(parse_bytes("1.5G"), Some(3 << 29));
        assert_eq!(parse_bytes("100"), Some(100));
        assert_eq!(parse_bytes("1T"), None);
        assert_eq!(parse_bytes("-1"), None);
        assert_eq!(parse_duration("10s"), Some(10_000));
        assert_eq!(parse_duration("1.5h"), Some(5_400_000));
        assert_eq!(parse_duration("250"), Some(250));
        assert_eq!(parse_duration("soon"), None);
        assert_eq!(format_bytes(0), "0b");
        assert_eq!(format_bytes(3 << 19), "1.5mb");
        assert_eq!(format_duration(61_000), "1m");
    }
}
