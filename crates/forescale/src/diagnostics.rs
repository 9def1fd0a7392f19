//! What is wrong with the user's files, on standard error, and for programs.

use forescale::document::Report;
use forescale::report::Style;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Prints all errors and warnings, with how many there are where it is more than one screen can tell.
pub(crate) fn tell(report: &Report) {
    let text = report.render(true, terminal_width());
    if text.is_empty() {
        return;
    }
    anstream::eprintln!("{}", text.trim_end());
    let errors = report.errors().count();
    if errors > 0 {
        let code = report.in_order().first().map_or("F001", |error| error.code.id);
        let noun = if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") };
        anstream::eprintln!("\n{noun}; `sim help {code}` tells more about {code}");
    }
}

/// Prints mistakes, an array of them, on standard output, where a document is expected there. The same stands on standard error, so a reader that went
/// away misses nothing.
pub(crate) fn tell_programs(diagnostics: &Value) {
    let document = json!({ "schema": 1, "diagnostics": diagnostics });
    writeln!(io::stdout().lock(), "{document:#}").unwrap_or_default();
}

fn terminal_width() -> usize {
    let width = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0));
    width.unwrap_or(Style::default().width).max(60)
}
