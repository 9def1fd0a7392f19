//! The table of KPIs in `docs/kpis.md` is made from the types.

use super::Kpi;
use std::fs;
use std::path::PathBuf;

const BEGIN: &str = "<!-- kpis: begin, generated -->\n";
const END: &str = "<!-- kpis: end -->";

/// A line for all KPIs that one sentence defines.
fn table() -> String {
    let all = Kpi::all();
    let mut rows = Vec::new();
    for kpis in all.chunk_by(|a, b| a.definition() == b.definition() && a.unit() == b.unit()) {
        let names: Vec<String> = kpis.iter().map(|kpi| format!("`{}`", kpi.name())).collect();
        let Some(first) = kpis.first() else { continue };
        let mut better: Vec<&str> = kpis.iter().map(|kpi| kpi.better().name()).collect();
        better.dedup();
        let by_workload = if first.is_by_workload() { "yes" } else { "" };
        rows.push(format!(
            "| {} | {} | {} | {by_workload} | {} |\n",
            names.join("<br>"),
            first.unit(),
            better.join(", else "),
            first.definition()
        ));
    }
    format!("| name | unit | better | by workload | definition |\n|---|---|---|---|---|\n{}", rows.concat())
}

#[test]
fn the_page_has_the_table_of_the_types() {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/kpis.md"));
    let found = fs::read_to_string(&path).unwrap();
    let (before, rest) = found.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let fresh = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        fs::write(path, fresh).unwrap();
    } else {
        assert!(
            found == fresh,
            "`FORESCALE_BLESS=1 cargo test -p forescale-experiment` rewrites docs/kpis.md"
        );
    }
}

#[test]
fn names_are_unique_and_find_their_kpi() {
    let all = Kpi::all();
    for kpi in &all {
        assert_eq!(Kpi::named(&kpi.name()), Some(*kpi));
        assert_eq!(all.iter().filter(|other| other.name() == kpi.name()).count(), 1, "{}", kpi.name());
    }
    assert_eq!(Kpi::named("ttft"), None);
}
