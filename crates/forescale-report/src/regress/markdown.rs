//! The verdict as Markdown, for the summary of a job or a comment on a pull request.

use super::gate::{Gate, Gates};
use super::words;
use forescale_experiment::regress::{Change, Finding, Standing, Verdict};
use std::fmt::Write as _;

/// What was found as GitHub's and GitLab's Markdown.
pub fn regress_markdown(gates: &Gates) -> String {
    let mut text = format!("### {} Forescale: {}\n", sign(gates.verdict()), escaped(&gates.sentence()));
    for gate in &gates.gates {
        write_gate(&mut text, gate);
    }
    for one in &gates.unjudged {
        // Writing into a text cannot fail.
        let sign = if one.is_broken() { "❌" } else { "⚠️" };
        let _ = writeln!(text, "\n{sign} **{}**: {}", escaped(&one.scenario), escaped(&one.told()));
    }
    text
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✅",
        Verdict::CannotTell => "⚠️",
        Verdict::Fail => "❌",
    }
}

// Writing into a text cannot fail.
fn write_gate(text: &mut String, gate: &Gate) {
    let (name, verdict) = (escaped(&gate.scenario), gate.judged.verdict());
    if gate.judged.is_same() {
        let count = words::kpis(gate.judged.findings.len());
        let _ = writeln!(text, "\n{} **{name}**: {count} the same at every seed", sign(verdict));
        return;
    }
    let _ = writeln!(text, "\n{} **{name}**: {}\n", sign(verdict), verdict.name());
    let _ = writeln!(text, "| KPI | baseline | now | change | margin | |\n|---|---:|---:|---:|---:|---|");
    for finding in &gate.judged.findings {
        let [name, baseline, now, change, margin] = words::cells(finding);
        let (name, standing) = (escaped(&name), standing(finding));
        let _ = writeln!(text, "| {name} | {baseline} | {now} | {change} | {margin} | {standing} |");
    }
    let _ = writeln!(text, "\n<sub>{}</sub>", escaped(&gate.how()));
    if let Some(cause) = gate.cause() {
        let _ = writeln!(text, "\n<sub>{}</sub>", escaped(cause));
    }
}

fn standing(finding: &Finding) -> String {
    let word = words::standing(finding);
    match (finding.standing, finding.change) {
        (Standing::Within, Change::None) => word.to_owned(),
        _ => format!("**{word}**"),
    }
}

/// Names come from files: nothing in them is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '!' | '@' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
