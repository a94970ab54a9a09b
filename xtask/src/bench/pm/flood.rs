//! A million lines at once: processor time of the daemon, and what is lost.

use std::time::Duration;

use anyhow::{Context as _, Result};

use super::tool::{self, Tool};
use super::{Row, median};

const LINES: usize = 1_000_000;
const ROUNDS: usize = 3;

struct Outcome {
    cpu: f64,
    lost: usize,
    out_of_order: usize,
    last_words: bool,
}

pub(super) fn rows(ours: &Tool, theirs: &Tool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (what, option, most) in [
        ("plain", "--merge-logs", 0.1),
        ("with timestamps", "--time", 0.3),
    ] {
        let (mut us, mut them) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            us.push(flood(ours, option)?);
            them.push(flood(theirs, option)?);
        }
        let row = Row::new(
            &format!(
                "{LINES} lines, {what}: processor time of the daemon; lines lost, out of order"
            ),
            shown(&us),
            shown(&them),
        );
        let cpu = median(us.iter().map(|one| one.cpu).collect());
        let whole = us
            .iter()
            .all(|one| one.lost == 0 && one.out_of_order == 0 && one.last_words);
        rows.push(row.gate(&format!("≤ {most} s, 0, 0"), cpu <= most && whole));
    }
    Ok(rows)
}

fn shown(outcomes: &[Outcome]) -> String {
    let cpu = median(outcomes.iter().map(|one| one.cpu).collect());
    let lost = outcomes.iter().map(|one| one.lost).max().unwrap_or(0);
    let order = outcomes
        .iter()
        .map(|one| one.out_of_order)
        .max()
        .unwrap_or(0);
    let words = if outcomes.iter().all(|one| one.last_words) {
        ""
    } else {
        "; last words lost"
    };
    format!("{cpu:.2} s; {lost}, {order}{words}")
}

/// A native writer of lines of 66 bytes that ends right after its last word.
fn flood(tool: &Tool, option: &str) -> Result<Outcome> {
    let log = tool.log("flood");
    let _ = std::fs::remove_file(&log);
    let script = tool.folder.join("flood.sh");
    std::fs::write(
        &script,
        format!("#!/bin/sh\nseq -f '%065.0f' 1 {LINES}\necho last words\nexit 0\n"),
    )?;
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let before = tool.cpu()?;
    tool.run(&[
        "start",
        &script.to_string_lossy(),
        "--name",
        "flood",
        "--interpreter",
        "none",
        "--no-autorestart",
        option,
    ])?;
    let file = || tool.log("flood");
    let mut length = 0;
    let mut quiet = 0;
    // Over when nothing has come for a second.
    tool::until("the flood is over", || {
        std::thread::sleep(Duration::from_millis(95));
        let now = file().metadata().map_or(0, |about| about.len());
        quiet = if now == length && now > 0 {
            quiet + 1
        } else {
            0
        };
        length = now;
        quiet > 10
    })?;
    let cpu = tool.cpu()? - before;
    let text = std::fs::read(file()).context("the log")?;
    tool.run(&["delete", "flood"])?;
    let mut next = 1;
    let (mut found, mut out_of_order, mut last_words) = (0, 0, false);
    for line in text.split(|byte| *byte == b'\n') {
        let end = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
        let number = std::str::from_utf8(end)
            .ok()
            .and_then(|text| text.parse::<usize>().ok());
        if let Some(number) = number.filter(|_| end.len() == 65) {
            found += 1;
            out_of_order += usize::from(number < next);
            next = number + 1;
        }
        last_words |= line.ends_with(b"last words");
    }
    Ok(Outcome {
        cpu,
        lost: LINES.saturating_sub(found),
        out_of_order,
        last_words,
    })
}
