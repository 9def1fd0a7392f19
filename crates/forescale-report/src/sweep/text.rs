//! The sweep in the terminal.

use super::{sentences, tables};
use crate::number;
use crate::page::{Line, Page, Tone};
use crate::text::Style;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::Swept;

/// The sweep for a person, verdict first: the best setting by a KPI, what was wrong with the scenario as it stands, which axis matters most, and
/// tables.
pub fn sweep_text(swept: &Swept, kpi: Kpi, style: Style) -> String {
    let mut page = style.page();
    let tone = if swept.best(kpi).is_some() { Tone::Good } else { Tone::Bad };
    let verdict = sentences::verdict(swept, kpi);
    page.push_wrapped(Line::plain(&format!("{}: ", swept.plan.scenario)).with(tone, &verdict), 2);
    if let Some(found) = swept.diagnosis(kpi) {
        page.push_wrapped(Line::plain(&sentences::diagnosis(swept, &found, kpi)), 2);
    }
    if let Some(told) = sentences::matters(swept, kpi) {
        page.push_wrapped(Line::plain(&format!("{told}.")), 2);
    }
    page.push_wrapped(Line::default().with(Tone::Faint, &how(swept)), 2);
    write_failures(&mut page, swept);
    page.heading(
        "Settings",
        "the best that meet the objectives in every replication; alike: others with the very same runs",
    );
    page.push_wrapped(Line::default().with(Tone::Faint, &format!("  {}", tables::letters(swept))), 2);
    tables::settings(swept, kpi, &mut page);
    if let Some(beside) = tables::beside(swept, kpi) {
        page.heading("Best and as it stands", "differences at the same seeds");
        beside.write(&mut page, 1);
    }
    page.render(style.color)
}

/// How the figures came about.
fn how(swept: &Swept) -> String {
    let good = swept.ranked(Kpi::GpuHours).len();
    let tried = swept.tried().count();
    let met = match swept.plan.objectives.is_empty() {
        true => String::new(),
        false => {
            format!(", {} of which meet the objectives in every replication", number::count(good as u64))
        }
    };
    format!(
        "{}{met}; {} with seeds {} to {}; ± is the 95 % interval over seeds",
        number::things(tried, "setting"),
        number::things(swept.runs.len(), "run"),
        swept.plan.seed_of(0),
        swept.plan.seed_of(swept.plan.replications.saturating_sub(1)),
    )
}

/// Settings whose runs failed.
fn write_failures(page: &mut Page, swept: &Swept) {
    let failed: Vec<_> =
        swept.settings.iter().filter_map(|setting| Some((setting, setting.error.as_ref()?))).collect();
    if let Some((setting, error)) = failed.first() {
        let text = format!(
            "{} failed, first {}: {}",
            number::things(failed.len(), "setting"),
            super::setting(&swept.plan, setting),
            error.lines().next().unwrap_or_default()
        );
        page.push_wrapped(Line::default().with(Tone::Bad, &text), 2);
    }
}
