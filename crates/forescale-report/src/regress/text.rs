//! The verdict in the terminal.

use super::gate::{Gate, Gates};
use super::words;
use crate::page::{Line, Page, Tone};
use crate::text::Style;
use crate::text::table::Table;
use forescale_experiment::regress::{Change, Finding, Standing, Verdict};

/// What was found, for a person: verdict first, then each scenario in which something is not as it was, or that is the only one.
pub fn regress_text(gates: &Gates, style: Style) -> String {
    let mut page = style.page();
    let tone = match gates.verdict() {
        Verdict::Pass => Tone::Good,
        Verdict::CannotTell => Tone::Plain,
        Verdict::Fail => Tone::Bad,
    };
    page.push_wrapped(Line::plain("regress: ").with(tone, &gates.sentence()), 2);
    for gate in &gates.gates {
        if gate.judged.is_same() && gates.gates.len() + gates.unjudged.len() > 1 {
            let count = words::kpis(gate.judged.findings.len());
            page.push(Line::plain(&format!("{}: pass, {count} the same at every seed", gate.scenario)));
        } else {
            write_gate(&mut page, gate);
        }
    }
    for one in &gates.unjudged {
        page.push_wrapped(Line::plain(&format!("{}: {}", one.scenario, one.told())), 2);
    }
    page.render(style.color)
}

fn write_gate(page: &mut Page, gate: &Gate) {
    page.heading(&gate.scenario, gate.judged.verdict().name());
    let mut table = Table::new(&[1, 2, 3, 4]);
    table.row(["KPI", "baseline", "now", "change", "margin", ""].map(str::to_owned).to_vec());
    for finding in &gate.judged.findings {
        let standing = words::standing(finding).to_owned();
        table.row(words::cells(finding).into_iter().chain([standing]).collect());
    }
    table.write(page, 1);
    for finding in gate.judged.findings.iter().filter(|finding| is_worth_a_sentence(finding)) {
        page.push_wrapped(Line::plain(&words::told(finding)), 2);
    }
    page.push_wrapped(Line::default().with(Tone::Faint, &gate.how()), 2);
    if let Some(cause) = gate.cause() {
        page.push_wrapped(Line::default().with(Tone::Faint, cause), 2);
    }
}

/// Whether the table does not say it all.
fn is_worth_a_sentence(finding: &Finding) -> bool {
    !finding.is_same() && (finding.standing != Standing::Within || finding.change != Change::None)
}
