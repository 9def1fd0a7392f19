//! `sim run --dry-run`

use crate::exit::{Exit, Failure};
use forescale::scenario::{Origin, Scenario, Setting};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Prints every value that holds, and where it comes from.
///
/// The text is TOML: what the scenario says, written out with its defaults, is a scenario again; what comes from manifests stands
/// in comments.
pub(crate) fn dry_run(scenario: &Scenario, as_json: bool) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    let settings = &scenario.settings;
    if as_json {
        let all = |settings: &[Setting]| -> Value {
            settings.iter().map(|setting| to_json(scenario, setting)).collect()
        };
        let document = json!({
            "schema": 1,
            "scenario": scenario.title(),
            "settings": { "scenario": all(&settings.scenario), "manifests": all(&settings.manifests) },
            "diagnostics": scenario.report.to_json(),
        });
        writeln!(out, "{document:#}")?;
        return Ok(Exit::Fine);
    }
    writeln!(
        out,
        "# {}: every value that holds, and where it comes from. Nothing was simulated.\n",
        scenario.title()
    )?;
    lines(&mut out, "", scenario, &settings.scenario)?;
    if !settings.manifests.is_empty() {
        writeln!(out, "\n# From the manifests, with the defaults of whoever reads them:")?;
        lines(&mut out, "# ", scenario, &settings.manifests)?;
    }
    Ok(Exit::Fine)
}

/// One line per setting, the origins below each other where values are short.
fn lines(out: &mut impl Write, prefix: &str, scenario: &Scenario, settings: &[Setting]) -> io::Result<()> {
    let text = |setting: &Setting| format!("{prefix}{} = {}", setting.path, setting.value);
    let column =
        settings.iter().map(|setting| text(setting).chars().count()).filter(|width| *width <= WIDEST).max();
    for setting in settings {
        let origin = match setting.origin {
            Origin::Written(span) => {
                let sources = &scenario.report.sources;
                format!("{}:{}", sources.name(span.source), sources.position(span).line)
            }
            Origin::Default(of) => format!("default of {of}"),
        };
        writeln!(out, "{:<width$}  # {origin}", text(setting), width = column.unwrap_or(0))?;
    }
    Ok(())
}

/// Longer lines do not push the origins of all others aside.
const WIDEST: usize = 72;

fn to_json(scenario: &Scenario, setting: &Setting) -> Value {
    let origin = match setting.origin {
        Origin::Written(span) => {
            let sources = &scenario.report.sources;
            let at = sources.position(span);
            json!({ "file": sources.name(span.source), "line": at.line, "column": at.column })
        }
        Origin::Default(of) => json!({ "default_of": of }),
    };
    json!({ "path": setting.path, "value": setting.value, "origin": origin })
}
