//! A thousand applications: how fast they start and go, what they cost while they are there. PM2 gets a hundred: a
//! thousand take it five minutes.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Result;

use super::tool::{self, Tool};
use super::{Row, median};

const OURS: usize = 1000;
const THEIRS: usize = 100;
const ROUNDS: usize = 3;

pub(super) fn rows(ours: &Tool, theirs: &Tool) -> Result<Vec<Row>> {
    let (mut starts, mut bare, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    let mut rows = Vec::new();
    for round in 0..ROUNDS {
        bare.push(bare_starts(OURS)?);
        let start = Instant::now();
        ours.start_sleepers(OURS)?;
        starts.push(per_second(OURS, start));
        if round == 0 {
            rows.extend(while_they_run(ours)?);
        }
        let start = Instant::now();
        ours.run(&["delete", "all"])?;
        ends.push(start.elapsed().as_secs_f64());
    }
    let start = Instant::now();
    theirs.start_sleepers(THEIRS)?;
    let their_starts = per_second(THEIRS, start);
    let start = Instant::now();
    theirs.run(&["delete", "all"])?;
    let their_end = start.elapsed().as_secs_f64();
    let (starts, bare, ends) = (median(starts), median(bare), median(ends));
    let ratio = starts / bare;
    rows.push(
        Row::new(
            &format!("starts of a native program, of {OURS} (PM2: of {THEIRS})"),
            format!("{starts:.0}/s = {ratio:.2} × a bare loop ({bare:.0}/s)"),
            format!("{their_starts:.0}/s"),
        )
        .gate("≥ 0.8 × a bare loop", ratio >= 0.8),
    );
    rows.push(
        Row::new(
            &format!("`delete all` of {OURS} (PM2: of {THEIRS})"),
            format!("{ends:.2} s"),
            format!("{their_end:.2} s"),
        )
        .gate("≤ 2 s", ends <= 2.0),
    );
    Ok(rows)
}

/// What a thousand cost while they are there, and two hundred of them killed at once.
fn while_they_run(ours: &Tool) -> Result<Vec<Row>> {
    let list: Result<Vec<f64>> = (0..7).map(|_| ours.time(&["list"])).collect();
    let list = median(list?);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let memory = ours.memory()?;
    let cpu = ours.cpu()?;
    std::thread::sleep(std::time::Duration::from_secs(10));
    let idle = (ours.cpu()? - cpu) * 6.0;
    let before = pids(ours)?;
    let victims: Vec<u32> = before.iter().copied().step_by(OURS / 200).collect();
    let words: Vec<String> = victims.iter().map(ToString::to_string).collect();
    let start = Instant::now();
    Command::new("/bin/kill").arg("-9").args(&words).status()?;
    tool::until("all are back", || {
        pids(ours).is_ok_and(|now| {
            now.len() == OURS && now.iter().all(|pid| *pid != 0 && !victims.contains(pid))
        })
    })?;
    let back = start.elapsed().as_secs_f64();
    Ok(vec![
        Row::new(
            &format!("`list`, {OURS} apps"),
            format!("{list:.1} ms"),
            "1600 ms in the reference".to_owned(),
        )
        .gate("≤ 20 ms", list <= 20.0),
        Row::new(
            &format!("memory of the daemon and its holder (Pss), {OURS} apps"),
            format!("{memory:.1} MB"),
            "263 MB in the reference".to_owned(),
        )
        .gate("≤ 24 MB", memory <= 24.0),
        Row::new(
            &format!("processor time of the idle daemon, {OURS} apps, a minute"),
            format!("{idle:.2} s"),
            String::new(),
        ),
        Row::new(
            &format!("200 of {OURS} killed at once, all back"),
            format!("{back:.2} s"),
            "9.2 s in the reference".to_owned(),
        )
        .gate("≤ 0.5 s", back <= 0.5),
    ])
}

fn pids(tool: &Tool) -> Result<Vec<u32>> {
    let output = tool.run(&["list", "--json"])?;
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let pids = rows.as_array().into_iter().flatten();
    Ok(pids
        .filter_map(|row| u32::try_from(row["pid"].as_u64()?).ok())
        .collect())
}

fn per_second(count: usize, start: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    let count = count as f64;
    count / start.elapsed().as_secs_f64()
}

/// Starts of the same program by a loop that does nothing else.
fn bare_starts(count: usize) -> Result<f64> {
    let mut children = Vec::with_capacity(count);
    let start = Instant::now();
    for _ in 0..count {
        let mut command = Command::new("/bin/sleep");
        command
            .arg("100000")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        children.push(command.spawn()?);
    }
    let rate = per_second(count, start);
    for child in &mut children {
        child.kill()?;
    }
    for mut child in children {
        child.wait()?;
    }
    Ok(rate)
}
