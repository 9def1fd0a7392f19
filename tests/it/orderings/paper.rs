//! An HPA on running requests, on paper: independent readings of M/G/∞ and the controller's arithmetic, without a simulator.
//!
//! In M/G/∞ the number in service is Poisson with mean λS, whatever the law of the service time (Palm 1943), and two readings that are further
//! apart than any service lasts are independent: constant services of 10 s, read every 15 s.

use forescale::kernel::random;
use rand_distr::{Distribution, Poisson};

/// Readings: 42 days of them.
const READINGS: usize = 240 * 1_000;

/// An HPA with an `AverageValue` on running requests.
pub(super) struct Hpa {
    /// Running requests per replica.
    pub(super) target: f64,
    /// `scaleDown.stabilizationWindowSeconds`.
    pub(super) window_s: u32,
    /// `maxReplicas`.
    pub(super) max: u32,
}

/// Changes of the replicas in an hour, and the replicas in the mean, while so many requests run in the mean.
pub(super) fn flaps(running: f64, hpa: &Hpa) -> (f64, f64) {
    let readings = Poisson::new(running).unwrap();
    let mut stream = random::stream(1, "orderings/paper", 0);
    // A recommendation as old as the window is forgotten, so a window of 30 s holds two of them: this one and the last.
    let held = (hpa.window_s / 15).max(1) as usize;
    let mut window = vec![(running / hpa.target).ceil() as u32; held];
    let (mut replicas, mut changes, mut sum) = (window[0], 0_u32, 0.0);
    for place in 0..READINGS {
        window[place % held] = asked(readings.sample(&mut stream), hpa.target, replicas);
        let next = window.iter().copied().max().unwrap_or(1).clamp(1, hpa.max);
        changes += u32::from(next != replicas);
        replicas = next;
        sum += f64::from(replicas);
    }
    (f64::from(changes) / READINGS as f64 * 240.0, sum / READINGS as f64)
}

/// What `AverageValue` asks for: within 10 % of the target nothing changes.
pub(super) fn asked(reading: f64, target: f64, replicas: u32) -> u32 {
    let ratio = reading / (target * f64::from(replicas));
    if (0.9..=1.1).contains(&ratio) { replicas } else { (reading / target).ceil() as u32 }
}

/// By hand: one request in the mean against a target of one, at most one replica: nothing can change. With at most two, one replica becomes two at a reading
/// of 2 or more (1 − 2/e), and two become one at 0 or 1 (2/e).
#[test]
fn two_replicas_by_hand() {
    let hpa = |max| Hpa { target: 1.0, window_s: 0, max };
    assert_eq!(flaps(1.0, &hpa(1)), (0.0, 1.0));
    let down = 2.0 / 1_f64.exp();
    let (changes, replicas) = flaps(1.0, &hpa(2));
    assert!((changes / (240.0 * 2.0 * down * (1.0 - down)) - 1.0).abs() < 0.01, "{changes}");
    assert!((replicas - (2.0 - down)).abs() < 0.01, "{replicas}");
}
