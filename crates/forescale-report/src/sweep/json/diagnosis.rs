//! What was wrong with the scenario as it stands.

use crate::json::Estimate;
use crate::sweep::sentences;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{self, Swept};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Diagnosis<'a> {
    /// What it comes down to.
    cause: Cause,
    /// The same in a sentence.
    why: String,
    /// In how many of the base's runs all objectives were met.
    met: usize,
    /// Of how many that went to their end.
    of: usize,
    /// How late it was; `null` but where `cause` is `late`.
    late: Option<Late>,
    /// Each metric of the base's HPA that had a value; empty without an HPA.
    metrics: Vec<Reading<'a>>,
}

/// Why the base is not the best.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Cause {
    /// Nothing that was tried is found to be better.
    Nothing,
    /// It meets the objectives, but with more than need be.
    Costly,
    /// It misses them, and never adds a replica.
    NeverScales,
    /// It misses them, and adds its first replica later than the best setting.
    Late,
    /// It misses them for another reason.
    Other,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Late {
    /// When the base adds its first replica, in the mean over the runs in which it does.
    at_s: f64,
    /// In how many runs it does.
    in_runs: usize,
    /// When the best setting does, at the same seeds.
    best_at_s: f64,
    /// How much later that is, by seed.
    by_s: Estimate,
}

/// A metric of the base's HPA, over all of its runs.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Reading<'a> {
    /// Its name.
    metric: &'a str,
    /// `Value`, `AverageValue` or `Utilization`: what its target is compared with.
    r#type: &'a str,
    /// Its target.
    target: f64,
    /// Above this reading it asks for more replicas: the target and the tolerance.
    acts_above: f64,
    /// The greatest reading in any run of the base.
    greatest: f64,
    /// In how many runs of the base it asked for more replicas.
    asked_in_runs: usize,
    /// The greatest reading in any run of any setting.
    greatest_of_any_setting: f64,
}

impl<'a> Diagnosis<'a> {
    pub(super) fn new(swept: &Swept, found: &'a sweep::Diagnosis, kpi: Kpi) -> Self {
        let (cause, late) = match found.cause {
            sweep::Cause::Nothing => (Cause::Nothing, None),
            sweep::Cause::Costly(_) => (Cause::Costly, None),
            sweep::Cause::NeverScales => (Cause::NeverScales, None),
            sweep::Cause::Late { at_s, runs, best_at_s, by_s } => {
                (Cause::Late, Some(Late { at_s, in_runs: runs, best_at_s, by_s: by_s.into() }))
            }
            sweep::Cause::Other => (Cause::Other, None),
        };
        Self {
            cause,
            why: sentences::diagnosis(swept, found, kpi),
            met: found.met,
            of: found.of,
            late,
            metrics: found.readings.iter().map(Reading::from).collect(),
        }
    }
}

impl<'a> From<&'a sweep::Reading> for Reading<'a> {
    fn from(reading: &'a sweep::Reading) -> Self {
        Self {
            metric: &reading.name,
            r#type: &reading.kind,
            target: reading.target,
            acts_above: reading.acts_above,
            greatest: reading.greatest,
            asked_in_runs: reading.asked_in,
            greatest_of_any_setting: reading.greatest_anywhere,
        }
    }
}
