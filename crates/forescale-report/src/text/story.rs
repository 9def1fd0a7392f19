//! Which syncs are worth telling.

use forescale_core::autoscaler::hpa::{LimitReason, Reasons, Window};
use forescale_core::record::SyncRecord;
use std::collections::BTreeMap;

/// The syncs worth a line, and how many others there were.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Story<'a> {
    pub(super) told: Vec<&'a SyncRecord>,
    /// All of them left the replicas as they were.
    pub(super) untold: usize,
}

/// What is going on, apart from numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Situation {
    /// Why no or not all metrics could be read, one entry per failure.
    failures: Vec<String>,
    /// The window that holds the count.
    held: Option<&'static str>,
    /// The bound that cuts the wish.
    limit: Option<&'static str>,
}

/// How often a failure, or the end of it, is told between two changes of the replicas.
const FAILURES_TOLD: u32 = 3;

impl Situation {
    fn of(sync: &SyncRecord) -> Self {
        let Some(hpa) = sync.decision.sync.as_deref() else { return Self::default() };
        let reasons = &hpa.reasons;
        let failed = reasons.metrics.iter().filter_map(|metric| {
            let failure = metric.outcome.as_ref().err()?;
            Some(format!("{} {}", metric.name, failure.reason))
        });
        let mut failures: Vec<String> = failed.collect();
        if let (Some(error), true) = (&hpa.error, failures.is_empty()) {
            failures.push(error.to_string());
        }
        Self { failures, held: held(reasons), limit: limit(reasons) }
    }
}

fn held(reasons: &Reasons) -> Option<&'static str> {
    let held = reasons.stabilization?.held?;
    Some(match held.window {
        Window::ScaleUp => "scaleUp",
        Window::ScaleDown => "scaleDown",
    })
}

/// `minReplicas` does not count: an idle target rests there.
fn limit(reasons: &Reasons) -> Option<&'static str> {
    let reason = reasons.clamp.as_ref()?.reason;
    let rests = matches!(reason, LimitReason::DesiredWithinRange | LimitReason::TooFewReplicas);
    (!rests).then(|| reason.as_str())
}

impl<'a> Story<'a> {
    /// The first sync, each that changed the replicas, and each that is held, limited or failing in a way that was not told since
    /// the last change, or works again.
    pub(super) fn of(syncs: &'a [SyncRecord]) -> Self {
        let mut story = Self::default();
        let mut last: Option<Situation> = None;
        // What was told since the replicas changed: the situation, and whether the sync before it failed.
        let mut told: BTreeMap<(Situation, bool), u32> = BTreeMap::new();
        for sync in syncs {
            let now = Situation::of(sync);
            let was_failing = last.as_ref().is_some_and(|last| !last.failures.is_empty());
            let is_news = match &last {
                None => true,
                Some(_) if sync.to() != sync.from => {
                    told.clear();
                    true
                }
                Some(last) if now.failures != last.failures => {
                    told.get(&(now.clone(), was_failing)).is_none_or(|times| *times < FAILURES_TOLD)
                }
                Some(_) => {
                    let is_ordinary = now.held.is_none() && now.limit.is_none();
                    let is_told = told.keys().any(|(situation, _)| *situation == now);
                    !is_ordinary && now.failures.is_empty() && !is_told
                }
            };
            if is_news {
                *told.entry((now.clone(), was_failing)).or_default() += 1;
                story.told.push(sync);
            } else {
                story.untold += 1;
            }
            last = Some(now);
        }
        story
    }
}
