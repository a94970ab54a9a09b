//! The screen as ratatui draws it: the list, the curves of the chosen process, its output, one line of help. It
//! changes nothing.

use std::collections::VecDeque;

use crust_procman::units::{format_bytes, format_duration};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Cell, Clear, Paragraph, Row, Sparkline, Table, TableState};
use serde_json::Value;

use super::screen::Screen;

/// Below this width the list loses its last columns.
const WIDE: u16 = 90;

pub(super) fn draw(screen: &Screen, frame: &mut Frame<'_>) {
    let rows = u16::try_from(screen.rows.len()).unwrap_or(u16::MAX);
    let list_height = rows
        .saturating_add(3)
        .clamp(5, (frame.area().height / 2).max(5));
    let [list, curves, log, foot] = Layout::vertical([
        Constraint::Length(list_height),
        Constraint::Length(7),
        Constraint::Min(3),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    draw_list(screen, frame, list);
    draw_curves(screen, frame, curves);
    draw_log(screen, frame, log);
    frame.render_widget(foot_line(screen), foot);
    if screen.shows_help {
        draw_help(frame);
    }
}

fn color_of(status: &str) -> Color {
    match status {
        "online" => Color::Green,
        "errored" => Color::Red,
        "stopped" => Color::DarkGray,
        _ => Color::Yellow,
    }
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

fn number(row: &Value, key: &str) -> u64 {
    row[key].as_u64().unwrap_or(0)
}

/// A name without what a terminal would obey, with the number of the instance.
fn name(row: &Value) -> String {
    let plain: String = text(row, "name")
        .chars()
        .filter(|letter| !letter.is_control())
        .collect();
    match number(row, "instance") {
        0 => plain,
        instance => format!("{plain}:{instance}"),
    }
}

fn draw_list(screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let is_wide = area.width >= WIDE;
    let rows = screen.rows.iter().map(|row| {
        let status = text(row, "status");
        let mut cells = vec![
            Cell::from(number(row, "id").to_string()),
            Cell::from(name(row)),
            Cell::from(status.to_owned()).style(Style::new().fg(color_of(status))),
            Cell::from(format!("{:.1}%", row["cpu"].as_f64().unwrap_or(0.0))),
            Cell::from(format_bytes(number(row, "memory"))),
            Cell::from(number(row, "restarts").to_string()),
        ];
        if is_wide {
            cells.push(Cell::from(format_duration(number(row, "uptime"))));
            cells.push(Cell::from(
                row["lag"]
                    .as_f64()
                    .map_or(String::new(), |lag| format!("{lag:.1} ms")),
            ));
            cells.push(Cell::from(
                row["request_rate"]
                    .as_f64()
                    .map_or(String::new(), |rate| format!("{rate:.0}/s")),
            ));
        }
        Row::new(cells)
    });
    let mut widths = vec![
        Constraint::Length(4),
        Constraint::Min(10),
        Constraint::Length(10),
        Constraint::Length(8),
        Constraint::Length(9),
        Constraint::Length(8),
    ];
    let mut heads = vec!["id", "name", "status", "cpu", "memory", "restarts"];
    if is_wide {
        widths.extend([
            Constraint::Length(8),
            Constraint::Length(9),
            Constraint::Length(9),
        ]);
        heads.extend(["uptime", "lag", "requests"]);
    }
    let online = screen
        .rows
        .iter()
        .filter(|row| row["status"] == "online")
        .count();
    let title = format!(" processes: {online} of {} online ", screen.rows.len());
    let table = Table::new(rows, widths)
        .header(Row::new(heads).style(Style::new().add_modifier(Modifier::BOLD)))
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
        .block(Block::bordered().title(title));
    let mut state =
        TableState::default().with_selected((!screen.rows.is_empty()).then_some(screen.chosen));
    frame.render_stateful_widget(table, area, &mut state);
}

fn draw_curves(screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let Some(curves) = screen.curves() else {
        return;
    };
    let cpu = curves.cpu.back().copied().unwrap_or(0);
    let title = format!(" cpu {}.{:02}% ", cpu / 100, cpu % 100);
    // The top is at least a whole processor, so that idling does not look like work.
    curve(frame, left, title, &curves.cpu, 10_000, Color::Cyan);
    let title = format!(
        " memory {} ",
        format_bytes(curves.memory.back().copied().unwrap_or(0))
    );
    curve(frame, right, title, &curves.memory, 0, Color::Magenta);
}

fn curve(
    frame: &mut Frame<'_>,
    area: Rect,
    title: String,
    points: &VecDeque<u64>,
    least: u64,
    color: Color,
) {
    let width = usize::from(area.width.saturating_sub(2));
    let shown: Vec<u64> = points
        .iter()
        .skip(points.len().saturating_sub(width))
        .copied()
        .collect();
    let most = shown.iter().max().copied().unwrap_or(0).max(least).max(1);
    let line = Sparkline::default()
        .data(&shown)
        .max(most)
        .style(Style::new().fg(color))
        .block(Block::bordered().title(title));
    frame.render_widget(line, area);
}

fn draw_log(screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let lines = screen.shown_lines();
    let height = usize::from(area.height.saturating_sub(2));
    let end = lines.len().saturating_sub(screen.back);
    let shown: Vec<Line<'_>> = lines
        .get(end.saturating_sub(height)..end)
        .unwrap_or_default()
        .iter()
        .map(|line| Line::from(*line))
        .collect();
    let chosen = screen.chosen_row().map(name).unwrap_or_default();
    let search = if screen.search.is_empty() {
        String::new()
    } else {
        format!("with \"{}\" ", screen.search)
    };
    let back = if screen.back > 0 {
        format!("{} lines back ", screen.back)
    } else {
        String::new()
    };
    let block = Block::bordered().title(format!(" output of {chosen} {search}{back}"));
    frame.render_widget(Paragraph::new(shown).block(block), area);
}

fn foot_line(screen: &Screen) -> Paragraph<'static> {
    let strong = Style::new().add_modifier(Modifier::BOLD);
    let line = if screen.is_searching {
        Line::from(vec![
            Span::styled("search: ", strong),
            Span::raw(screen.search.clone()),
        ])
    } else if let Some(action) = screen.confirm {
        let chosen = screen.chosen_row().map(name).unwrap_or_default();
        Line::from(Span::styled(
            format!("{action} {chosen}? y/n"),
            strong.fg(Color::Red),
        ))
    } else {
        let help =
            "j/k choose  r restart  l reload  a start  s stop  d delete  / search  ? help  q quit";
        Line::from(vec![
            Span::styled(format!("{}  ", screen.message), strong),
            Span::raw(help),
        ])
    };
    Paragraph::new(line)
}

fn draw_help(frame: &mut Frame<'_>) {
    let text = [
        "j, k, arrows   choose a process      g, G   the first, the last",
        "r   restart it                       l      reload it without a pause",
        "a   start it                         s      stop it (asks)",
        "d   delete it (asks)                 /      search its output",
        "PgUp, PgDn     scroll its output     Esc    forget the search",
        "?   this help                        q      quit",
    ];
    let area = frame.area();
    let (width, height) = (area.width.min(74), area.height.min(8));
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    frame.render_widget(Clear, place);
    let help =
        Paragraph::new(text.map(Line::from).to_vec()).block(Block::bordered().title(" keys "));
    frame.render_widget(help, place);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use serde_json::json;

    fn drawn(screen: &Screen, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(screen, frame)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn everything_is_on_the_screen_of_any_size() {
        let mut screen = Screen::default();
        for cpu in [10.0, 50.0, 99.5] {
            screen.update(vec![
                json!({"id": 0, "name": "web\u{1b}[31m", "status": "online", "cpu": cpu, "memory": 3 << 20, "restarts": 2, "uptime": 65_000, "lag": 1.25, "request_rate": 1200.0}),
                json!({"id": 1, "name": "job", "instance": 1, "status": "errored"}),
            ]);
        }
        screen.log("hello\nworld\n");
        let text = drawn(&screen, 100, 30);
        for part in [
            "1 of 2 online",
            "web[31m",
            "job:1",
            "errored",
            "99.5%",
            "3.0mb",
            "1.2 ms",
            "1200/s",
            "cpu 99.50%",
            "memory 3.0mb",
            "world",
            "q quit",
        ] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
        screen.key('s');
        assert!(drawn(&screen, 100, 30).contains("stop web[31m? y/n"));
        screen.key('n');
        screen.key('?');
        assert!(drawn(&screen, 100, 30).contains("reload it without a pause"));
        for (width, height) in [(1, 1), (10, 3), (40, 10), (300, 80)] {
            drawn(&screen, width, height);
        }
        drawn(&Screen::default(), 80, 24);
    }
}
