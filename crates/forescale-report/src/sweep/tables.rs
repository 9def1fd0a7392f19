//! Settings as tables in the terminal.

use super::words::{axis_names, unquoted};
use crate::kpi::{amount, title};
use crate::page::Page;
use crate::text::table::Table;
use forescale_experiment::kpi::{Delay, Kpi, Statistic, distinct};
use forescale_experiment::sweep::{Setting, Swept};
use std::collections::BTreeMap;

/// How many of the best settings are shown.
const BEST: usize = 5;

/// Adds the best settings, then the scenario as it stands.
pub(super) fn settings(swept: &Swept, kpi: Kpi, page: &mut Page) {
    let names = axis_names(&swept.plan);
    let ttft = Kpi::Latency(Delay::Ttft, Statistic::P99);
    let kpis = distinct([kpi, Kpi::GpuHours, Kpi::Attainment, ttft, Kpi::ScaleEvents]);
    let has_alike = has_alike(swept, kpi);
    let columns = 1 + names.len() + 1 + kpis.len() + usize::from(has_alike);
    let mut table = Table::new(&(1..columns).collect::<Vec<_>>());
    let mut head = vec![String::new()];
    head.extend((0..names.len()).map(letter));
    head.push("met".to_owned());
    head.extend(kpis.iter().map(|kpi| title(*kpi)));
    head.extend(has_alike.then(|| "alike".to_owned()));
    table.row(head);
    let mut row = |mark: &str, setting: &Setting, alike: usize| {
        let mut cells = vec![format!("  {mark}")];
        let point = swept.plan.points.get(setting.point);
        let values = point.map(|point| point.values.as_slice()).unwrap_or_default();
        cells.extend(values.iter().map(|value| unquoted(value.as_deref()).to_owned()));
        cells.push(format!("{} of {}", setting.met(), setting.runs.len()));
        cells.extend(kpis.iter().map(|kpi| {
            setting
                .estimate(&kpi.name())
                .map_or_else(|| "-".to_owned(), |estimate| amount(*kpi, estimate, false))
        }));
        cells.extend(has_alike.then(|| if alike > 0 { format!("+{alike}") } else { String::new() }));
        table.row(cells);
    };
    let ranked = swept.ranked(kpi);
    let groups = alike(&ranked);
    for (place, (setting, others)) in groups.iter().take(BEST).enumerate() {
        row(if place == 0 { "best" } else { "" }, setting, *others);
    }
    if ranked.is_empty() {
        swept.closest(kpi).into_iter().for_each(|closest| row("closest", closest, 0));
    }
    swept.base().into_iter().for_each(|base| row("as it stands", base, 0));
    table.write(page, 1 + names.len());
}

/// Whether one of the settings in the table stands for others.
pub(super) fn has_alike(swept: &Swept, kpi: Kpi) -> bool {
    alike(&swept.ranked(kpi)).iter().take(BEST).any(|(_, others)| *others > 0)
}

/// The settings without those whose runs took the very same course as those of one before; of these, how many.
fn alike<'a>(ranked: &[&'a Setting]) -> Vec<(&'a Setting, usize)> {
    let course = |setting: &Setting| -> Vec<Option<String>> {
        setting.runs.iter().map(|run| run.as_ref().map(|run| run.fingerprint.clone())).collect()
    };
    let mut places: BTreeMap<Vec<Option<String>>, usize> = BTreeMap::new();
    let mut groups: Vec<(&Setting, usize)> = Vec::new();
    for setting in ranked {
        let place = *places.entry(course(setting)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, others)) => *others += 1,
            None => groups.push((setting, 0)),
        }
    }
    groups
}

/// What the letters over the columns of [`settings`] stand for.
pub(super) fn letters(swept: &Swept) -> String {
    let names = axis_names(&swept.plan).into_iter().enumerate();
    names.map(|(axis, name)| format!("{} {name}", letter(axis))).collect::<Vec<_>>().join(" · ")
}

/// `A` of the first axis; `A1` of the 27th.
fn letter(axis: usize) -> String {
    let letter = char::from(b'A' + (axis % 26) as u8);
    if axis < 26 { letter.to_string() } else { format!("{letter}{}", axis / 26) }
}

/// The best setting, or else the closest, beside the scenario as it stands, KPI by KPI; `None` where one of them is missing.
pub(super) fn beside(swept: &Swept, kpi: Kpi) -> Option<Table> {
    let (name, best) = match swept.best(kpi) {
        Some(best) => ("best", best),
        None => ("closest", swept.closest(kpi)?),
    };
    let base = swept.base().filter(|base| base.point != best.point)?;
    let latency = |delay, statistic| Kpi::Latency(delay, statistic);
    let kpis = [
        Kpi::GpuHours,
        Kpi::Cost,
        Kpi::Attainment,
        Kpi::Goodput,
        latency(Delay::Ttft, Statistic::P50),
        latency(Delay::Ttft, Statistic::P99),
        latency(Delay::E2e, Statistic::P50),
        latency(Delay::QueueWait, Statistic::P99),
        Kpi::PeakReplicas,
        Kpi::ScaleEvents,
        Kpi::Reversals,
    ];
    let mut table = Table::new(&[1, 2, 3]);
    table.row(["", name, "as it stands", "difference"].map(str::to_owned).to_vec());
    for kpi in kpis {
        let name = kpi.name();
        let (Some(own), Some(of_base)) = (best.estimate(&name), base.estimate(&name)) else { continue };
        let difference = match swept.difference(base, best, &name) {
            Some(found) if found.is_detected() => amount(kpi, found.estimate(), true),
            Some(_) => "none detected".to_owned(),
            None => "-".to_owned(),
        };
        table.row(vec![
            format!("  {}", title(kpi)),
            amount(kpi, own, false),
            amount(kpi, of_base, false),
            difference,
        ]);
    }
    Some(table)
}
