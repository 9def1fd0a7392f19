//! Measured deployments against the simulated engine.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use forescale_conformance::measured::{LeftOut, compare};
use std::fs::{self, File};
use std::path::Path;

#[allow(clippy::print_stdout, reason = "what is skipped belongs in the test's output")]
fn print_out(text: &str) {
    println!("{text}");
}

/// Puts a table between its two marks.
fn replaced(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin, generated -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{table}{end}{after}")
}

#[test]
fn the_errors_are_those_in_the_docs() {
    let Some(folder) = std::env::var_os("FORESCALE_DATA") else {
        return print_out(
            "skipped: measured deployments (FORESCALE_DATA names no folder with measured_runs.csv)",
        );
    };
    let file = File::open(Path::new(&folder).join("measured_runs.csv")).unwrap();
    let comparison = compare("measured_runs.csv", file).unwrap();
    let chosen = comparison.rows - comparison.left_out.values().sum::<usize>();
    assert_eq!(comparison.compared.len(), chosen, "every chosen row has simulated times");
    assert!(chosen >= 300, "{chosen} rows");
    assert!(comparison.models().len() >= 5, "{:?}", comparison.models());
    assert!(comparison.gpus().len() >= 4, "{:?}", comparison.gpus());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/validation.md");
    let found = fs::read_to_string(&path).unwrap();
    let tables = [
        ("choice", comparison.choice_table()),
        ("errors", comparison.error_tables()),
        ("worst", comparison.worst_table()),
    ];
    let fresh = tables.iter().fold(found.clone(), |text, (name, table)| replaced(&text, name, table));
    if std::env::var_os("FORESCALE_BLESS").is_some() {
        return fs::write(path, fresh).unwrap();
    }
    let hint = "`FORESCALE_BLESS=1 cargo test -p forescale-conformance --test measured` rewrites it";
    assert!(found == fresh, "docs/validation.md is not what comes out; {hint}");
}

/// The columns of the table.
const HEADER: &str = "id,gpu,model,dtype,tp,engine,engine_version,engine_args,workload,load,rate_rps,concurrency,isl,osl,n_ok,n_fail,\
    ttft_mean_ms,itl_mean_ms,note,source";

/// A row, with the values of some columns changed.
fn row(changes: &[(&str, &str)]) -> String {
    let names = HEADER.split(',').map(str::trim);
    let usual = [
        ("gpu", "H100-SXM-80G"),
        ("model", "meta-llama/Llama-3.1-8B"),
        ("tp", "1.0"),
        ("engine", "vllm"),
        ("load", "closed-loop concurrency 1"),
        ("concurrency", "1.0"),
        ("isl", "1000.0"),
        ("osl", "101.0"),
        ("ttft_mean_ms", "30.0"),
        ("itl_mean_ms", "7.0"),
    ];
    let value = |name: &str| {
        let found = changes.iter().chain(&usual).find(|(column, _)| *column == name);
        found.map_or("", |(_, value)| value)
    };
    names.map(value).collect::<Vec<_>>().join(",")
}

fn table(rows: &[String]) -> String {
    format!("{}\n{}\n", HEADER.replace(' ', ""), rows.join("\n"))
}

#[test]
fn one_user_alone_sees_prompt_and_decode_steps() {
    let comparison = compare("runs.csv", table(&[row(&[])]).as_bytes()).unwrap();
    let times = comparison.compared.first().unwrap().simulated;
    // The profile's own figures: 6.434 ms, 11.47 us per token up to 256 and 20.9 us above 384, 43.5 ns per token of context, 0.3 ms of host.
    let decode = 6.43434 + 0.0114746 + 43.454e-6 * 1050.0;
    assert!((times.tpot_ms / decode - 1.0).abs() < 0.01, "{times:?}, {decode}");
    let prompt = 6.43434 + 256.0 * 0.0114746 + 616.0 * 0.0209173 + 500e3 * 694.236e-9;
    assert!((times.ttft_ms - prompt - 0.3).abs() < 0.1, "{times:?}, {prompt}");
}

#[test]
fn each_reason_leaves_its_rows_out() {
    let cases: [(&[(&str, &str)], LeftOut); 12] = [
        (&[("engine", "sglang")], LeftOut::Engine),
        (&[("engine_args", "replicas=2")], LeftOut::Replicas),
        (&[("itl_mean_ms", "")], LeftOut::Tpot),
        (&[("load", "open-loop constant 5rps x 600s;10rps x 600s")], LeftOut::Load),
        (&[("osl", "")], LeftOut::Lengths),
        (&[("n_fail", "4.0")], LeftOut::Failures),
        (&[("ttft_mean_ms", "20000")], LeftOut::Overloaded),
        (&[("engine_args", "attention_dp=2 moe_tp=1")], LeftOut::Mapping),
        (&[("gpu", "H100-SXM-80G (power-capped)")], LeftOut::Profile),
        (
            &[("model", "amd/Llama-3.1-70B"), ("gpu", "MI300X-192G"), ("tp", "8.0"), ("dtype", "fp8")],
            LeftOut::InSample,
        ),
        (&[("load", "static batch 900"), ("concurrency", "900")], LeftOut::Memory),
        (&[], LeftOut::Repeated),
    ];
    let rows: Vec<String> =
        std::iter::once(row(&[])).chain(cases.iter().map(|(changes, _)| row(changes))).collect();
    let comparison = compare("runs.csv", table(&rows).as_bytes()).unwrap();
    assert_eq!((comparison.rows, comparison.compared.len()), (13, 1));
    for (changes, reason) in cases {
        assert_eq!(comparison.left_out.get(&reason), Some(&1), "{reason:?} {changes:?}");
    }
}

#[test]
fn a_row_that_is_none_is_named() {
    let error = |text: &str| compare("runs.csv", text.as_bytes()).unwrap_err().to_string();
    let found = error(&table(&[row(&[]), row(&[("isl", "many")])]));
    assert!(found.starts_with("runs.csv:3: "), "{found}");
    assert!(error("id,gpu\na,b\n").contains("missing field"));
    // Odd figures are no crash.
    for (column, value) in
        [("isl", "-1"), ("osl", "1e30"), ("concurrency", "inf"), ("tp", "nan"), ("itl_mean_ms", "-5")]
    {
        let comparison = compare("runs.csv", table(&[row(&[(column, value)])]).as_bytes()).unwrap();
        assert_eq!(comparison.compared.len(), 0, "{column} {value}");
    }
    let args = [
        ("engine_args", "max_num_seqs=1e300 max_num_batched_tokens=0.5 moe_ep=x"),
        ("load", "static batch 1"),
    ];
    assert_eq!(compare("runs.csv", table(&[row(&args)]).as_bytes()).unwrap().rows, 1);
}
