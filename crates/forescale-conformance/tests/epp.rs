//! Recordings of the EPP's flow control and routing decisions.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use forescale_conformance::{Tally, epp};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// The score of one file; asserts that nothing failed.
fn replay_file(path: &Path) -> Tally {
    let name = path.file_name().unwrap().to_string_lossy();
    let mut tally = Tally::default();
    epp::replay(&name, BufReader::new(File::open(path).unwrap()), &mut tally).unwrap();
    print_out(&format!("{name}: {tally}"));
    assert_eq!(tally.failed, 0, "{name}: {tally}");
    tally
}

#[allow(clippy::print_stdout, reason = "the score per file belongs in the test's output")]
fn print_out(text: &str) {
    println!("{text}");
}

fn selection(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/epp").join(name)
}

#[test]
fn the_selection_in_the_repository_agrees() {
    for (name, least) in [("flow-control.jsonl", 15), ("scheduling.jsonl", 7)] {
        let tally = replay_file(&selection(name));
        assert!(tally.passed >= least && tally.not_yet == 0, "{tally}");
    }
}

#[test]
fn the_full_recordings_agree() {
    let Some(folder) = std::env::var_os("FORESCALE_CONFORMANCE") else {
        return print_out("skipped: FORESCALE_CONFORMANCE names no folder with recordings in epp/*.jsonl");
    };
    let folder = Path::new(&folder).join("epp");
    let tally = replay_file(&folder.join("flow-control.jsonl"));
    assert!(tally.passed >= 90, "{tally}");
    let tally = replay_file(&folder.join("scheduling.jsonl"));
    assert!(tally.passed >= 24, "{tally}");
    let vectors = folder.join("vectors.jsonl");
    if vectors.exists() {
        let tally = replay_file(&vectors);
        assert!(tally.passed == 0 && tally.not_yet > 0, "{tally}");
    }
}

/// A scenario made by hand from the rules, with what no recording of a single band has: a cap, a caller's deadline and cancel,
/// a hint, stages and idle flows.
const BY_HAND: &str = concat!(
    r#"{"id":"by-hand","family":"","config":{"max_bytes":0,"max_requests":2,"default_request_ttl_ms":2000,"#,
    r#""no_endpoint_request_ttl_ms":60000,"usage_limit":{"type":"static-usage-limit-policy"},"bands":[],"#,
    r#""sweep_phase_us":500,"gc_phase_us":752,"flow_gc_ms":1000},"pool":[[0,1],[5200002,0]],"#,
    r#""saturation":{"kind":"stages","points":[[0,1.0],[4000002,0.2]],"prefill":[[0,0.5]]},"#,
    r#""requests":[[1001,"a",0,10,{"deadline_us":500001}],[2001,"b",0,20,{"cancel_us":100001}],[600001,"b",0,5],"#,
    r#"[1100001,"a",0,7,{"ttl_us":1500000}],[2100001,"a",0,8],[5300001,"c",0,1]],"shutdown_us":6000002,"#,
    r#""expect":{"results":[["ET",501002,429],["EC",102002,503],["RC",600001,429],["ET",3000500,429],4001000,"#,
    r#"["EO",6000002,503]],"samples":[[700002,{"decode":1,"effective":1,"prefill":0.5},{},{}],"#,
    r#"[2500002,{"decode":1,"effective":1,"prefill":0.5},{"a|0":2},{"a|0":15}],"#,
    r#"[4500002,{"decode":0.2,"effective":0.5,"prefill":0.5},{},{}],[5500002,{"effective":1},{"c|0":1},{"c|0":1}]],"#,
    r#""series_deleted":["a|0","b|0"]}}"#
);

fn replay_text(text: &str) -> Tally {
    let mut tally = Tally::default();
    epp::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap();
    tally
}

#[test]
fn the_scenario_made_by_hand_agrees() {
    assert_eq!(replay_text(BY_HAND), Tally { passed: 1, ..Tally::default() });
}

