//! Bins as points of a curve.

use forescale_core::record::Bin;

/// A place in a panel: seconds of the run, and a value.
pub(super) type Point = (f64, f64);

/// The most points of a curve: one for each other pixel.
const MOST_POINTS: usize = 436;

/// Bins that become one point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slot<'a> {
    /// When the first begins, in seconds.
    from: f64,
    /// When the last ends.
    pub(super) to: f64,
    bins: &'a [Bin],
}

/// How many bins become one point.
pub(super) fn bins_per_slot(timeline: &[Bin]) -> usize {
    timeline.len().div_ceil(MOST_POINTS).max(1)
}

/// As few bins to a slot as the number of points allows.
pub(super) fn slots(timeline: &[Bin]) -> Vec<Slot<'_>> {
    let mut slots: Vec<Slot<'_>> = Vec::new();
    let mut from = 0.0_f64;
    for bins in timeline.chunks(bins_per_slot(timeline)) {
        let to = bins.last().map_or(from, |bin| bin.at.as_secs_f64()).max(from);
        slots.push(Slot { from, to, bins });
        from = to;
    }
    slots
}

impl Slot<'_> {
    fn length(&self) -> f64 {
        self.to - self.from
    }

    fn middle(&self) -> f64 {
        self.from + self.length() / 2.0
    }

    fn events(&self, count: fn(&Bin) -> u64) -> f64 {
        self.bins.iter().map(|bin| count(bin) as f64).sum()
    }
}

/// Events per second as a curve of steps. What a last slot that was cut short says is shared with the one before.
pub(super) fn rate(slots: &[Slot<'_>], count: fn(&Bin) -> u64) -> Vec<Point> {
    let mut spans: Vec<(f64, f64, f64)> =
        slots.iter().map(|slot| (slot.from, slot.to, slot.events(count))).collect();
    if let [first, .., before, last] = slots
        && last.length() < first.length() / 2.0
    {
        spans.truncate(slots.len() - 2);
        spans.push((before.from, last.to, before.events(count) + last.events(count)));
    }
    let level = |(from, to, events): (f64, f64, f64)| {
        (to > from).then(|| [(from, events / (to - from)), (to, events / (to - from))])
    };
    spans.into_iter().filter_map(level).flatten().collect()
}

/// A state, where it was seen; of several bins the greatest.
pub(super) fn state(slots: &[Slot<'_>], of: fn(&Bin) -> u64) -> Vec<Point> {
    let point = |slot: &Slot<'_>| {
        let at = if slot.bins.len() > 1 { slot.middle() } else { slot.to };
        (at, slot.bins.iter().map(of).max().unwrap_or(0) as f64)
    };
    slots.iter().map(point).collect()
}

/// Something that was not measured in each slot: curves with gaps between them. `fold` makes one of all values of a slot, at least one.
pub(super) fn measured(
    slots: &[Slot<'_>],
    of: fn(&Bin) -> Option<f64>,
    fold: fn(&mut [f64]) -> Option<f64>,
) -> Vec<Vec<Point>> {
    let mut curves = vec![Vec::new()];
    for slot in slots {
        let usable = |value: &f64| value.is_finite() && *value > 0.0;
        let mut values: Vec<f64> = slot.bins.iter().filter_map(of).filter(usable).collect();
        match (fold(&mut values), curves.last_mut()) {
            (Some(value), Some(curve)) => curve.push((slot.middle(), value)),
            (None, Some(curve)) if !curve.is_empty() => curves.push(Vec::new()),
            _ => {}
        }
    }
    curves.retain(|curve| !curve.is_empty());
    curves
}

/// The greatest.
pub(super) fn greatest(values: &mut [f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}

/// The upper median.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// A number that changes at instants, thinned to what can be seen: of the changes that fall together only the first, the least, the
/// greatest and the last remain.
pub(super) fn thinned(changes: &[Point], end: f64) -> Vec<Point> {
    let place = |at: f64| (at / end * 2.0 * MOST_POINTS as f64) as i64;
    let mut kept = Vec::new();
    for together in changes.chunk_by(|a, b| place(a.0) == place(b.0)) {
        let by_value = |a: &&Point, b: &&Point| a.1.total_cmp(&b.1);
        let (least, most) = (together.iter().min_by(by_value), together.iter().max_by(by_value));
        let mut chosen: Vec<Point> =
            [together.first(), least, most, together.last()].into_iter().flatten().copied().collect();
        chosen.sort_by(|a, b| a.0.total_cmp(&b.0));
        chosen.dedup();
        kept.extend(chosen);
    }
    kept
}

/// A number that changes at instants as a curve of steps up to `end`.
pub(super) fn steps(changes: &[Point], end: f64) -> Vec<Point> {
    let ends = changes.iter().skip(1).map(|change| change.0).chain([end]);
    changes
        .iter()
        .zip(ends)
        .flat_map(|((at, value), until)| [(*at, *value), (until.max(*at), *value)])
        .collect()
}

/// The value of a number that changes at instants.
pub(super) fn at(changes: &[Point], instant: f64) -> f64 {
    let after = changes.partition_point(|change| change.0 <= instant);
    after.checked_sub(1).and_then(|last| changes.get(last)).or(changes.first()).map_or(0.0, |change| change.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_kernel::{SimDuration, SimTime};

    fn bins(count: u64) -> Vec<Bin> {
        let end = |i: u64| SimTime::ZERO + SimDuration::from_secs(5 * i);
        (1..=count).map(|i| Bin { at: end(i), arrived: 10, queue_size: i, ..Bin::default() }).collect()
    }

    #[test]
    fn a_long_run_has_as_many_points_as_can_be_seen() {
        let long = bins(120_960);
        let slots = slots(&long);
        assert!(slots.len() <= MOST_POINTS);
        assert!(rate(&slots, |bin| bin.arrived).iter().all(|point| (point.1 - 2.0).abs() < 1e-9));
        assert_eq!(state(&slots, |bin| bin.queue_size).last().map(|point| point.1), Some(120_960.0));
    }

    #[test]
    fn a_last_bin_that_was_cut_short_does_not_look_like_a_rush() {
        let mut cut = bins(5);
        cut[4].at = cut[3].at + SimDuration::from_ms(1);
        let slots = slots(&cut);
        assert_eq!(state(&slots, |bin| bin.queue_size).len(), 5);
        assert!(rate(&slots, |bin| bin.arrived).iter().all(|point| point.1 < 4.1));
    }

    #[test]
    fn gaps_stay_gaps_and_changes_stay_visible() {
        let mut some = bins(4);
        for (bin, value) in some.iter_mut().zip([Some(1.0), None, Some(f64::NAN), Some(2.0)]) {
            bin.ttft_p99 = value;
        }
        let curves = measured(&slots(&some), |bin| bin.ttft_p99, greatest);
        assert_eq!(curves, [vec![(2.5, 1.0)], vec![(17.5, 2.0)]]);
        let changes: Vec<Point> = (0..10_000).map(|i| (f64::from(i), f64::from(i % 7))).collect();
        let kept = thinned(&changes, 10_000.0);
        assert!(kept.len() <= 4 * 2 * MOST_POINTS && kept.iter().any(|change| change.1 == 6.0));
        assert_eq!(steps(&[(0.0, 1.0), (5.0, 2.0)], 9.0), [(0.0, 1.0), (5.0, 1.0), (5.0, 2.0), (9.0, 2.0)]);
        assert_eq!([at(&changes, -1.0), at(&changes, 3.5), at(&[], 1.0)], [0.0, 3.0, 0.0]);
    }
}
