//! `monit`: the processes in a terminal, with their measurements over time, their output as it comes, and keys to
//! restart and stop them. This file asks the daemon and reads keys; what is shown is `monit/screen.rs`'s.

mod feed;
mod screen;
mod view;

use std::io::IsTerminal as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crust_procman::client::Client;
use crust_procman::{Home, ProcmanError};
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use serde_json::Value;

use super::{Line, start, table};
use crate::error::CliError;
use crate::outcome::Outcome;
use feed::Feed;
use screen::{Order, Screen};

/// Between two lists.
const LOOK: Duration = Duration::from_secs(1);
/// How long a key is waited for before new output is shown.
const TURN: Duration = Duration::from_millis(100);

pub(super) fn monit(line: &Line) -> Result<Outcome, CliError> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(ProcmanError::NotRunnable(
            "monit needs a terminal; `list --json` is for programs".to_owned(),
        )
        .into());
    }
    // Started before the screen is taken, so that its problems are readable.
    line.daemon()?;
    let mut terminal = ratatui::try_init().map_err(|source| ProcmanError::Io {
        what: "cannot use the terminal".to_owned(),
        source,
    })?;
    let result = Monitor::new(line).run(&mut terminal);
    ratatui::restore();
    result.map(|()| Outcome::SUCCESS)
}

struct Monitor<'a> {
    line: &'a Line<'a>,
    screen: Screen,
    feed: Feed,
    client: Option<Client>,
    looked: Option<Instant>,
    answers: (Sender<String>, Receiver<String>),
}

impl<'a> Monitor<'a> {
    fn new(line: &'a Line<'a>) -> Self {
        Self {
            line,
            screen: Screen::default(),
            feed: Feed::default(),
            client: None,
            looked: None,
            answers: channel(),
        }
    }

    fn run(mut self, terminal: &mut ratatui::DefaultTerminal) -> Result<(), CliError> {
        let mut changed = true;
        loop {
            changed |= self.look();
            changed |= self.read_output();
            if let Ok(answer) = self.answers.1.try_recv() {
                self.screen.say(answer);
                self.looked = None;
                changed = true;
            }
            if changed {
                self.draw(terminal)?;
            }
            changed = false;
            let failed = |source| ProcmanError::Io {
                what: "cannot read the keyboard".to_owned(),
                source,
            };
            if !event::poll(TURN).map_err(failed)? {
                continue;
            }
            // A key, or a terminal of another size.
            changed = true;
            if let Event::Key(key) = event::read().map_err(failed)?
                && key.kind != KeyEventKind::Release
                && self.key(key)
            {
                return Ok(());
            }
        }
    }

    fn draw(&self, terminal: &mut ratatui::DefaultTerminal) -> Result<(), CliError> {
        let drawn = terminal.draw(|frame| view::draw(&self.screen, frame));
        drawn.map_err(|source| ProcmanError::Io {
            what: "cannot write to the terminal".to_owned(),
            source,
        })?;
        Ok(())
    }

    /// Asks for the list, a second after the last time; whether it did. A daemon that went away is looked for
    /// again.
    fn look(&mut self) -> bool {
        if self.looked.is_some_and(|at| at.elapsed() < LOOK) {
            return false;
        }
        self.looked = Some(Instant::now());
        let mut client = match self.client.take() {
            Some(client) => client,
            None => match self.line.daemon() {
                Ok(client) => client,
                Err(error) => {
                    self.screen.say(error.to_string());
                    return true;
                }
            },
        };
        match client.get("/v1/processes") {
            Ok(Value::Array(rows)) => {
                self.screen.update(rows);
                self.client = Some(client);
            }
            Ok(_) => self
                .screen
                .say("the daemon's answer is not usable".to_owned()),
            Err(error) => self.screen.say(error.to_string()),
        }
        true
    }

    /// What the chosen process has written since the last look; whether that is anything.
    fn read_output(&mut self) -> bool {
        let Some(id) = self.screen.chosen_id() else {
            return false;
        };
        if self.feed.id() != Some(id) {
            self.screen.clear_log();
            let client = self.client.as_mut();
            let row = client.and_then(|client| client.get(&format!("/v1/processes/{id}")).ok());
            let Some(row) = row else { return false };
            self.feed = Feed::of(id, &row[0]);
        }
        let news = self.feed.news();
        for text in &news {
            self.screen.log(text);
        }
        !news.is_empty()
    }

    /// Follows a key; whether it ends the program.
    fn key(&mut self, key: KeyEvent) -> bool {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return true;
        }
        let letter = match key.code {
            KeyCode::Up => 'k',
            KeyCode::Down => 'j',
            KeyCode::Esc => '\u{1b}',
            KeyCode::Enter => '\n',
            KeyCode::Backspace => '\u{8}',
            KeyCode::PageUp => '<',
            KeyCode::PageDown => '>',
            KeyCode::Char(letter) => letter,
            _ => return false,
        };
        match self.screen.key(letter) {
            Order::Nothing => {}
            Order::End => return true,
            Order::Act { id, action } => self.order(id, action),
        }
        false
    }

    /// Gives an order by a thread of its own: some take long.
    fn order(&mut self, id: u64, action: &'static str) {
        let sender = self.answers.0.clone();
        let program = self.line.session.exec_path.clone();
        self.screen.say(format!("{action} {id} …"));
        let work = move || {
            let result = Home::of_environment()
                .and_then(|home| Client::connect_or_start(&home, &program))
                .and_then(|mut client| {
                    client.order(&start::route(&id.to_string(), action), &Value::Null)
                });
            let text = match result {
                Ok(reply) if reply.status < 400 => format!("{action} {id}: done"),
                Ok(reply) => reply
                    .json()
                    .map_or_else(|error| error.to_string(), |value| table::problem(&value)),
                Err(error) => error.to_string(),
            };
            // Nobody may be there any more to read it.
            let _ = sender.send(text);
        };
        if let Err(error) = std::thread::Builder::new()
            .name("order".to_owned())
            .spawn(work)
        {
            self.screen.say(error.to_string());
        }
    }
}
