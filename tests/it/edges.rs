//! Who may know whom: every path in the crates against the list in `edges/allowed.rs`.
//!
//! A simulated autoscaler that could look at the truth would make every result worthless, so this is tested, not agreed upon.

mod allowed;
mod drawing;
mod resolve;
mod scan;

use crate::workspace::{assert_none, assert_up_to_date, files, read, root};
use allowed::{EDGES, Kind, ROOMS};
use drawing::kind;
use resolve::{Rooms, Use, Uses, core_modules, workspace_uses};
use std::collections::{BTreeMap, BTreeSet};

/// Sentences about uses that are not listed.
fn unlisted(uses: &[Use]) -> Vec<String> {
    let is_listed = |it: &&Use| EDGES.iter().any(|(from, to, _)| it.from == *from && it.to == *to);
    let sentence = |it: &Use| {
        let Use { from, to, place, written } = it;
        format!(
            "{place}: `{written}` leads from {from} to {to}, which {from} must not know; \
             ask for a view or a message instead, or list the edge with its reason in tests/it/edges/allowed.rs"
        )
    };
    uses.iter().filter(|it| !is_listed(it)).map(sentence).collect()
}

#[test]
fn every_path_that_leaves_its_room_is_listed() {
    let Uses { uses, complaints } = workspace_uses();
    assert!(uses.len() > 100, "the scan sees the code");
    assert_none(&[complaints, unlisted(&uses)].concat());
}

#[test]
fn every_listed_edge_is_used() {
    let uses = workspace_uses().uses;
    let is_used = |from, to| uses.iter().any(|it| it.from == from && it.to == to);
    let idle = EDGES.iter().filter(|(from, to, _)| !is_used(*from, *to));
    let sentence = |(from, to, _): &(&str, &str, &str)| {
        format!("tests/it/edges/allowed.rs: nothing leads from {from} to {to}; take the edge off the list")
    };
    assert_none(&idle.map(sentence).collect::<Vec<_>>());
}

#[test]
fn no_part_knows_another_part() {
    let may = |from, to| match (kind(from), kind(to)) {
        (Kind::Part, to) => matches!(to, Kind::Views | Kind::Words) || to == Kind::Crate,
        (Kind::Views | Kind::Words, to) => matches!(to, Kind::Views | Kind::Words | Kind::Crate),
        (Kind::Record, to) => to != Kind::Wiring,
        (Kind::Crate | Kind::Wiring, _) => true,
    };
    let wrong = EDGES
        .iter()
        .filter(|(from, to, _)| !may(*from, *to) || kind(from) != Kind::Crate && *to == resolve::CORE);
    assert_none(&wrong.map(|(from, to, _)| format!("{from} must never know {to}")).collect::<Vec<_>>());
}

#[test]
fn the_list_has_no_circle() {
    let mut left: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).collect();
    loop {
        let leads_on = |name: &&str| EDGES.iter().any(|(from, to, _)| from == name && left.contains(to));
        let ends: Vec<&str> = left.iter().copied().filter(|name| !leads_on(name)).collect();
        if ends.is_empty() {
            break;
        }
        ends.iter().for_each(|name| assert!(left.remove(name)));
    }
    assert!(left.is_empty(), "these rooms know each other in a circle, or know someone who does: {left:?}");
}

#[test]
fn the_rooms_are_those_that_exist() {
    let mut exist = core_modules();
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    exist.extend(crates.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()));
    exist.sort();
    let mut listed: Vec<&str> = ROOMS.iter().map(|room| room.name).collect();
    listed.sort_unstable();
    assert_eq!(listed, exist, "ROOMS in tests/it/edges/allowed.rs against the folders and files");
    let mut ends = EDGES.iter().flat_map(|(from, to, _)| [from, to]);
    assert_eq!(ends.find(|name| !listed.contains(name)), None, "an edge names no room");
    let edges: BTreeSet<_> = EDGES.iter().map(|(from, to, _)| (from, to)).collect();
    assert_eq!(edges.len(), EDGES.len(), "an edge is listed twice");
    assert!(EDGES.iter().all(|(_, _, why)| !why.is_empty() && !why.contains('\n')), "a reason is one line");
}

#[test]
fn manifests_agree_with_the_list() {
    let mut manifests: Vec<(String, String)> = files("crates", "/Cargo.toml")
        .into_iter()
        .map(|path| (path.split('/').nth(1).unwrap_or_default().to_owned(), path))
        .collect();
    manifests.push(("forescale".to_owned(), "Cargo.toml".to_owned()));
    let mut complaints = Vec::new();
    for (krate, path) in &manifests {
        let manifest: toml::Table = read(path).parse().unwrap();
        let dependencies = ["dependencies", "dev-dependencies", "build-dependencies"];
        let ours = dependencies
            .iter()
            .filter_map(|table| manifest.get(*table)?.as_table())
            .flat_map(toml::Table::keys);
        let ours: BTreeSet<&str> =
            ours.map(String::as_str).filter(|name| name.starts_with("forescale-")).collect();
        let listed: BTreeSet<&str> = EDGES
            .iter()
            .filter(|(from, to, _)| crate_of(from) == krate && crate_of(to) != krate)
            .map(|(_, to, _)| crate_of(to))
            .collect();
        for extra in ours.difference(&listed) {
            complaints
                .push(format!("{path}: depends on {extra}, but no edge from {krate} to {extra} is listed"));
        }
        for missing in listed.difference(&ours) {
            complaints.push(format!(
                "{path}: an edge from {krate} to {missing} is listed, but it is no dependency"
            ));
        }
    }
    assert_none(&complaints);
}

fn crate_of(room: &str) -> &str {
    if kind(room) == Kind::Crate { room } else { resolve::CORE }
}

/// A planted path is found: the test can fail.
#[test]
fn planted_paths_are_found() {
    let plants = BTreeMap::from([
        ("use crate::replica::Prompt;", "gateway to replica"),
        ("fn f() { super::super::cluster::choose(); }", "gateway to cluster"),
        ("#[cfg(test)] mod tests { use crate::demand::Request; }", "gateway to demand"),
        ("fn f() { assert_eq!(crate::record::Bin::default(), x); }", "gateway to record"),
        ("fn f() { crate::run(); }", "gateway to world"),
        ("use crate::*;", "gateway to forescale-core"),
        ("use forescale_promql::Labels;", "gateway to forescale-promql"),
    ]);
    for (code, expected) in plants {
        let mut uses = Uses::default();
        Rooms::new().add("crates/forescale-core/src/gateway/planted.rs", &format!("\n{code}"), &mut uses);
        let sentences = unlisted(&uses.uses);
        let begin = "crates/forescale-core/src/gateway/planted.rs:2: ";
        assert!(
            sentences.len() == 1 && sentences[0].starts_with(begin) && sentences[0].contains(expected),
            "{code}: {sentences:?}"
        );
    }
    let mut uses = Uses::default();
    Rooms::new().add("crates/forescale-kernel/src/planted.rs", "use std::{fmt, time::Instant};", &mut uses);
    assert_eq!(uses.complaints.len(), 1, "{:?}", uses.complaints);
}

#[test]
fn the_drawing_is_up_to_date() {
    let path = "ARCHITECTURE.md";
    let text = read(path);
    let (before, rest) = text.split_once(drawing::BEGIN).expect("ARCHITECTURE.md has the first marker");
    let (_, after) = rest.split_once(drawing::END).expect("ARCHITECTURE.md has the second marker");
    let fresh = format!("{before}{}\n{}{}{after}", drawing::BEGIN, drawing::drawing(), drawing::END);
    assert_up_to_date(path, &fresh);
}
