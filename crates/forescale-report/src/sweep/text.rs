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
    let alike = if tables::has_alike(swept, kpi) { "; alike: others with the very same runs" } else { "" };
    page.heading("Settings", &format!("{}{alike}", shown(swept, kpi)));
    page.push_wrapped(Line::default().with(Tone::Faint, &format!("  {}", tables::letters(swept))), 2);
    tables::settings(swept, kpi, &mut page);
    if let Some(beside) = tables::beside(swept, kpi) {
        let chosen = if swept.best(kpi).is_some() { "Best" } else { "Closest" };
        page.heading(&format!("{chosen} and as it stands"), "differences at the same seeds");
        beside.write(&mut page, 1);
    }
    page.render(style.color)
}

/// Which settings the table has.
fn shown(swept: &Swept, kpi: Kpi) -> &'static str {
    match (swept.best(kpi), swept.closest(kpi)) {
        (Some(_), _) if swept.plan.objectives.is_empty() => "the best; there are no objectives",
        (Some(_), _) => "the best that meet the objectives in every replication",
        (None, Some(_)) if swept.plan.objectives.is_empty() => {
            "the closest; none goes to its end in every replication"
        }
        (None, Some(_)) => "the closest; none meets the objectives in every replication",
        (None, None) => "no run went to its end",
    }
}

/// How the figures came about.
fn how(swept: &Swept) -> String {
    let (tried, good) = (swept.tried().count(), swept.tried().filter(|setting| setting.is_met()).count());
    let meets = match (tried, good) {
        _ if swept.plan.objectives.is_empty() => String::new(),
        (1, 0) => ", which does not meet the objectives in every replication".to_owned(),
        (1, _) => ", which meets the objectives in every replication".to_owned(),
        (_, 0) => ", none of which meets the objectives in every replication".to_owned(),
        (_, 1) => ", 1 of which meets the objectives in every replication".to_owned(),
        _ => format!(", {} of which meet the objectives in every replication", number::count(good as u64)),
    };
    let (first, last) =
        (swept.plan.seed_of(0), swept.plan.seed_of(swept.plan.replications.saturating_sub(1)));
    let (seeds, interval) = match swept.plan.replications {
        1 => (format!("seed {first}"), "n = 1, no interval"),
        _ => (format!("seeds {first} to {last}"), "± is the 95 % interval over seeds"),
    };
    let runs = number::things(swept.runs.len(), "run");
    format!("{}{meets}; {runs} with {seeds}; {interval}", number::things(tried, "setting"))
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
