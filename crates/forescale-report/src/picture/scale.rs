//! The upright axis of a panel.

use crate::number;

/// How values become heights.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scale {
    /// From zero to `top`, with a tick each `step`.
    Linear { top: f64, step: f64 },
    /// From `10^low` to `10^high`.
    Log { low: i32, high: i32 },
}

/// A tick beyond the greatest value is worth this much room at the most.
const HEADROOM: f64 = 1.06;
/// The most steps between ticks.
const STEPS: f64 = 4.0;

impl Scale {
    /// For values from zero to `most`; where they are counts, ticks are whole.
    pub(super) fn linear(most: f64, is_count: bool) -> Self {
        let most = if most.is_nan() { 0.0 } else { most.clamp(0.0, 1e300) };
        if most == 0.0 {
            return Self::Linear { top: HEADROOM, step: 1.0 };
        }
        let mut step = nice(most / STEPS);
        if is_count {
            step = step.max(1.0);
        }
        Self::Linear { top: most * HEADROOM, step }
    }

    /// For positive values; `None` without any.
    pub(super) fn log(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|value| value.is_finite() && *value > 0.0) {
            (least, most) = (least.min(value), most.max(value));
        }
        // The least value does not lie on the foot.
        let low = (least * 0.9).log10().floor().clamp(-300.0, 299.0);
        let high = most.log10().ceil().clamp(low + 1.0, 300.0);
        (most > 0.0).then_some(Self::Log { low: low as i32, high: high as i32 })
    }

    /// The height of a value, from 0 at the foot to 1 at the top.
    pub(super) fn height(&self, value: f64) -> f64 {
        let height = match self {
            Self::Linear { top, .. } => value / top,
            Self::Log { low, high } => {
                let (low, high) = (f64::from(*low), f64::from(*high));
                if value > 0.0 { (value.log10() - low) / (high - low) } else { 0.0 }
            }
        };
        if height.is_nan() { 0.0 } else { height.clamp(0.0, 1.0) }
    }

    /// Where the grid has lines, and what is written at them.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        match self {
            Self::Linear { top, step } => {
                let values =
                    (0..=(STEPS as u32 + 2)).map(|i| f64::from(i) * step).take_while(|value| value <= top);
                values.map(|value| (value, plain(value))).collect()
            }
            Self::Log { low, high } => {
                let every = (high - low - 1).div_euclid(5).max(0) as usize + 1;
                let decades = (*low..=*high).step_by(every).map(|decade| 10_f64.powi(decade));
                decades.map(|value| (value, seconds(value))).collect()
            }
        }
    }
}

/// The next of 1, 2, 5, 10, … that is not below.
fn nice(least: f64) -> f64 {
    let decade = 10_f64.powi(least.log10().floor().clamp(-300.0, 300.0) as i32);
    let found =
        [1.0, 2.0, 5.0].map(|digit| digit * decade).into_iter().find(|step| *step >= least * (1.0 - 1e-9));
    found.unwrap_or(10.0 * decade)
}

fn plain(value: f64) -> String {
    match value {
        v if v >= 1e12 || (v > 0.0 && v < 1e-3) => format!("{v:.0e}"),
        v if v >= 1e9 => format!("{} G", number::trimmed(v / 1e9, 3)),
        v if v >= 1e6 => format!("{} M", number::trimmed(v / 1e6, 3)),
        v if v >= 1e4 => format!("{} k", number::trimmed(v / 1e3, 3)),
        v => number::trimmed(v, 3),
    }
}

fn seconds(value: f64) -> String {
    match value {
        v if v >= 1e5 => format!("{v:.0e} s"),
        v if v >= 1.0 => format!("{v:.0} s"),
        v if v >= 1e-3 => format!("{:.0} ms", v * 1e3),
        v if v >= 1e-6 => format!("{:.0} µs", v * 1e6),
        v => format!("{v:.0e} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(scale: &Scale) -> Vec<String> {
        scale.ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_numbers_that_people_count_in() {
        assert_eq!(labels(&Scale::linear(68.6, false)), ["0", "20", "40", "60"]);
        assert_eq!(labels(&Scale::linear(3.0, true)), ["0", "1", "2", "3"]);
        assert_eq!(labels(&Scale::linear(1.0, true)), ["0", "1"]);
        assert_eq!(labels(&Scale::linear(0.0, true)), ["0", "1"]);
        assert_eq!(labels(&Scale::linear(0.3, false)), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(&Scale::linear(48_000.0, false)), ["0", "20 k", "40 k"]);
        let latencies = Scale::log([0.0228, 37.3, f64::NAN, 0.0].into_iter()).unwrap();
        assert_eq!(labels(&latencies), ["10 ms", "100 ms", "1 s", "10 s", "100 s"]);
        assert_eq!(Scale::log(std::iter::empty()), None);
    }

    proptest! {
        #[test]
        fn any_values_have_a_scale(values in proptest::collection::vec(any::<f64>(), 1..5)) {
            let most = values.iter().copied().fold(0.0, f64::max);
            let scales = [Some(Scale::linear(most, false)), Some(Scale::linear(most, true)), Scale::log(values.iter().copied())];
            for scale in scales.into_iter().flatten() {
                let ticks = scale.ticks();
                prop_assert!((1..9).contains(&ticks.len()), "{scale:?}");
                prop_assert!(ticks.iter().all(|(at, label)| at.is_finite() && label.len() < 12), "{ticks:?}");
                prop_assert!(values.iter().all(|value| (0.0..=1.0).contains(&scale.height(*value))));
            }
        }
    }
}
