//! What a sweep has shown.

use super::diagnosis::{Diagnosis, diagnose};
use super::effect::{Effect, effects};
use super::plan::Plan;
use super::run::{Finished, Outcome, Run};
use crate::kpi::{Better, Kpi};
use crate::statistics::{Difference, Estimate};
use std::cmp::Ordering;

/// A plan with its runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// What was to be run.
    pub plan: Plan,
    /// The runs in the order of the plan, points first.
    pub runs: Vec<Run>,
    /// Each point of the plan with its runs.
    pub settings: Vec<Setting>,
}

/// A point with its runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Which point of the plan.
    pub point: usize,
    /// Its runs by replication; `None` where one has failed or is missing.
    pub runs: Vec<Option<Finished>>,
    /// Why the first of its runs that failed did.
    pub error: Option<String>,
}

impl Setting {
    /// How many runs went to their end.
    pub fn finished(&self) -> usize {
        self.runs.iter().flatten().count()
    }

    /// How many of them met all objectives.
    pub fn met(&self) -> usize {
        self.runs.iter().flatten().filter(|run| run.is_met).count()
    }

    /// Whether every replication met all objectives.
    pub fn is_met(&self) -> bool {
        !self.runs.is_empty() && self.met() == self.runs.len()
    }

    /// The values of a KPI, by replication.
    pub fn values(&self, kpi: &str) -> Vec<Option<f64>> {
        self.runs.iter().map(|run| run.as_ref().and_then(|run| run.kpis.get(kpi).copied())).collect()
    }

    /// The mean of a KPI over the runs that have it, with its interval; `None` where none has.
    pub fn estimate(&self, kpi: &str) -> Option<Estimate> {
        Estimate::of(&self.values(kpi).into_iter().flatten().collect::<Vec<_>>())
    }
}

impl Swept {
    /// Of these runs, in any order; further ones of the same point and replication are left out.
    pub fn new(plan: Plan, mut runs: Vec<Run>) -> Self {
        runs.sort_by_key(Run::place);
        runs.dedup_by_key(|run| run.place());
        runs.retain(|run| run.point < plan.points.len() && run.replication < plan.replications);
        let empty = |point| Setting { point, runs: vec![None; plan.replications as usize], error: None };
        let mut settings: Vec<Setting> = (0..plan.points.len()).map(empty).collect();
        for run in &runs {
            let Some(setting) = settings.get_mut(run.point) else { continue };
            match &run.outcome {
                Outcome::Failed(error) => {
                    setting.error.get_or_insert_with(|| error.clone());
                }
                Outcome::Finished(finished) => {
                    if let Some(slot) = setting.runs.get_mut(run.replication as usize) {
                        *slot = Some(finished.as_ref().clone());
                    }
                }
            }
        }
        Self { plan, runs, settings }
    }

    /// How many runs are missing.
    pub fn missing(&self) -> usize {
        self.plan.runs().saturating_sub(self.runs.len())
    }

    /// The scenario as it stands.
    pub fn base(&self) -> Option<&Setting> {
        let place = self.plan.points.iter().position(|point| point.is_base)?;
        self.settings.get(place)
    }

    /// The settings that the sweep tries: all but a base that is there for comparison.
    pub fn tried(&self) -> impl Iterator<Item = &Setting> {
        self.settings
            .iter()
            .filter(|setting| self.plan.points.get(setting.point).is_some_and(|point| point.is_tried))
    }

    /// The best setting by a KPI: of those whose every replication meets all objectives the one with the best mean. Of equally good ones the one that
    /// changes the fewest values of the base, and of these the first. `None` where none meets them.
    pub fn best(&self, kpi: Kpi) -> Option<&Setting> {
        self.ranked(kpi).into_iter().next()
    }

    /// All settings that meet the objectives, the best first.
    pub fn ranked(&self, kpi: Kpi) -> Vec<&Setting> {
        let name = kpi.name();
        let mut good: Vec<(f64, &Setting)> = self
            .tried()
            .filter(|setting| setting.is_met())
            .filter_map(|setting| Some((setting.estimate(&name)?.mean, setting)))
            .collect();
        good.sort_by(|(a, one), (b, other)| {
            order(kpi, *a, *b)
                .then_with(|| self.changed(one).cmp(&self.changed(other)))
                .then(one.point.cmp(&other.point))
        });
        good.into_iter().map(|(_, setting)| setting).collect()
    }

    /// The setting that comes closest where none meets the objectives: that meets them most often, then with the best attainment, then the best by
    /// the KPI. `None` where nothing was run.
    pub fn closest(&self, kpi: Kpi) -> Option<&Setting> {
        let (name, attainment) = (kpi.name(), Kpi::Attainment.name());
        let mean = |setting: &Setting, of: &str| setting.estimate(of).map_or(f64::NEG_INFINITY, |it| it.mean);
        let ran = self.tried().filter(|setting| setting.finished() > 0);
        ran.min_by(|a, b| {
            (b.met().cmp(&a.met()))
                .then_with(|| mean(b, &attainment).total_cmp(&mean(a, &attainment)))
                .then_with(|| order(kpi, mean(a, &name), mean(b, &name)))
        })
    }

    /// How much more one setting has of a KPI than another, at the same seeds; `None` where a side has no value.
    pub fn difference(&self, from: &Setting, to: &Setting, kpi: &str) -> Option<Difference> {
        Difference::paired(&from.values(kpi), &to.values(kpi))
    }

    /// How much each axis matters for a KPI, the greatest first.
    pub fn effects(&self, kpi: &str) -> Vec<Effect> {
        effects(self, kpi)
    }

    /// What was wrong with the base; `None` where it has no runs.
    pub fn diagnosis(&self, kpi: Kpi) -> Option<Diagnosis> {
        diagnose(self, kpi)
    }

    /// How many values of the base a setting changes.
    fn changed(&self, setting: &Setting) -> usize {
        let values = |point: usize| {
            self.plan.points.get(point).map(|point| point.values.as_slice()).unwrap_or_default()
        };
        let Some(base) = self.plan.points.iter().position(|point| point.is_base) else { return 0 };
        values(base).iter().zip(values(setting.point)).filter(|(base, own)| !is_same(base, own)).count()
    }
}

fn order(kpi: Kpi, a: f64, b: f64) -> Ordering {
    match kpi.better() {
        Better::Higher => b.total_cmp(&a),
        Better::Lower | Better::Neither => a.total_cmp(&b),
    }
}

/// Whether two values are written alike, or are the same number.
fn is_same(one: &Option<String>, other: &Option<String>) -> bool {
    let number = |value: &Option<String>| value.as_deref().and_then(super::number);
    one == other || number(one).is_some_and(|own| number(other) == Some(own))
}
