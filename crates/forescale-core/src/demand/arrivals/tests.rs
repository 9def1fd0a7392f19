//! Processes against what they state. Bounds are so wide that a right process with another seed would fail once in a million.

use super::*;
use crate::demand::rate::{Diurnal, Rate, Spike};
use crate::dist::Cv;
use forescale_kernel::SimDuration;
use forescale_kernel::random::{self, Stream};
use proptest::prelude::*;

/// Standard deviations that a right value exceeds once in a million, on either side.
const Z: f64 = 4.9;

fn s(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

fn stream(seed: u64) -> Stream {
    random::stream(seed, "workload.test/arrivals", 0)
}

fn renewal(gap: Gap, rate: &Rate) -> Instants {
    Instants::renewal(gap, RateClock::new(rate.pieces(), SimTime::ZERO))
}

fn fixed(rate: &Rate, end: SimDuration, cv: f64, seed: u64) -> Instants {
    let cv = Cv::new(cv).unwrap();
    Instants::FixedCount(FixedCount::new(rate.pieces(), SimTime::ZERO, end, cv, stream(seed)))
}

/// The instants before `end`, in seconds.
fn instants(mut process: Instants, end: f64) -> Vec<f64> {
    std::iter::from_fn(|| process.next()).map(SimTime::as_secs_f64).take_while(|at| *at < end).collect()
}

fn count(instants: &[f64], from: f64, until: f64) -> usize {
    instants.iter().filter(|at| (from..until).contains(*at)).count()
}

#[test]
fn gaps_have_the_mean_and_the_cv_that_they_state() {
    let n = 400_000;
    for cv in [0.2, 0.5, 1.0, 2.0] {
        let wanted = Cv::new(cv).unwrap();
        for (name, mut gap) in
            [("gamma", Gap::gamma(wanted, stream(1))), ("weibull", Gap::weibull(wanted, stream(2)))]
        {
            let gaps: Vec<f64> = (0..n).map(|_| gap.draw()).collect();
            let mean = gaps.iter().sum::<f64>() / f64::from(n);
            let moment = |power| gaps.iter().map(|gap| (gap - mean).powi(power)).sum::<f64>() / f64::from(n);
            let (variance, fourth) = (moment(2), moment(4));
            assert!((mean - 1.0).abs() < Z * cv / f64::from(n).sqrt(), "{name} {cv}: mean {mean}");
            // The variance of a sample's variance is (μ₄ − σ⁴)/n.
            let error = ((fourth - variance * variance) / f64::from(n)).sqrt();
            assert!((variance - cv * cv).abs() < Z * error, "{name} {cv}: variance {variance} ± {error}");
        }
    }
}

#[test]
fn a_gamma_process_of_cv_1_has_exponential_gaps() {
    let mut gap = Gap::gamma(Cv::ONE, stream(3));
    let n = 100_000;
    let above = (0..n).filter(|_| gap.draw() > 2.0).count() as f64 / f64::from(n);
    let expected = (-2f64).exp();
    assert!((above - expected).abs() < Z * (expected * (1.0 - expected) / f64::from(n)).sqrt(), "{above}");
}

/// A day with a spike: each hour has its integral of the rate, as a Poisson count.
#[test]
fn counts_follow_a_curved_rate() {
    let day = Diurnal { mean: 5.0, peak: 9.0, peak_at: s(14 * 3600), period: s(86_400) };
    let spike = Spike { at: s(6 * 3600), lasts: s(1800), factor: 4.0 };
    let rate = Rate::spiked(Rate::diurnal(day).unwrap(), &[spike]).unwrap();
    let seen = instants(renewal(Gap::Exponential(stream(4)), &rate), 86_400.0);
    let mut chi_square = 0.0;
    for hour in 0..24 {
        let (from, until) = (s(3600 * hour), s(3600 * (hour + 1)));
        let parts =
            rate.pieces().filter(|piece| piece.until > Some(from)).map_while(|piece| piece.until(until));
        let expected: f64 = parts.filter_map(|piece| piece.area()).sum();
        let seen = count(&seen, from.as_secs_f64(), until.as_secs_f64()) as f64;
        chi_square += (seen - expected).powi(2) / expected;
    }
    // Chi-square with 24 degrees of freedom is below 5.3 and above 73.6 once in a million each.
    assert!((5.3..73.6).contains(&chi_square), "{chi_square}");
}

/// Two states: the mean rate and the variance of counts over a window `t` are known (Fischer and Meier-Hellstern, The Markov-modulated
/// Poisson process cookbook, 1993): `Var N(t)/E N(t) = 1 + 2(λ₁−λ₂)²r₁r₂/((r₁+r₂)²(λ₁r₂+λ₂r₁)) · (1 − (1 − e^−(r₁+r₂)t)/((r₁+r₂)t))`.
#[test]
fn an_mmpp_has_the_mean_and_the_dispersion_of_the_closed_form() {
    let states = [State { factor: 0.5, mean: s(60) }, State { factor: 3.0, mean: s(20) }];
    let modulation = Modulation::new(&states).unwrap();
    let rate = Rate::constant(2.0).unwrap();
    let (l1, l2, r1, r2) = (1.0, 6.0, 1.0 / 60.0, 1.0 / 20.0);
    let (r, window, n) = (r1 + r2, 100.0, 20_000);
    let mean = window * (l1 * r2 + l2 * r1) / r;
    assert!((mean - window * 2.0 * modulation.mean_factor()).abs() < 1e-9);
    let dispersion = 1.0
        + 2.0 * f64::powi(l1 - l2, 2) * r1 * r2 / (r * r * (l1 * r2 + l2 * r1))
            * (1.0 - (1.0 - f64::exp(-r * window)) / (r * window));
    let pieces = modulation.pieces(rate.pieces(), random::stream(5, "workload.test/states", 0));
    let clock = RateClock::new(pieces, SimTime::ZERO);
    let mut counts = vec![0.0; n];
    for at in instants(Instants::renewal(Gap::Exponential(stream(5)), clock), window * n as f64) {
        counts[(at / window) as usize] += 1.0;
    }
    let found = counts.iter().sum::<f64>() / n as f64;
    let variance = counts.iter().map(|count| (count - found).powi(2)).sum::<f64>() / n as f64;
    // Windows are correlated over some 15 s: the error of the mean is that of the asymptotic dispersion, which is less than twice this one.
    let error = (2.0 * dispersion * mean / n as f64).sqrt();
    assert!((found - mean).abs() < Z * error, "{found}, not {mean} ± {error}");
    assert!((variance / found / dispersion - 1.0).abs() < 0.1, "{}, not {dispersion}", variance / found);
}

/// The chain begins in its stationary state, not in the first one.
#[test]
fn an_mmpp_is_stationary_from_the_start() {
    let states = [State { factor: 0.0, mean: s(900) }, State { factor: 1.0, mean: s(100) }];
    let modulation = Modulation::new(&states).unwrap();
    let rate = Rate::constant(1.0).unwrap();
    let n = 20_000;
    let starts_high = (0..n).filter(|seed| {
        let first = modulation.pieces(rate.pieces(), random::stream(*seed, "workload.test/states", 0)).next();
        first.is_some_and(|piece| piece.from > 0.0)
    });
    let share = starts_high.count() as f64 / n as f64;
    assert!((share - 0.1).abs() < Z * (0.09 / n as f64).sqrt(), "{share}");
}

#[test]
fn a_fixed_count_is_exact_in_each_piece_and_in_total() {
    let steps = vec![(s(0), 0.25), (s(1), 7.5), (s(3), 0.0), (s(7), 1000.3), (s(9), 0.01)];
    let areas = [0.25, 15.0, 0.0, 2000.6, 0.91];
    let rate = Rate::new(steps.clone()).unwrap();
    for cv in [0.0, 0.3, 1.0, 3.0, 10.0, 100.0] {
        let seen = instants(fixed(&rate, s(100), cv, 6), 1e9);
        let (mut area, mut before) = (0.0, 0.0);
        for (index, own) in areas.iter().enumerate() {
            area += own;
            let until = steps.get(index + 1).map_or(100.0, |step| step.0.as_secs_f64());
            let found = count(&seen, steps[index].0.as_secs_f64(), until);
            assert_eq!(found as f64, f64::round(area) - before, "piece {index} with cv {cv}");
            before = f64::round(area);
        }
        assert_eq!(seen.len(), 2017);
    }
    // Cut off in the middle of a step, and without an end.
    assert_eq!(instants(fixed(&rate, s(8), 1.0, 6), 1e9).len(), 1016);
    assert_eq!(instants(fixed(&rate, SimDuration::MAX, 1.0, 6), 9.0).len(), 2016);
}

#[test]
fn a_fixed_count_of_cv_0_has_equal_gaps() {
    let seen = instants(fixed(&Rate::new(vec![(s(0), 0.4), (s(10), 0.2)]).unwrap(), s(20), 0.0, 7), 1e9);
    let expected = [2.0, 4.0, 6.0, 8.0, 10.0 + 10.0 / 3.0, 10.0 + 20.0 / 3.0];
    assert!(seen.len() == 6 && seen.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{seen:?}");
}

/// Spacings of `n` points are exchangeable, each with the mean `1/(n + 1)` and, for Gamma gaps of shape `k`, the variance of
/// `Beta(k, n·k)`; the first and the last one among them.
#[test]
fn gaps_of_a_fixed_count_are_those_of_scaled_gamma_gaps() {
    let (n, runs) = (9, 40_000);
    let rate = Rate::new(vec![(s(0), 9.0), (s(1), 0.0)]).unwrap();
    for cv in [0.5, 1.0, 2.0, 7.0] {
        let mut sums = vec![(0.0, 0.0); n + 1];
        for seed in 0..runs {
            let seen = instants(fixed(&rate, s(2), cv, seed), 1e9);
            let ends = std::iter::once(0.0).chain(seen.iter().copied());
            let gaps = ends.zip(seen.iter().copied().chain([1.0])).map(|(from, until)| until - from);
            for (sum, gap) in sums.iter_mut().zip(gaps) {
                sum.0 += gap;
                sum.1 += gap * gap;
            }
        }
        let k = 1.0 / (cv * cv);
        let (a, b) = (k, k * n as f64);
        let variance = a * b / ((a + b).powi(2) * (a + b + 1.0));
        for (index, (sum, squares)) in sums.iter().enumerate() {
            let mean = sum / runs as f64;
            assert!((mean - 0.1).abs() < Z * (variance / runs as f64).sqrt(), "gap {index}, cv {cv}: {mean}");
            let found = squares / runs as f64 - mean * mean;
            assert!((found / variance - 1.0).abs() < 0.12, "gap {index}, cv {cv}: {found}, not {variance}");
        }
    }
}

/// On a ramp from zero the instants go by the root of uniform ones: half of them come after `√½` of the time.
#[test]
fn a_fixed_count_fills_a_ramp_by_its_area() {
    let rate = Rate::ramp(vec![(s(0), 0.0), (s(100), 2000.0), (s(101), 0.0)]).unwrap();
    let seen = instants(fixed(&rate, s(100), 1.0, 8), 1e9);
    assert_eq!(seen.len(), 100_000);
    let half = count(&seen, 0.0, 100.0 * 0.5f64.sqrt()) as f64;
    assert!((half - 50_000.0).abs() < Z * 25_000f64.sqrt(), "{half}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Another rate is the same draws on another clock: twice the rate, half the time.
    #[test]
    fn twice_the_rate_is_half_the_time(seed: u64, rate in 0.1..100.0, slope in 0.0..10.0, cv in 0.1..3.0) {
        let wanted = Cv::new(cv).unwrap();
        let ramp = |factor: f64, seconds: u64| {
            Rate::ramp(vec![(s(0), factor * rate), (s(seconds), factor * rate * (1.0 + slope))]).unwrap()
        };
        for gap in [Gap::gamma, Gap::weibull] {
            let mut slow = renewal(gap(wanted, stream(seed)), &ramp(1.0, 20));
            let mut fast = renewal(gap(wanted, stream(seed)), &ramp(2.0, 10));
            for _ in 0..200 {
                let (slow, fast) = (slow.next().unwrap().as_secs_f64(), fast.next().unwrap().as_secs_f64());
                prop_assert!((slow - 2.0 * fast).abs() <= 1e-9 * slow + 2e-12, "{slow} and {fast}");
            }
        }
    }

    /// Whatever the rate, the count of each piece is the rounded integral's, and no instant lies outside its piece.
    #[test]
    fn fixed_counts_of_any_rate(
        seed: u64,
        points in proptest::collection::vec((1u64..100, 0.0..50.0), 2..8),
        cv in 0.0..30.0,
        spike in 0.0..5.0,
    ) {
        let mut at = 0;
        let mut points: Vec<(SimDuration, f64)> = points
            .into_iter()
            .map(|(seconds, rate)| {
                at += seconds;
                (s(at), rate)
            })
            .collect();
        points.insert(0, (s(0), 3.0));
        let base = Rate::ramp(points).unwrap();
        let rate = Rate::spiked(base, &[Spike { at: s(5), lasts: s(50), factor: spike }]).unwrap();
        let end = s(at + 10);
        let seen = instants(fixed(&rate, end, cv, seed), 1e9);
        let (mut area, mut before) = (0.0, 0.0);
        for piece in rate.pieces().map_while(|piece| piece.until(end)) {
            area += piece.area().unwrap();
            let found = count(&seen, piece.since.as_secs_f64(), piece.until.unwrap().as_secs_f64());
            prop_assert_eq!(found as f64, f64::round(area) - before);
            before = f64::round(area);
        }
        prop_assert_eq!(seen.len() as f64, before);
    }
}
