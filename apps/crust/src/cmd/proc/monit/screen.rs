//! What is on the screen and how keys change it. It knows no terminal and asks nobody.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

/// Points of a curve: two minutes.
const POINTS: usize = 120;
/// Lines of output that are kept.
const LINES: usize = 500;
/// A longer line is cut: no terminal shows more.
const LONGEST_LINE: usize = 2000;

/// What a key asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    Nothing,
    End,
    Act { id: u64, action: &'static str },
}

/// The measurements of one process, oldest first.
#[derive(Debug, Default)]
pub(super) struct Curves {
    /// Hundredths of a per cent of one processor.
    pub(super) cpu: VecDeque<u64>,
    /// Bytes.
    pub(super) memory: VecDeque<u64>,
}

#[derive(Default)]
pub(super) struct Screen {
    pub(super) rows: Vec<Value>,
    pub(super) chosen: usize,
    curves: HashMap<u64, Curves>,
    pub(super) lines: VecDeque<String>,
    partial: String,
    /// Lines scrolled back from the last one.
    pub(super) back: usize,
    pub(super) message: String,
    /// An action that waits for a yes.
    pub(super) confirm: Option<&'static str>,
    /// What lines of output must contain.
    pub(super) search: String,
    pub(super) is_searching: bool,
    pub(super) shows_help: bool,
}

impl Screen {
    /// Takes a new list.
    pub(super) fn update(&mut self, rows: Vec<Value>) {
        let id = self.chosen_id();
        self.rows = rows;
        // The choice stays with its process.
        let at = self.rows.iter().position(|row| row["id"].as_u64() == id);
        self.chosen = at
            .unwrap_or(self.chosen)
            .min(self.rows.len().saturating_sub(1));
        let rows = &self.rows;
        self.curves
            .retain(|id, _| rows.iter().any(|row| row["id"].as_u64() == Some(*id)));
        for row in rows {
            let Some(id) = row["id"].as_u64() else {
                continue;
            };
            let curves = self.curves.entry(id).or_default();
            push(&mut curves.cpu, hundredths(&row["cpu"]));
            push(&mut curves.memory, row["memory"].as_u64().unwrap_or(0));
        }
    }

    pub(super) fn chosen_row(&self) -> Option<&Value> {
        self.rows.get(self.chosen)
    }

    pub(super) fn chosen_id(&self) -> Option<u64> {
        self.chosen_row()?["id"].as_u64()
    }

    pub(super) fn curves(&self) -> Option<&Curves> {
        self.curves.get(&self.chosen_id()?)
    }

    pub(super) fn say(&mut self, text: String) {
        self.message = text;
    }

    pub(super) fn clear_log(&mut self) {
        self.lines.clear();
        self.partial.clear();
        self.back = 0;
    }

    /// Takes output; a line that has not ended waits for its rest.
    pub(super) fn log(&mut self, text: &str) {
        self.partial.push_str(text);
        while let Some(end) = self.partial.find('\n') {
            let line: String = self.partial.drain(..=end).collect();
            // What a terminal would obey is not shown.
            let plain = line.trim_end().replace('\t', "    ");
            let plain = plain
                .chars()
                .filter(|letter| !letter.is_control())
                .take(LONGEST_LINE);
            self.lines.push_back(plain.collect());
            if self.back > 0 {
                self.back += 1;
            }
        }
        if self.partial.len() > LONGEST_LINE * 4 {
            self.partial.clear();
        }
        while self.lines.len() > LINES {
            self.lines.pop_front();
        }
        self.back = self.back.min(self.lines.len());
    }

    /// The lines that are searched for.
    pub(super) fn shown_lines(&self) -> Vec<&str> {
        let lines = self.lines.iter().map(String::as_str);
        lines
            .filter(|line| self.search.is_empty() || line.contains(&self.search))
            .collect()
    }

