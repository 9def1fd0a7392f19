//! What is wrong with the user's files, on standard error.

use forescale::document::Report;
use forescale::report::Style;

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

fn terminal_width() -> usize {
    let width = terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| usize::from(width.0));
    width.unwrap_or(Style::default().width).max(60)
}
