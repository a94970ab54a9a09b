//! Requests to our daemon over its socket: one at a time, and 64 in flight.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::Row;
use super::tool::Tool;

const REQUEST: &[u8] = b"GET /v1/ping HTTP/1.1\r\nHost: pm\r\n\r\n";
const TIME: Duration = Duration::from_secs(2);
const IN_FLIGHT: usize = 64;

pub(super) fn rows(ours: &Tool) -> Result<Vec<Row>> {
    ours.run(&["ping"])?;
    let one = rate(ours, 1)?;
    let many = rate(ours, IN_FLIGHT)?;
    // PM2's own client reaches these in the reference; its protocol is not spoken here.
    Ok(vec![
        Row::new(
            "requests over the socket, one at a time",
            thousands(one),
            "13.6 k/s in the reference".to_owned(),
        )
        .gate("≥ 40 k/s", one >= 40_000.0),
        Row::new(
            "the same, 64 in flight",
            thousands(many),
            "28 k/s in the reference".to_owned(),
        )
        .gate("≥ 200 k/s", many >= 200_000.0),
    ])
}

fn thousands(rate: f64) -> String {
    format!("{:.1} k/s", rate / 1000.0)
}

fn rate(tool: &Tool, in_flight: usize) -> Result<f64> {
    let mut stream = UnixStream::connect(tool.folder.join("home/daemon.sock"))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let batch = REQUEST.repeat(in_flight);
    let mut buffer = vec![0; 1 << 20];
    let mut held = 0;
    let mut count = 0_u32;
    let start = Instant::now();
    while start.elapsed() < TIME {
        stream.write_all(&batch)?;
        let mut missing = in_flight;
        while missing > 0 {
            let length = stream.read(&mut buffer[held..])?;
            if length == 0 {
                bail!("the daemon closed the connection");
            }
            held += length;
            let mut at = 0;
            while missing > 0
                && let Some(taken) = answer(&buffer[at..held])?
            {
                at += taken;
                missing -= 1;
                count += 1;
            }
            buffer.copy_within(at..held, 0);
            held -= at;
        }
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}

/// The length of a whole answer at the start of the bytes.
fn answer(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .context("an answer without a length")?
        .parse()?;
    let whole = end + 4 + length;
    Ok((bytes.len() >= whole).then_some(whole))
}
