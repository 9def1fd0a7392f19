//! The table of `sim bench`, written line by line.

use super::Row;
use std::io::{self, Write};

/// Keeps the rows, and prints each as it comes unless they are wanted as JSON.
pub(super) struct Table {
    is_silent: bool,
    pub(super) done: Vec<Row>,
}

impl Table {
    pub(super) fn new(is_silent: bool) -> Self {
        Self { is_silent, done: Vec::new() }
    }

    pub(super) fn rows(&mut self, rows: Vec<Row>) -> io::Result<()> {
        if !self.is_silent {
            let mut out = anstream::stdout().lock();
            if self.done.is_empty() {
                writeln!(out, "{HEADER}")?;
            }
            for row in &rows {
                writeln!(out, "{}", line(row))?;
            }
            out.flush()?;
        }
        self.done.extend(rows);
        Ok(())
    }
}

const HEADER: &str = "        k  caching  output  loop      requests       tokens    CPU s     req/CPU s     tokens/CPU s  of bare";

fn line(row: &Row) -> String {
    let subject = &row.subject;
    format!(
        "{:<4}{:>5}{:>9}{:>8}  {:<6}{:>12}{:>13}{:>9.4}{:>14.0}{:>17.0}{:>9.4}",
        subject.name,
        subject.replicas(),
        if subject.prefix_caching { "on" } else { "off" },
        subject.output_mean.map_or("trace".to_owned(), |mean| mean.to_string()),
        row.which,
        row.requests,
        row.tokens,
        row.seconds,
        row.requests_per_s(),
        row.tokens_per_s(),
        row.of_bare
    )
}