    /// Follows a key: `j` and `k` are the arrows, `<` and `>` the pages, escape, return and backspace
    /// themselves.
    pub(super) fn key(&mut self, key: char) -> Order {
        if self.is_searching {
            self.search_key(key);
            return Order::Nothing;
        }
        if let Some(action) = self.confirm.take() {
            if matches!(key, 'y' | 'Y' | '\n')
                && let Some(id) = self.chosen_id()
            {
                return Order::Act { id, action };
            }
            self.message = format!("{action}: no");
            return Order::Nothing;
        }
        match key {
            'q' | '\u{1b}' if self.shows_help => self.shows_help = false,
            'q' => return Order::End,
            '\u{1b}' => self.search.clear(),
            'j' => self.choose(self.chosen + 1),
            'k' => self.choose(self.chosen.saturating_sub(1)),
            'g' => self.choose(0),
            'G' => self.choose(usize::MAX),
            '<' => self.back = (self.back + 10).min(self.lines.len()),
            '>' => self.back = self.back.saturating_sub(10),
            '/' => self.is_searching = true,
            '?' | 'h' => self.shows_help = !self.shows_help,
            'r' => return self.act("restart"),
            'l' => return self.act("reload"),
            'a' => return self.act("start"),
            's' => self.ask("stop"),
            'd' => self.ask("delete"),
            _ => {}
        }
        Order::Nothing
    }

    fn search_key(&mut self, key: char) {
        match key {
            '\n' => self.is_searching = false,
            '\u{1b}' => {
                self.is_searching = false;
                self.search.clear();
            }
            '\u{8}' => drop(self.search.pop()),
            letter if !letter.is_control() && self.search.len() < 100 => self.search.push(letter),
            _ => {}
        }
    }

    fn choose(&mut self, at: usize) {
        self.chosen = at.min(self.rows.len().saturating_sub(1));
    }

    fn act(&self, action: &'static str) -> Order {
        self.chosen_id()
            .map_or(Order::Nothing, |id| Order::Act { id, action })
    }

    /// What ends a program is asked for twice.
    fn ask(&mut self, action: &'static str) {
        if self.chosen_id().is_some() {
            self.confirm = Some(action);
        }
    }
}

fn push(points: &mut VecDeque<u64>, point: u64) {
    points.push_back(point);
    if points.len() > POINTS {
        points.pop_front();
    }
}

/// Hundredths of a JSON number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped"
)]
fn hundredths(value: &Value) -> u64 {
    (value.as_f64().unwrap_or(0.0) * 100.0).clamp(0.0, 1e9) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn screen() -> Screen {
        let mut screen = Screen::default();
        screen.update(vec![
            json!({"id": 1, "name": "a", "cpu": 1.5}),
            json!({"id": 2, "name": "b"}),
        ]);
        screen
    }

    #[test]
    fn what_ends_a_program_is_confirmed() {
        let mut screen = screen();
        assert_eq!(
            screen.key('r'),
            Order::Act {
                id: 1,
                action: "restart"
            }
        );
        screen.key('j');
        assert_eq!(screen.key('d'), Order::Nothing);
        assert_eq!(screen.key('n'), Order::Nothing);
        assert_eq!(screen.key('d'), Order::Nothing);
        assert_eq!(
            screen.key('y'),
            Order::Act {
                id: 2,
                action: "delete"
            }
        );
        assert_eq!(screen.key('q'), Order::End);
    }

    #[test]
    fn the_choice_stays_with_its_process() {
        let mut screen = screen();
        screen.key('j');
        screen.update(vec![json!({"id": 2}), json!({"id": 3})]);
        assert_eq!((screen.chosen, screen.chosen_id()), (0, Some(2)));
        screen.update(Vec::new());
        assert_eq!(
            (screen.key('r'), screen.key('s')),
            (Order::Nothing, Order::Nothing)
        );
    }

    #[test]
    fn output_is_cut_into_lines_and_searched() {
        let mut screen = screen();
        screen.log("one\ntw");
        screen.log("o\n\u{1b}[31mred\n");
        assert_eq!(screen.shown_lines(), ["one", "two", "[31mred"]);
        for key in "/tw\n".chars() {
            screen.key(key);
        }
        assert_eq!(screen.shown_lines(), ["two"]);
        for _ in 0..2000 {
            screen.log("x\n");
        }
        assert_eq!(screen.lines.len(), LINES);
        screen.key('\u{1b}');
        assert_eq!(screen.shown_lines().len(), LINES);
        assert_eq!(screen.curves().unwrap().cpu.back(), Some(&150));
    }
}
