//! The route that gives the last lines of an instance's output, for the dashboard. People at a terminal
//! read the files themselves.

use serde_json::{Value, json};

use super::connection::Request;
use super::driver::Daemon;
use super::routes::Answer;
use super::spawning::log_files;
use crate::supervisor::Refusal;
use crate::tail::last_lines_within;

/// Lines that one request may ask for: the daemon reads them itself.
const MOST_LINES: usize = 5000;
/// Bytes of one file, however long its lines are.
const MOST_OF_FILE: usize = 1 << 20;
/// Bytes of one answer: the files of a thousand processes are not read for one question.
const MOST_OF_ANSWER: usize = 16 << 20;

impl Daemon {
    pub(super) fn get_log(&self, word: &str, request: &Request) -> Result<Answer, Refusal> {
        let lines = request
            .parameter("lines")
            .and_then(|text| text.parse::<usize>().ok());
        let count = lines.unwrap_or(100).min(MOST_LINES);
        let mut all = serde_json::Map::new();
        let mut left = MOST_OF_ANSWER;
        for id in self.supervisor.select(word)? {
            let Some(instance) = self.supervisor.instance(id) else {
                continue;
            };
            let Some(app) = self.supervisor.app(&instance.app) else {
                continue;
            };
            let (out, err) = log_files(&self.home, &app.config, instance.index);
            let mut read = |path| match last_lines_within(path, count, MOST_OF_FILE.min(left)) {
                Ok((bytes, _)) => {
                    left = left.saturating_sub(bytes.len());
                    Value::String(String::from_utf8_lossy(&bytes).into_owned())
                }
                Err(error) => Value::String(format!("(cannot be read: {error})")),
            };
            all.insert(
                id.to_string(),
                json!({"out": read(&out), "err": read(&err)}),
            );
        }
        Ok((200, Value::Object(all)))
    }
}
