//! What was found of one KPI.

use crate::json::Better;
use crate::regress::words;
use forescale_experiment::regress;
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Finding {
    /// Its name: `ttft_p99`, or `WORKLOAD.ttft_p99` of a workload.
    kpi: String,
    /// The unit of its numbers.
    unit: &'static str,
    /// Which direction is an improvement.
    better: Better,
    /// How much worse than the baseline it may get: one of the two.
    margin: Margin,
    /// The baseline's mean; `null` without any value.
    baseline: Option<f64>,
    /// The mean now; `null` without any value.
    now: Option<f64>,
    /// Now less then, in the mean; `null` where a side has no value.
    difference: Option<f64>,
    /// Half of the width of the difference's interval, at the scenario's `confidence`; `null` where there is none.
    half_width: Option<f64>,
    /// The change of the mean as a share of the baseline's; `null` where that is zero, or a side has no value.
    relative: Option<f64>,
    /// Which way it has gone.
    change: Change,
    /// Where it is, measured by its margin.
    standing: Standing,
    /// About how many runs would tell; `null` where these do, and where 1,000 are not likely to.
    replications_needed: Option<usize>,
    /// The finding in words.
    sentence: String,
}

/// How much worse a KPI may get.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Margin {
    /// By this share of the baseline's mean.
    Relative(f64),
    /// By so much.
    Absolute(f64),
}

/// Which way a KPI has gone.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Change {
    /// No change is detected.
    None,
    /// For the better.
    Better,
    /// For the worse.
    Worse,
    /// Another value of a KPI of which neither direction is an improvement.
    Other,
}

/// Where a KPI is, measured by its margin.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Standing {
    /// The whole interval is within the margin, or better.
    Within,
    /// The whole interval is beyond it.
    Beyond,
    /// Neither: the interval holds the margin's end, or there is none.
    Unknown,
}

impl From<&regress::Finding> for Finding {
    fn from(finding: &regress::Finding) -> Self {
        let kpi = finding.guarded.kpi;
        let estimate = finding.difference.map(|difference| difference.estimate());
        let finite = |value: &f64| value.is_finite();
        Self {
            kpi: finding.guarded.to_string(),
            unit: kpi.unit(),
            better: kpi.better().into(),
            margin: match finding.margin {
                regress::Margin::Relative(share) => Margin::Relative(share),
                regress::Margin::Absolute(distance) => Margin::Absolute(distance),
            },
            baseline: finding.baseline.filter(finite),
            now: finding.now.filter(finite),
            difference: estimate.map(|estimate| estimate.mean).filter(finite),
            half_width: estimate.and_then(|estimate| estimate.half_width),
            relative: finding.relative(),
            change: match finding.change {
                regress::Change::None => Change::None,
                regress::Change::Better => Change::Better,
                regress::Change::Worse => Change::Worse,
                regress::Change::Other => Change::Other,
            },
            standing: match finding.standing {
                regress::Standing::Within => Standing::Within,
                regress::Standing::Beyond => Standing::Beyond,
                regress::Standing::Unknown => Standing::Unknown,
            },
            replications_needed: finding.needed,
            sentence: words::told(finding),
        }
    }
}
