//! Records that no run leaves behind: what is written and drawn must bear them too.

use crate::{picture, runs};
use forescale_core::record::{Attainment, Bin, Measure, Objective, RunRecord, SyncRecord};
use forescale_core::run;
use forescale_kernel::SimTime;
use forescale_report::{
    DECISIONS_NDJSON, ExplainOptions, Explanation, RESULT_JSON, Style, decisions_ndjson, result_json, text,
    timeline_svg,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::sync::LazyLock;
use unicode_width::UnicodeWidthStr;

static RECORD: LazyLock<RunRecord> = LazyLock::new(|| run(&runs::up_and_down()).unwrap());

/// Mostly small, sometimes anything.
fn any_count() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 0u64..2000, 1 => any::<u64>()]
}

fn any_seconds() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![3 => (0.001f64..100.0).prop_map(Some), 1 => Just(None), 1 => any::<f64>().prop_map(Some)]
}

fn any_instant() -> impl Strategy<Value = SimTime> {
    let length = prop_oneof![4 => 0u64..4_000_000_000_000_000, 1 => any::<u64>()];
    length.prop_map(SimTime::from_ps)
}

prop_compose! {
    fn any_bin()(
        at in any_instant(),
        counts in proptest::array::uniform6(any_count()),
        desired in any_count(),
        ready in any_count(),
        ttft in (any_seconds(), any_seconds()),
    ) -> Bin {
        let [arrived, finished, lost, queue_size, running, waiting] = counts;
        let (ttft_p50, ttft_p99) = ttft;
        let (desired, ready) = (desired as u32, ready as u32);
        Bin { at, arrived, finished, lost, queue_size, running, waiting, desired, ready, ttft_p50, ttft_p99, ..Bin::default() }
    }
}

prop_compose! {
    fn any_attainment()(
        measure in prop::sample::select(&Measure::ALL),
        quantile in 0.0f64..=1.0,
        limit in any_instant(),
        observed in any_seconds(),
        share in prop::option::of(0.0f64..=1.0),
        is_met: bool,
    ) -> Attainment {
        let objective = Objective { measure, quantile, limit: limit.since_start() };
        Attainment { objective, observed, lost: 0, overdue: 0, share, is_met, total: 0 }
    }
}

fn any_sync() -> impl Strategy<Value = SyncRecord> {
    (any_instant(), any_count(), prop::option::of(any_count())).prop_map(|(at, from, to)| {
        let mut sync = RECORD.syncs[0].clone();
        (sync.at, sync.from, sync.decision.replicas) = (at, from as u32, to.map(|to| to as u32));
        sync
    })
}

prop_compose! {
    fn any_record()(
        end in any_instant(),
        mut timeline in proptest::collection::vec(any_bin(), 0..900),
        mut syncs in proptest::collection::vec(any_sync(), 0..200),
        attainments in proptest::collection::vec(any_attainment(), 0..6),
        is_sorted in prop::bool::weighted(0.8),
    ) -> RunRecord {
        if is_sorted {
            timeline.sort_by_key(|bin| bin.at);
            syncs.sort_by_key(|sync| sync.at);
        }
        RunRecord { end, timeline, syncs, attainments, ..RECORD.clone() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_record_can_be_drawn(record in any_record()) {
        picture::check(&timeline_svg(&runs::subject(), &record).unwrap());
    }

    #[test]
    fn any_record_can_be_told_in_any_width(record in any_record(), width in 40usize..=250) {
        let text = text(&runs::subject(), &record, Style { width, color: false });
        for line in text.lines() {
            prop_assert!(line.width() <= width, "at {width}: {line}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    /// In any width too, at any instant, and from the files as from the record.
    #[test]
    fn any_record_can_be_explained(
        record in any_record(), width in 40usize..=250, at in prop::option::of(any_instant()), changes: bool,
    ) {
        let explanation = Explanation::of(&runs::subject(), &record);
        let options = ExplainOptions { at, changes };
        let text = explanation.text(options, Style { width, color: false });
        for line in text.lines() {
            prop_assert!(line.width() <= width, "at {width}: {line}");
        }
        let mut json = Vec::new();
        explanation.json(options, &mut json).unwrap();
        prop_assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| std::fs::File::create(folder.path().join(name)).unwrap();
        result_json(&runs::subject(), &record, file(RESULT_JSON)).unwrap();
        decisions_ndjson(&runs::subject(), &record, file(DECISIONS_NDJSON)).unwrap();
        prop_assert_eq!(Explanation::read(folder.path()).unwrap(), explanation);
    }
}

/// What the rows of the terminal's timeline take.
fn rows(text: &str) -> Vec<usize> {
    let rows = text.lines().filter(|line| line.starts_with("  running ") || line.starts_with("  desired "));
    rows.map(UnicodeWidthStr::width).collect()
}

#[test]
fn the_timeline_uses_the_width_that_it_has() {
    for config in [runs::burst(), runs::calm(), runs::fine_bins()] {
        let record = run(&config).unwrap();
        for width in 40..=250 {
            let text = text(&runs::subject(), &record, Style { width, color: false });
            let widest = rows(&text).into_iter().max().unwrap();
            assert!(widest + 16 >= width, "{widest} of {width} columns are used");
        }
    }
}
