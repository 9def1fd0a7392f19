//! The drawing in ARCHITECTURE.md, made from the list of edges.

use super::allowed::{EDGES, Kind, ROOMS, Room};
use super::resolve::CORE;
use std::fmt::Write;

/// The lines between which the drawing stands.
pub(crate) const BEGIN: &str = "<!-- edges: begin, generated from tests/it/edges/allowed.rs -->";
pub(crate) const END: &str = "<!-- edges: end -->";

/// The drawing, then the whole list as a table.
pub(crate) fn drawing() -> String {
    let mut text = String::from("```mermaid\nflowchart TD\n");
    for room in ROOMS.iter().filter(|room| room.kind == Kind::Crate && room.name != CORE) {
        text += &node("  ", room);
    }
    text += "  subgraph core[forescale-core]\n";
    for (id, title, kinds) in GROUPS {
        text += &format!("    subgraph {id}[{title}]\n");
        ROOMS.iter().filter(|room| kinds.contains(&room.kind)).for_each(|room| text += &node("      ", room));
        text += "    end\n";
    }
    text += "  end\n";
    let mut drawn: Vec<String> = Vec::new();
    for (from, to, _) in EDGES {
        if let Some(arrow) = arrow(from, to)
            && !drawn.contains(&arrow)
        {
            text += &arrow;
            drawn.push(arrow);
        }
    }
    text += "```\n\n";
    text += "Dotted arrows come from the wiring. Arrows to the words are left out, and those to `forescale-kernel` are \
             drawn once per crate. The whole list:\n\n| from | to | why |\n|---|---|---|\n";
    for (from, to, why) in EDGES {
        let _ = writeln!(text, "| {from} | {to} | {why} |");
    }
    text
}

const GROUPS: [(&str, &str, &[Kind]); 3] = [
    ("wiring", "wiring and record", &[Kind::Wiring, Kind::Record]),
    ("parts", "parts", &[Kind::Part]),
    ("seen", "views and words", &[Kind::Views, Kind::Words]),
];

fn node(indent: &str, room: &Room) -> String {
    format!("{indent}{}[{}]\n", id(room.name), room.name)
}

/// The arrow of an edge; `None` where the drawing leaves it out.
fn arrow(from: &str, to: &str) -> Option<String> {
    let (source, target) = (kind(from), kind(to));
    if target == Kind::Words || from == CORE && target != Kind::Crate {
        return None;
    }
    let from = if to == "forescale-kernel" && source != Kind::Crate { CORE } else { from };
    let line = if source == Kind::Wiring && target != Kind::Crate { "-.->" } else { "-->" };
    Some(format!("  {} {line} {}\n", id(from), id(to)))
}

/// The room's kind; a room that is not listed counts as a crate.
pub(crate) fn kind(name: &str) -> Kind {
    ROOMS.iter().find(|room| room.name == name).map_or(Kind::Crate, |room| room.kind)
}

/// A name that mermaid takes: no hyphens, and a crate that is drawn as a frame is that frame.
fn id(name: &str) -> String {
    name.trim_start_matches("forescale-").replace('-', "_")
}
