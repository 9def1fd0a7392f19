//! What was found.

use super::Margin;
use crate::kpi::KpiName;
use crate::statistics::Difference;

/// Which way a KPI has gone, where that is no chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// No change detected.
    None,
    /// For the better.
    Better,
    /// For the worse.
    Worse,
    /// Another value of something of which neither more nor less is better.
    Other,
}

/// Where a KPI is, measured by its margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The whole interval is within the margin, or better.
    Within,
    /// The whole interval is beyond it, so a change is detected too.
    Beyond,
    /// Neither: the interval holds the margin's end, or there is none.
    Unknown,
}

/// Seeds without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
}

impl Missing {
    pub(super) fn among(values: &[Option<f64>]) -> Self {
        Self { count: values.iter().filter(|value| value.is_none()).count(), of: values.len() }
    }

    pub(super) fn is_other_than(self, other: Self) -> bool {
        self.count != other.count
    }
}

/// What was found of one KPI.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What is guarded.
    pub guarded: KpiName,
    /// How much worse it may get.
    pub margin: Margin,
    /// The line of the baseline's file on which it begins, from 1; 0 where it was never in a file.
    pub line: usize,
    /// The baseline's mean; `None` without any value.
    pub baseline: Option<f64>,
    /// The mean now; `None` without any value.
    pub now: Option<f64>,
    /// How many of the baseline's seeds have no value.
    pub missing_in_baseline: Missing,
    /// How many of the runs have none now.
    pub missing_now: Missing,
    /// Now less then, with the interval by which it is judged; `None` where a side has no value at all.
    pub difference: Option<Difference>,
    /// Which way it has gone.
    pub change: Change,
    /// Where it is.
    pub standing: Standing,
    /// About how many replications would tell, where these do not; `None` where 1,000 are not likely to.
    pub needed: Option<usize>,
}

impl Finding {
    /// The change of the mean as a share of the baseline's; `None` where that is zero or something is missing.
    pub fn relative(&self) -> Option<f64> {
        let (baseline, now) = (self.baseline?, self.now?);
        Some((now - baseline) / baseline.abs()).filter(|share| share.is_finite())
    }

    /// Half of the interval's width as a share of the baseline's mean.
    pub fn relative_half_width(&self) -> Option<f64> {
        let half = self.difference?.estimate().half_width?;
        Some(half / self.baseline?.abs()).filter(|share| share.is_finite())
    }

    /// Whether one side lacks values at more seeds than the other: what is missing may be the worst of it, and more runs would not tell.
    pub fn is_one_sided(&self) -> bool {
        self.missing_in_baseline.is_other_than(self.missing_now)
    }

    /// Whether each seed has the value that it had.
    pub fn is_same(&self) -> bool {
        match self.difference {
            Some(difference) => matches!(difference, Difference::Degenerate { .. }),
            None => self.baseline.is_none() && self.now.is_none(),
        }
    }
}

/// What became of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every KPI is within its margin.
    Pass,
    /// None is beyond its margin, but of some it cannot be told.
    CannotTell,
    /// Some KPI is beyond its margin.
    Fail,
}

impl Verdict {
    /// In a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::CannotTell => "cannot tell",
            Self::Fail => "fail",
        }
    }
}

/// What was found of all KPIs of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The baseline's false-alarm rate.
    pub false_alarm_rate: f64,
    /// The confidence of each interval.
    pub confidence: f64,
    /// Whether the runs have the baseline's seeds.
    pub is_paired: bool,
    /// How many runs there are now.
    pub replications: usize,
    /// One for each KPI, in the order of the baseline.
    pub findings: Vec<Finding>,
}

impl Judged {
    /// Of all KPIs together.
    pub fn verdict(&self) -> Verdict {
        let of = |finding: &Finding| match finding.standing {
            Standing::Within => Verdict::Pass,
            Standing::Unknown => Verdict::CannotTell,
            Standing::Beyond => Verdict::Fail,
        };
        self.findings.iter().map(of).max().unwrap_or(Verdict::Pass)
    }

    /// Whether any change is detected, for better or worse.
    pub fn is_changed(&self) -> bool {
        self.findings.iter().any(|finding| finding.change != Change::None)
    }

    /// Whether each seed has exactly the values that it had.
    pub fn is_same(&self) -> bool {
        self.findings.iter().all(Finding::is_same)
    }
}
