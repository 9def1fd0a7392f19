//! What decided over a whole run.

use super::{Explanation, instant_of};
use crate::json::Look;
use crate::number;
use crate::page::{Line, Page, Tone};
use crate::text::table::Table;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Summary {
    /// How many syncs there were.
    syncs: usize,
    /// What decided how often. Every metric, window, limit and branch is there, those that never counted with 0.
    tallies: Vec<Tally>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Tally {
    /// `scaled` (replicas were written: `up` or `down`), `binding` (this metric's proposal counted), `failed` (this metric could not be
    /// evaluated), `held` (this window held the count: `scaleUp` or `scaleDown`), `limited` (this was the reason of a true
    /// `ScalingLimited`), `branch` (the sync did not decide by metrics; see `looks[].hpa.branch`).
    what: &'static str,
    /// Which one.
    name: String,
    /// In how many syncs.
    syncs: usize,
    /// The share of the time for which such a sync was the latest one, of the time from the first sync to the end of the run; `null`
    /// for `scaled`, and without such a time.
    time_share: Option<f64>,
    /// When it was so first; `null` for never.
    first_s: Option<f64>,
    /// When it was so last; `null` for never.
    last_s: Option<f64>,
}

const LIMITS: [&str; 4] = ["ScaleUpLimit", "ScaleDownLimit", "TooManyReplicas", "TooFewReplicas"];
const BRANCHES: [&str; 5] = ["metrics_failed", "above_max", "below_min", "disabled", "no_scale"];

impl Summary {
    pub(super) fn of(run: &Explanation) -> Self {
        let looks = run.looks.as_slice();
        let tally = |what, name: &str, is: &dyn Fn(&Look) -> bool| Tally::of(run, what, name, is);
        let mut tallies = vec![
            tally("scaled", "up", &|look| look.to_replicas > look.from_replicas),
            tally("scaled", "down", &|look| look.to_replicas < look.from_replicas),
        ];
        let metrics = metric_names(run);
        for (index, name) in metrics.iter().enumerate() {
            tallies.push(tally("binding", name, &|look| {
                look.hpa.as_ref().is_some_and(|hpa| hpa.winner == Some(index))
            }));
        }
        for (index, name) in metrics.iter().enumerate() {
            tallies.push(tally("failed", name, &|look| {
                let metric = look.hpa.as_ref().and_then(|hpa| hpa.metrics.get(index));
                metric.is_some_and(|metric| metric.error.is_some())
            }));
        }
        if looks.iter().any(|look| look.hpa.is_some()) {
            for window in ["scaleUp", "scaleDown"] {
                tallies.push(tally("held", window, &|look| {
                    let held = look.hpa.as_ref().and_then(|hpa| hpa.stabilization.as_ref());
                    held.is_some_and(|held| held.window == window)
                }));
            }
            for limit in LIMITS {
                tallies.push(tally("limited", limit, &|look| {
                    look.hpa.as_ref().is_some_and(|hpa| hpa.limit_reason.as_deref() == Some(limit))
                }));
            }
            for branch in BRANCHES {
                tallies.push(tally("branch", branch, &|look| {
                    look.hpa.as_ref().is_some_and(|hpa| hpa.branch == branch)
                }));
            }
        }
        Self { syncs: looks.len(), tallies }
    }

    pub(super) fn write(&self, page: &mut Page) {
        let remark = "time counts from each sync to the next, from the last one to the end of the run";
        page.heading("Summary", &format!("{}; {remark}", number::things(self.syncs, "sync")));
        let mut table = Table::new(&[2, 3]);
        let mut faint = Vec::new();
        for tally in self.tallies.iter().filter(|tally| tally.syncs > 0 || tally.what == "binding") {
            faint.push(tally.syncs == 0);
            table.row(tally.row());
        }
        for (line, is_faint) in table.lines().into_iter().zip(faint) {
            let tone = if is_faint { Tone::Faint } else { Tone::Plain };
            page.push_wrapped(Line::plain("  ").with(tone, &line), 6);
        }
    }
}

/// The HPA's metrics by name, in order.
fn metric_names(run: &Explanation) -> Vec<String> {
    let of_object = run.autoscaler.hpa.as_ref().map(|hpa| hpa.metrics.iter().map(|it| it.name.clone()));
    let longest = || {
        let all = run.looks.iter().filter_map(|look| look.hpa.as_ref()).map(|hpa| &hpa.metrics);
        all.max_by_key(|metrics| metrics.len())
    };
    match of_object {
        Some(names) => names.collect(),
        None => longest().into_iter().flatten().map(|metric| metric.name.clone()).collect(),
    }
}

impl Tally {
    fn of(run: &Explanation, what: &'static str, name: &str, is: &dyn Fn(&Look) -> bool) -> Self {
        let (looks, end_s) = (run.looks.as_slice(), run.scenario.end_s);
        let mut tally =
            Self { what, name: name.to_owned(), syncs: 0, time_share: None, first_s: None, last_s: None };
        let mut time_s = 0.0;
        for (index, look) in looks.iter().enumerate() {
            if is(look) {
                tally.syncs += 1;
                tally.first_s.get_or_insert(look.t_s);
                tally.last_s = Some(look.t_s);
                time_s += looks.get(index + 1).map_or(end_s, |next| next.t_s) - look.t_s;
            }
        }
        let whole_s = looks.first().map_or(0.0, |first| end_s - first.t_s);
        tally.time_share = (whole_s > 0.0 && what != "scaled").then(|| (time_s / whole_s).clamp(0.0, 1.0));
        tally
    }

    fn row(&self) -> Vec<String> {
        let at = |seconds: Option<f64>| seconds.map(|seconds| number::instant(instant_of(seconds)));
        let when = match (at(self.first_s), at(self.last_s)) {
            (Some(first), Some(last)) if self.syncs > 1 => format!("{first} to {last}"),
            (Some(first), _) => first,
            _ => "never".to_owned(),
        };
        let share = self.time_share.map(|share| format!("{} of the time", number::percent(share)));
        let name = match self.what {
            "held" => format!("by the {} window", self.name),
            "limited" => format!("by {}", self.name),
            _ => self.name.clone(),
        };
        let syncs = number::things(self.syncs, "sync");
        vec![self.what.to_owned(), name, syncs, share.unwrap_or_default(), when]
    }
}
