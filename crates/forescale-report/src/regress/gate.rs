//! Scenarios that were judged.

use super::unjudged::{self, Unjudged};
use super::words;
use forescale_experiment::regress::{Change, Finding, Judged, Standing, Verdict};

/// A scenario and what was found of it.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What the scenario is called.
    pub scenario: String,
    /// Its file, as the user has named it.
    pub file: String,
    /// The baseline's file.
    pub baseline_file: String,
    /// Whether the scenario with its files is another one than when the baseline was written.
    pub is_edited: bool,
    /// What was found.
    pub judged: Judged,
}

/// All scenarios of one call.
#[derive(Clone, Debug)]
pub struct Gates {
    /// Those that were judged, in the order of the call.
    pub gates: Vec<Gate>,
    /// Those that were not; with any of them the call does not end well.
    pub unjudged: Vec<Unjudged>,
    /// Whether it is a failure where nothing can be told.
    pub is_strict: bool,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    /// A change that is no regression.
    Note,
}

impl Gates {
    /// Of all scenarios together.
    pub fn verdict(&self) -> Verdict {
        let least = if self.unjudged.is_empty() { Verdict::Pass } else { Verdict::CannotTell };
        self.gates.iter().map(|gate| gate.judged.verdict()).fold(least, Ord::max)
    }

    /// Whether the call is to end well.
    pub fn is_good(&self) -> bool {
        match self.verdict() {
            _ if !self.unjudged.is_empty() => false,
            Verdict::Pass => true,
            Verdict::CannotTell => !self.is_strict,
            Verdict::Fail => false,
        }
    }

    /// `None` where there is nothing to tell.
    pub(super) fn level(&self, finding: &Finding) -> Option<Level> {
        match (finding.standing, finding.change) {
            (Standing::Beyond, _) => Some(Level::Error),
            (Standing::Unknown, _) if self.is_strict => Some(Level::Error),
            (Standing::Unknown, _) => Some(Level::Warning),
            (Standing::Within, Change::None) => None,
            (Standing::Within, _) => Some(Level::Note),
        }
    }

    /// All findings with their gates.
    pub(super) fn findings(&self) -> impl Iterator<Item = (&Gate, &Finding)> {
        self.gates.iter().flat_map(|gate| gate.judged.findings.iter().map(move |finding| (gate, finding)))
    }

    /// What came out, in one sentence.
    pub(super) fn sentence(&self) -> String {
        let count =
            |is: &dyn Fn(&Finding) -> bool| self.findings().filter(|(_, finding)| is(finding)).count();
        let all = words::kpis(self.findings().count());
        let scenarios = match self.gates.len() {
            1 => String::new(),
            count => format!(" of {count} scenarios"),
        };
        let of = format!("{all}{scenarios}");
        let first = |standing: Standing| {
            let of_it = self.findings().filter(|(_, finding)| finding.standing == standing);
            of_it
                .map(|(gate, finding)| format!("{}: {}", gate.scenario, words::told(finding)))
                .next()
                .unwrap_or_default()
        };
        let more = |count: usize| match count {
            0 | 1 => String::new(),
            count => format!("; and {} more", count - 1),
        };
        let beyond = count(&|finding| finding.standing == Standing::Beyond);
        let unknown = count(&|finding| finding.standing == Standing::Unknown);
        let changed = count(&|finding| finding.change != Change::None);
        let missed = match self.unjudged.is_empty() {
            true => String::new(),
            false => format!("; {}", self.unjudged_sentence()),
        };
        match self.verdict() {
            Verdict::Fail => format!("fail: {}{}{missed}", first(Standing::Beyond), more(beyond)),
            Verdict::CannotTell if unknown == 0 => format!("cannot tell: {}", self.unjudged_sentence()),
            Verdict::CannotTell => {
                format!("cannot tell: {}{}{missed}", first(Standing::Unknown), more(unknown))
            }
            Verdict::Pass if changed > 0 => {
                format!("pass: {changed} of {of} changed, none for the worse beyond its margin")
            }
            Verdict::Pass if self.gates.iter().all(|gate| gate.judged.is_same()) => {
                format!("pass: {of} the same at every seed")
            }
            Verdict::Pass if self.findings().count() == 1 => {
                format!("pass: {of} within its margin, no change detected")
            }
            Verdict::Pass => format!("pass: {of} within their margins, no change detected"),
        }
    }

    fn unjudged_sentence(&self) -> String {
        unjudged::sentence(&self.unjudged, self.gates.len() + self.unjudged.len())
    }
}

impl Gate {
    /// How it was judged.
    pub(super) fn how(&self) -> String {
        let Judged { replications, is_paired, confidence, false_alarm_rate, .. } = self.judged;
        let seeds = if is_paired { "at the baseline's seeds" } else { "at other seeds than the baseline's" };
        format!(
            "{replications} runs {seeds}; ± is the {} % interval of each KPI: where nothing has changed, at most {} % of such gates tell of a change",
            crate::number::trimmed(confidence * 100.0, 5),
            crate::number::trimmed(false_alarm_rate * 100.0, 3),
        )
    }

    /// Whose doing a change is.
    pub(super) fn cause(&self) -> Option<&'static str> {
        if self.judged.is_same() || !self.judged.is_changed() {
            return None;
        }
        Some(match self.is_edited {
            true => {
                "the scenario, a file of it or what is read in them is not what the baseline was written of"
            }
            false => {
                "the scenario is what the baseline was written of: what has changed is the program, or the seeds"
            }
        })
    }
}
