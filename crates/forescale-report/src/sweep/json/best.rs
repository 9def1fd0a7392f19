//! What the best setting gains, and which axes matter.

use crate::json::Object;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::{self, Swept};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct BestLessBase {
    /// The best setting's less the base's, in the mean over seeds; `null` where it is infinite.
    mean: Option<f64>,
    /// Half of the width of its 95 % interval; `null` where there is none.
    half_width: Option<f64>,
    /// Whether the interval leaves out zero.
    is_detected: bool,
}

impl BestLessBase {
    pub(super) fn of(swept: &Swept, kpi: Kpi) -> Option<Self> {
        let found = swept.difference(swept.base()?, swept.best(kpi)?, &kpi.name())?;
        let estimate = found.estimate();
        Some(Self {
            mean: Some(estimate.mean).filter(|mean| mean.is_finite()),
            half_width: estimate.half_width,
            is_detected: found.is_detected(),
        })
    }
}

/// How much an axis matters for a KPI.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Effect<'a> {
    /// The axis.
    path: &'a str,
    /// The correlation ratio η², 0 to 1: the variance between the means of its values over the variance of all settings.
    share: f64,
}

/// For a KPI, and for attainment.
pub(super) fn effects(swept: &Swept, kpi: Kpi) -> Object<Vec<Effect<'_>>> {
    let effect = |effect: sweep::Effect| {
        Some(Effect { path: &swept.plan.axes.get(effect.axis)?.path, share: effect.share })
    };
    let mut kpis = vec![kpi, Kpi::Attainment];
    kpis.dedup();
    let of = |kpi: Kpi| (kpi.name(), swept.effects(&kpi.name()).into_iter().filter_map(effect).collect());
    Object(kpis.into_iter().map(of).collect())
}
