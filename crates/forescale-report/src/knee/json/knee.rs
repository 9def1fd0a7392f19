//! Where the knee is, by each rule.

use crate::json::Estimate;
use forescale_experiment::knee;
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Knee {
    /// The rule that holds.
    rule: Rule,
    /// The knee; `null` where no load meets the objectives.
    at: Option<Point>,
    /// The rule of objectives.
    objectives: Objectives,
    /// The rule of power: the level at which throughput over time in system is greatest.
    power: Point,
    /// The rule of saturation.
    saturation: Saturation,
}

/// What decides about the knee.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Rule {
    /// The highest load that meets all objectives.
    Objectives,
    /// The load at which throughput over mean time in system is greatest; there are no objectives.
    Power,
    /// The smallest load that reaches 95 % of the highest throughput; the objectives are met at every level.
    Saturation,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Point {
    /// The load over all pods, in the document's `load_unit`.
    load: Estimate,
    /// Requests that finish there, over all pods.
    requests_per_s: Estimate,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Objectives {
    /// How the objectives fare.
    outcome: Outcome,
    /// The highest load that meets all of them; `null` but where `outcome` is `until`.
    until: Option<Point>,
    /// The objective that is missed first: an index in the document's `objectives`; `null` where none is missed.
    missed_first: Option<usize>,
}

/// How the objectives fare.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Outcome {
    /// There are none.
    None,
    /// They are met up to some load.
    Until,
    /// They are met at every level.
    Always,
    /// They are missed at the lowest level already.
    Never,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Saturation {
    /// The highest throughput of any level.
    plateau_requests_per_s: Estimate,
    /// The smallest load that reaches 95 % of it.
    at: Point,
}

impl From<&knee::Knee> for Knee {
    fn from(knee: &knee::Knee) -> Self {
        Self {
            rule: match knee.rule {
                knee::Rule::Objectives => Rule::Objectives,
                knee::Rule::Power => Rule::Power,
                knee::Rule::Saturation => Rule::Saturation,
            },
            at: knee.at.map(Point::from),
            objectives: Objectives::from(knee.outcome),
            power: knee.power.into(),
            saturation: Saturation {
                plateau_requests_per_s: knee.plateau.into(),
                at: knee.saturation.into(),
            },
        }
    }
}

impl From<knee::Point> for Point {
    fn from(point: knee::Point) -> Self {
        Self { load: point.load.into(), requests_per_s: point.throughput.into() }
    }
}

impl From<knee::Outcome> for Objectives {
    fn from(outcome: knee::Outcome) -> Self {
        let (outcome, until, missed_first) = match outcome {
            knee::Outcome::NoObjectives => (Outcome::None, None, None),
            knee::Outcome::Until(at, first) => (Outcome::Until, Some(at.into()), Some(first)),
            knee::Outcome::Always => (Outcome::Always, None, None),
            knee::Outcome::Never(first) => (Outcome::Never, None, Some(first)),
        };
        Self { outcome, until, missed_first }
    }
}
