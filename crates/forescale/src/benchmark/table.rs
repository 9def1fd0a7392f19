//! The table of `sim bench`, written line by line.

use super::Row;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Prints rows as they come, or all of them as one JSON document at the end.
pub(super) struct Table {
    json: Option<Vec<Value>>,
    rows: usize,
}

impl Table {
    pub(super) fn new(json: bool) -> Self {
        Self { json: json.then(Vec::new), rows: 0 }
    }

    pub(super) fn row(&mut self, row: Row) -> io::Result<()> {
        if let Some(rows) = &mut self.json {
            rows.push(row.json());
            return Ok(());
        }
        let mut out = anstream::stdout().lock();
        if self.rows == 0 {
            writeln!(
                out,
                "{:<4}{:>4}{:>8}{:>7}  {:<7}{:>10}{:>14}{:>10}{:>12}{:>14}{:>9}",
                "",
                "k",
                "caching",
                "output",
                "loop",
                "requests",
                "tokens",
                "CPU s",
                "req/CPU s",
                "tok/CPU s",
                "of bare"
            )?;
        }
        self.rows += 1;
        let subject = &row.subject;
        let mean = subject.output_mean.map_or("trace".to_owned(), |mean| format!("{mean}"));
        writeln!(
            out,
            "{:<4}{:>4}{:>8}{:>7}  {:<7}{:>10}{:>14}{:>10.4}{:>12.0}{:>14.0}{:>9.4}",
            subject.name,
            subject.replicas,
            if subject.prefix_caching { "on" } else { "off" },
            mean,
            row.which,
            row.requests,
            row.tokens,
            row.seconds,
            row.requests_per_s(),
            row.tokens_per_s(),
            row.of_bare
        )?;
        out.flush()
    }

    pub(super) fn end(self) -> io::Result<()> {
        let Some(rows) = self.json else { return Ok(()) };
        let mut out = anstream::stdout().lock();
        writeln!(out, "{:#}", json!({ "schema": 1, "rows": rows }))?;
        out.flush()
    }
}
