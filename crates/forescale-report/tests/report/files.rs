//! JSON, NDJSON and CSV.

use crate::runs;
use forescale_core::outcome::Outcome;
use forescale_core::record::RunRecord;
use forescale_core::run;
use forescale_report::{decisions_ndjson, result_json, series_csv, write_all};
use serde_json::{Value, json};
use std::fs;

fn result(record: &RunRecord) -> String {
    let mut out = Vec::new();
    result_json(&runs::subject(), record, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn decisions(record: &RunRecord) -> Vec<Value> {
    let mut out = Vec::new();
    decisions_ndjson(&runs::subject(), record, &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn series(record: &RunRecord) -> Vec<u8> {
    let mut out = Vec::new();
    series_csv(record, &mut out).unwrap();
    out
}

#[test]
fn the_result_agrees_with_the_record() {
    for (name, record) in runs::all() {
        let result: Value = serde_json::from_str(&result(&record)).unwrap();
        let account = &record.account;
        let requests = &result["requests"];
        assert_eq!(requests["arrived"], account.arrivals(), "{name}");
        assert_eq!(requests["by_outcome"].as_object().unwrap().len(), Outcome::ALL.len());
        let ended: u64 = requests["by_outcome"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(ended + account.in_flight(), account.arrivals(), "{name}");
        let http: u64 = requests["by_http"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(http, ended, "{name}");
        assert_eq!(result["verdict"]["met"], record.meets_objectives());
        assert_eq!(result["verdict"]["objectives"].as_array().unwrap().len(), record.attainments.len());
        assert_eq!(result["latencies_s"]["ttft"]["count"], record.latencies.ttft.count());
        assert_eq!(
            result["latencies_s"]["ttft"]["p99"],
            json!(record.latencies.ttft.quantile(0.99)),
            "{name}"
        );
        assert_eq!(result["gpu"]["hours"], json!(record.gpu_hours()));
        assert_eq!(result["fingerprint"], record.fingerprint.to_string());
        let changes = result["replicas"]["scale_ups"].as_u64().unwrap()
            + result["replicas"]["scale_downs"].as_u64().unwrap();
        assert_eq!(changes, record.scalings().count() as u64);
    }
}

#[test]
fn the_result_of_a_plan_is_known() {
    let record = run(&runs::up_and_down()).unwrap();
    let result: Value = serde_json::from_str(&result(&record)).unwrap();
    assert_eq!(
        result["replicas"],
        json!({"max_desired": 3, "max_ready": 3, "scale_ups": 2, "scale_downs": 1, "final": 1})
    );
    assert_eq!(result["schema"], 1);
    assert_eq!(result["requests"]["by_workload"], json!({"chat": {"arrived": record.account.arrivals()}}));
    assert_eq!(result["scenario"]["duration_s"], 1800.0);
    assert_eq!(result["verdict"]["objectives"][0]["limit_s"], 2.0);
}

#[test]
fn fields_keep_their_order() {
    let result = result(&run(&runs::calm()).unwrap());
    let keys: Vec<&str> = result
        .lines()
        .filter_map(|line| line.strip_prefix("  \"").and_then(|rest| rest.split_once('"')))
        .map(|(key, _)| key)
        .collect();
    assert_eq!(
        keys,
        [
            "schema",
            "tool",
            "scenario",
            "verdict",
            "requests",
            "latencies_s",
            "tokens",
            "replicas",
            "gpu",
            "littles_law",
            "fingerprint"
        ]
    );
}

#[test]
fn the_series_has_a_row_per_bin() {
    for (name, record) in runs::all() {
        let bytes = series(&record);
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let mut column =
            |name: &str| reader.headers().unwrap().iter().position(|header| header == name).unwrap();
        let (at, arrived, ready) = (column("t_s"), column("arrived"), column("ready_replicas"));
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), record.timeline.len(), "{name}");
        let mut sum = 0;
        for (row, bin) in rows.iter().zip(&record.timeline) {
            assert_eq!(row[at].parse::<f64>().unwrap(), bin.at.as_secs_f64(), "{name}");
            assert_eq!(row[ready].parse::<u32>().unwrap(), bin.ready, "{name}");
            sum += row[arrived].parse::<u64>().unwrap();
        }
        assert_eq!(sum, record.account.arrivals(), "{name}");
    }
}

#[test]
fn each_sync_is_an_object_with_its_numbers() {
    let record = run(&runs::outages()).unwrap();
    let looks = decisions(&record);
    assert_eq!(looks.len(), record.syncs.len());
    for (look, sync) in looks.iter().zip(&record.syncs) {
        assert_eq!((&look["from"], &look["to"]), (&json!(sync.from), &json!(sync.to())));
        assert_eq!(look["reason"], sync.decision.reason);
        let reasons = &sync.decision.sync.as_ref().unwrap().reasons;
        assert_eq!(look["metrics"].as_array().unwrap().len(), reasons.metrics.len());
        for (metric, reason) in look["metrics"].as_array().unwrap().iter().zip(&reasons.metrics) {
            match &reason.outcome {
                Ok(evaluation) => {
                    assert_eq!(metric["proposal"], evaluation.proposal);
                    assert_eq!(metric["usage"], evaluation.usage_milli as f64 / 1000.0);
                }
                Err(failure) => assert_eq!(metric["error"]["reason"], failure.reason),
            }
        }
    }
    let limited = looks.iter().find(|look| look["limit"] == "ScaleUpLimit").unwrap();
    assert_eq!(limited["clamp"]["policy"]["period_s"], 60);
    assert!(limited["conditions"].as_array().unwrap().iter().any(|c| c["reason"] == "ScaleUpLimit"));
    assert!(looks.iter().any(|look| look["stabilization"]["window"] == "scaleDown"));
    let plan = decisions(&run(&runs::up_and_down()).unwrap());
    let plain = json!({"t_s": 10.0, "autoscaler": "HPA", "from": 1, "to": 2, "reason": "by plan → 2"});
    assert_eq!(plan[1], plain);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let outputs = || {
        let record = run(&runs::burst()).unwrap();
        (result(&record), series(&record), decisions(&record))
    };
    assert_eq!(outputs(), outputs());
}

#[test]
fn files_are_complete_and_nothing_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("new/out");
    let record = run(&runs::up_and_down()).unwrap();
    for _ in 0..2 {
        let paths = write_all(&dir, &runs::subject(), &record).unwrap();
        let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["result.json", "series.csv", "decisions.ndjson", "timeline.svg"]);
        assert_eq!(fs::read_to_string(&paths[0]).unwrap(), result(&record));
        assert_eq!(fs::read(&paths[1]).unwrap(), series(&record));
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 4);
    }
    let file = dir.join("result.json");
    assert!(write_all(&file, &runs::subject(), &record).is_err());
}