#[test]
fn a_wrong_recording_differs() {
    let cases = [
        (r#"["EC",102002,503]"#, r#"["EC",102002,429]"#, "request 1: expected EC 429 at 102002, came EC 503"),
        ("4001000,", "4002000,", "request 4: expected dispatched at 4002000, came dispatched at 4001000"),
        (r#",["EO",6000002,503]"#, "", "5 results of 6 requests"),
        (r#"{"a|0":2}"#, r#"{"a|0":1}"#, "expected Sample(2500002"),
        (r#""effective":0.5,"#, r#""effective":0.2,"#, "expected Sample(4500002"),
        (r#"["a|0","b|0"]"#, r#"["a|0"]"#, "series deleted"),
        (r#","series_deleted":["a|0","b|0"]"#, "", "series deleted"),
    ];
    for (right, wrong, difference) in cases {
        assert!(BY_HAND.contains(right), "{right}");
        let tally = replay_text(&BY_HAND.replace(right, wrong));
        assert_eq!((tally.passed, tally.failed), (0, 1), "{wrong}");
        let expected = format!("some.jsonl:1: by-hand: {difference}");
        assert!(tally.to_string().starts_with(&expected), "{tally}");
    }
}

/// Two requests with the same beginning, made by hand: the second finds two of its three blocks on the pod of the first.
const DECISIONS: &str = concat!(
    r#"{"id":"by-hand","family":"","prefix_producer":{"lruCapacityPerServer":9},"scorers":[{"type":"queue-scorer","weight":1},"#,
    r#"{"type":"prefix-cache-scorer","weight":3}],"steps":[{"t_s":1,"pods":[{"name":"a"},{"name":"b","waiting":2}],"model":"m","#,
    r#""prompts":[[[1,128],[2,1]]],"expect":{"match":[0,0],"total_blocks":3,"block_tokens":64,"raw":[[1,0],[0,0]],"#,
    r#""scores":[1,0],"best":["a"],"index":{"a":3}},"picked":"a"},{"t_s":2,"pods":[{"name":"a","waiting":4},{"name":"b"}],"#,
    r#""model":"m","prompts":[[[1,128],[3,5]]],"expect":{"match":[2,0],"total_blocks":3,"block_tokens":64,"raw":[[0,1],"#,
    r#"[0.66666666667,0]],"scores":[2,1],"best":["a"],"index":{"a":3,"b":3}},"picked":"b"}]}"#
);

#[test]
fn decisions_made_by_hand_agree_and_wrong_ones_differ() {
    assert_eq!(replay_text(DECISIONS), Tally { passed: 1, ..Tally::default() });
    let cases = [
        (r#""match":[2,0]"#, r#""match":[3,0]"#, "step 1: match: expected [3, 0], came [2, 0]"),
        (
            r#""raw":[[0,1],"#,
            r#""raw":[[0,0.5],"#,
            "step 1: queue-scorer: expected [0.0, 0.5], came [0.0, 1.0]",
        ),
        (
            r#""scores":[2,1],"best":["a"]"#,
            r#""scores":[2,1],"best":["b"]"#,
            r#"step 1: best: expected ["b"], came ["a"]"#,
        ),
        (r#""index":{"a":3}"#, r#""index":{"a":2}"#, r#"step 0: index: expected {"a": 2}, came {"a": 3}"#),
        (r#""block_tokens":64"#, r#""block_tokens":16"#, "step 0: block_tokens: expected 16, came 64"),
    ];
    for (right, wrong, difference) in cases {
        assert!(DECISIONS.contains(right), "{right}");
        let tally = replay_text(&DECISIONS.replacen(right, wrong, 1));
        let expected = format!("some.jsonl:1: by-hand: {difference}");
        assert!(tally.failed == 1 && tally.to_string().starts_with(&expected), "{tally}");
    }
}

#[test]
fn what_is_not_simulated_is_counted() {
    let changes = [
        (r#"[600001,"b",0,5]"#, r#"[600001,"b",1,5]"#),
        (r#""bands":[]"#, r#""bands":[{"priority":0},{"priority":5}]"#),
        (r#""bands":[]"#, r#""bands":[{"priority":0,"ordering":"edf-ordering-policy"}]"#),
        (r#""bands":[]"#, r#""bands":[{"priority":0,"fairness":"round-robin-fairness-policy"}]"#),
        (r#""bands":[]"#, r#""bands":[],"default_band":{"ordering":"edf-ordering-policy"}"#),
        ("static-usage-limit-policy", "priority-holdback-policy"),
        (r#""kind":"stages""#, r#""kind":"measured""#),
        (r#""shutdown_us""#, r#""band_updates":[{"t_us":2,"priorities":[1]}],"shutdown_us""#),
    ];
    for (simulated, not_yet) in changes {
        assert!(BY_HAND.contains(simulated), "{simulated}");
        let tally = replay_text(&BY_HAND.replace(simulated, not_yet));
        assert_eq!(tally, Tally { not_yet: 1, ..Tally::default() }, "{not_yet}");
    }
    let others = "{\"id\":\"a\",\"steps\":[]}\n\n{\"id\":\"b\",\"kind\":\"scorer_kv\",\"input\":{}}\n";
    assert_eq!(replay_text(others).not_yet, 2);
    let with_another_scorer = DECISIONS.replace("queue-scorer", "load-aware-scorer");
    assert_eq!(replay_text(&with_another_scorer), Tally { not_yet: 1, ..Tally::default() });
}

#[test]
fn a_malformed_line_is_named() {
    let read = |text: &str| {
        let mut tally = Tally::default();
        let error = epp::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap_err().to_string();
        (error, tally.passed)
    };
    let (error, passed) = read(&format!("{BY_HAND}\n{{\"id\":"));
    assert!(error.starts_with("some.jsonl:2: EOF"), "{error}");
    assert_eq!(passed, 1);
    assert!(read("{}").0.starts_with("some.jsonl:1: neither"));
    let error = read(r#"{"requests":[],"saturation":{}}"#).0;
    assert!(error.starts_with("some.jsonl:1: missing field"), "{error}");
}
