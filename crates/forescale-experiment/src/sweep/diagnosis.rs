//! What was wrong with the scenario as it stands.

use super::swept::{Setting, Swept};
use crate::kpi::{Better, Kpi};
use crate::statistics::{Difference, Estimate};

/// What the runs of the base say about its HPA, beside those of the best setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// In how many runs of the base the objectives were met.
    pub met: usize,
    /// Of how many that went to their end.
    pub of: usize,
    /// What it comes down to.
    pub cause: Cause,
    /// Each metric of the base's HPA.
    pub readings: Vec<Reading>,
}

/// Why the base is not the best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// It is: nothing that was tried is better.
    Nothing,
    /// It meets the objectives, but its KPI is worse than the best setting's by so much: the base's less the best one's, in the KPI's unit.
    Costly(Estimate),
    /// It misses the objectives, and never added a replica.
    NeverScales,
    /// It misses them, and added its first replica later than the best setting, or not in all runs.
    Late {
        /// When it did, in seconds, in the mean over the runs in which it did.
        at_s: f64,
        /// In how many runs it did.
        runs: usize,
        /// When the best setting did at the same seeds.
        best_at_s: f64,
        /// How much later, by seed, in seconds.
        by_s: Estimate,
    },
    /// It misses them for another reason.
    Other,
}

/// One metric of the base's HPA, over all of its runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The metric.
    pub name: String,
    /// `Value`, `AverageValue` or `Utilization`.
    pub kind: String,
    /// Its target.
    pub target: f64,
    /// Above this it asks for more replicas.
    pub acts_above: f64,
    /// The greatest reading in any run of the base.
    pub greatest: f64,
    /// In how many runs of the base it asked for more replicas.
    pub asked_in: usize,
    /// The greatest reading in any run of any setting that has this metric.
    pub greatest_anywhere: f64,
}

/// What was wrong with the base; `None` where none of its runs went to its end.
pub(super) fn diagnose(swept: &Swept, kpi: Kpi) -> Option<Diagnosis> {
    let base = swept.base().filter(|base| base.finished() > 0)?;
    Some(Diagnosis {
        met: base.met(),
        of: base.finished(),
        cause: cause(swept, base, kpi),
        readings: readings(swept, base),
    })
}

fn cause(swept: &Swept, base: &Setting, kpi: Kpi) -> Cause {
    let best = swept.best(kpi);
    if base.is_met() {
        let more = best.and_then(|best| swept.difference(best, base, &kpi.name()));
        let is_worse = |more: &Difference| match kpi.better() {
            Better::Higher => more.estimate().mean < 0.0,
            Better::Lower | Better::Neither => more.estimate().mean > 0.0,
        };
        return match more.filter(|more| more.is_detected() && is_worse(more)) {
            Some(more) => Cause::Costly(more.estimate()),
            None => Cause::Nothing,
        };
    }
    let firsts = |setting: &Setting| -> Vec<Option<f64>> {
        setting.runs.iter().map(|run| run.as_ref().and_then(|run| run.first_scale_up_s)).collect()
    };
    let own = firsts(base);
    let runs = own.iter().flatten().count();
    if runs == 0 {
        return Cause::NeverScales;
    }
    let Some(best) = best else { return Cause::Other };
    let pairs: Vec<(f64, f64)> =
        own.iter().zip(firsts(best)).filter_map(|(own, best)| Some(((*own)?, best?))).collect();
    let [own, others]: [Vec<f64>; 2] =
        [pairs.iter().map(|pair| pair.0).collect(), pairs.iter().map(|pair| pair.1).collect()];
    let later: Vec<f64> = pairs.iter().map(|(own, best)| own - best).collect();
    let (Some(at), Some(best_at), Some(by)) =
        (Estimate::of(&own), Estimate::of(&others), Estimate::of(&later))
    else {
        return Cause::Other;
    };
    let is_later = by.interval().map_or(by.mean > 0.0, |(low, _)| low > 0.0);
    match is_later || (runs < base.finished() && by.mean > 0.0) {
        true => Cause::Late { at_s: at.mean, runs, best_at_s: best_at.mean, by_s: by },
        false => Cause::Other,
    }
}

fn readings(swept: &Swept, base: &Setting) -> Vec<Reading> {
    let first = base.runs.iter().flatten().max_by_key(|run| run.signals.len());
    let signals = first.map(|run| run.signals.as_slice()).unwrap_or_default();
    let reading = |signal: &super::Signal| {
        let is_this = |other: &&super::Signal| other.name == signal.name && other.kind == signal.kind;
        let of = |setting: &Setting| -> Vec<(f64, u32)> {
            let all = setting.runs.iter().flatten().filter_map(|run| run.signals.iter().find(is_this));
            all.map(|signal| (signal.greatest, signal.asked)).collect()
        };
        let own = of(base);
        let most = |all: &[(f64, u32)]| all.iter().map(|(greatest, _)| *greatest).fold(0.0, f64::max);
        Reading {
            name: signal.name.clone(),
            kind: signal.kind.clone(),
            target: signal.target,
            acts_above: signal.acts_above,
            greatest: most(&own),
            asked_in: own.iter().filter(|(_, asked)| *asked > 0).count(),
            greatest_anywhere: swept.settings.iter().map(|setting| most(&of(setting))).fold(0.0, f64::max),
        }
    };
    signals.iter().map(reading).collect()
}
