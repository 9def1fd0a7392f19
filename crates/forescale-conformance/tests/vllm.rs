//! Recordings of vLLM's scheduler.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use forescale_conformance::{Tally, open, vllm};
use std::path::Path;

/// The score of one file; asserts that nothing failed.
fn replay_file(path: &Path) -> Tally {
    let name = path.file_name().unwrap().to_string_lossy();
    let mut tally = Tally::default();
    vllm::replay(&name, open(path).unwrap(), &mut tally).unwrap();
    print_out(&format!("{name}: {tally}"));
    assert_eq!((tally.failed, tally.not_yet), (0, 0), "{name}: {tally}");
    tally
}

#[allow(clippy::print_stdout, reason = "the score per file belongs in the test's output")]
fn print_out(text: &str) {
    println!("{text}");
}

/// A case made by hand; the block size is that of the recordings.
const BY_HAND: &str = concat!(
    r#"{"name":"by-hand","config":{"max_num_seqs":8,"max_num_batched_tokens":64,"block_size":4,"num_gpu_blocks":65,"#,
    r#""enable_prefix_caching":true,"enable_chunked_prefill":true,"long_prefill_token_threshold":0,"#,
    r#""long_prefill_token_threshold_adaptive":false,"policy":"fcfs","max_model_len":64,"watermark":0.0,"#,
    r#""scheduler_reserve_full_isl":true,"max_num_active_seqs":null,"prefill_schedule_interval":1},"#,
    r#""requests":[{"id":0,"arr":0,"prompt":[["g1",4],["u0",1]],"out":2},{"id":1,"arr":1,"prompt":[["g1",4],["o0",2]],"out":1}],"#,
    r#""aborts":[[2,1]],"steps":[{"s":[0,5],"new":[[0,0]],"u":[2,2],"q":[1,0,1,0]},"#,
    r#"{"s":[0,1,1,2],"new":[[1,4]],"fin":[0,1],"u":[3,0],"q":[2,0,0,0]},{"s":[],"u":[0,0],"q":[0,0,0,0]}],"#,
    r#""end":{"steps":3,"stuck":false,"preemptions":0,"prefix":[11,4,0,0],"outputs":[2,1]}}"#
);

fn replay_text(text: &str) -> Tally {
    let mut tally = Tally::default();
    vllm::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap();
    tally
}

#[test]
fn a_wrong_recording_differs() {
    assert_eq!(replay_text(BY_HAND), Tally { passed: 1, ..Tally::default() });
    let cases = [
        (r#""s":[0,1,1,2]"#, r#""s":[0,1,1,6]"#, "step 1", "*   s [0,1,1,6]"),
        (r#""new":[[1,4]]"#, r#""new":[[1,0]]"#, "step 1", "* new [[1,0]]"),
        (r#""fin":[0,1],"#, "", "step 1", "* fin []"),
        (r#""fin":[0,1]"#, r#""fin":[0,1],"pre":[0]"#, "step 1", "* pre [0]"),
        (r#"[{"s":[0,5]"#, r#"[{"abr":[1],"s":[0,5]"#, "step 0", "* abr [1]"),
        ("[3,0]", "[3,1]", "step 1", "*   u [3,1]"),
        ("[2,0,0,0]", "[2,0,1,0]", "step 1", "*   q [2,0,1,0]"),
        ("[11,4,0,0]", "[11,0,0,0]", "end", "* prefix [11,0,0,0]"),
        (r#""outputs":[2,1]"#, r#""outputs":[2,2]"#, "end", "* outputs [2,2]"),
        (r#""stuck":false"#, r#""stuck":true"#, "end", "* stuck true"),
    ];
    for (right, wrong, place, field) in cases {
        assert!(BY_HAND.contains(right), "{right}");
        let tally = replay_text(&BY_HAND.replace(right, wrong));
        assert_eq!((tally.passed, tally.failed), (0, 1), "{wrong}");
        let text = tally.to_string();
        assert!(text.starts_with(&format!("some.jsonl:1: by-hand: {place}\n")), "{text}");
        assert!(text.contains(field), "{text}");
    }
}

#[test]
fn a_malformed_line_is_named() {
    let read = |text: &str| {
        let mut tally = Tally::default();
        let error = vllm::replay("some.jsonl", text.as_bytes(), &mut tally).unwrap_err().to_string();
        (error, tally.passed)
    };
    let (error, passed) = read(&format!("{BY_HAND}\n{{\"name\":"));
    assert!(error.starts_with("some.jsonl:2: EOF"), "{error}");
    assert_eq!(passed, 1);
    assert!(read("{}").0.starts_with("some.jsonl:1: missing field"));
    let wrong = |right: &str, wrong: &str| {
        assert!(BY_HAND.contains(right), "{right}");
        read(&BY_HAND.replace(right, wrong)).0
    };
    assert!(wrong("\"u0\"", "\"x0\"").contains("`x0` is no token stream"));
    assert!(wrong("\"o0\"", "\"o\"").contains("`o` is no token stream"));
    assert!(wrong("\"fcfs\"", "\"lifo\"").contains("lifo"));
    assert!(wrong("\"steps\":[", "\"sips\":[").starts_with("some.jsonl:1: no variant"));
    assert!(wrong("\"fin\"", "\"finished\"").contains("unknown field"));
}

#[test]
fn the_selection_in_the_repository_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/vllm");
    for (name, cases) in [("hand.jsonl", 89), ("sync.jsonl.gz", 25), ("async.jsonl.gz", 16)] {
        assert_eq!(replay_file(&folder.join(name)).passed, cases, "{name}");
    }
}

#[test]
fn the_full_recordings_agree() {
    let Some(folder) = std::env::var_os("FORESCALE_CONFORMANCE") else {
        return print_out(
            "skipped: FORESCALE_CONFORMANCE names no folder with recordings in vllm/*.jsonl.gz",
        );
    };
    let folder = Path::new(&folder).join("vllm");
    for (name, cases) in [
        ("hand.jsonl", 89),
        ("random.jsonl.gz", 1200),
        ("async_extra.jsonl.gz", 72),
        ("async_eos.jsonl.gz", 48),
    ] {
        assert_eq!(replay_file(&folder.join(name)).passed, cases, "{name}");
    }
}
