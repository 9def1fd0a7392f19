//! JSON, NDJSON and CSV.

use crate::runs;
use forescale_core::outcome::Outcome;
use forescale_core::record::RunRecord;
use forescale_core::run;
use forescale_report::{decisions_ndjson, result_json, series_csv};
use serde_json::{Value, json};

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
        let by_workload = requests["by_workload"].as_array().unwrap();
        for field in ["arrived", "finished", "lost", "in_flight"] {
            let sum: u64 = by_workload.iter().filter_map(|workload| workload[field].as_u64()).sum();
            assert_eq!(requests[field], sum, "{name}: {field}");
        }
        let ended: u64 = requests["by_outcome"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(ended + account.in_flight(), account.arrivals(), "{name}");
        let http: u64 =
            requests["by_http_status"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
        assert_eq!(http, ended, "{name}");
        let verdict = match record.meets_objectives() {
            _ if record.attainments.is_empty() => "no_objectives",
            true => "met",
            false => "missed",
        };
        assert_eq!(result["verdict"], verdict);
        assert_eq!(result["objectives"].as_array().unwrap().len(), record.attainments.len());
        let ttft = &result["latencies"]["ttft"];
        assert_eq!(ttft["count"], record.latencies.ttft.count());
        assert_eq!(ttft["p99_s"], json!(record.latencies.ttft.quantile(0.99)), "{name}");
        assert_eq!(result["gpu"]["gpu_hours"], json!(record.gpu_hours()));
        assert_eq!(result["fingerprint"], record.fingerprint.to_string());
        let changes = result["replicas"]["scale_ups"].as_u64().unwrap()
            + result["replicas"]["scale_downs"].as_u64().unwrap();
        assert_eq!(changes, record.scalings().count() as u64);
        assert_eq!(changes, result["scalings"].as_array().unwrap().len() as u64);
    }
}

#[test]
fn the_result_of_a_plan_is_known() {
    let record = run(&runs::up_and_down()).unwrap();
    let result: Value = serde_json::from_str(&result(&record)).unwrap();
    let end = record.end.as_secs_f64();
    let replicas = &result["replicas"];
    let desired = &replicas["desired"];
    assert_eq!(*desired, json!({"min": 1, "max": 3, "mean": desired["mean"], "final": 1}));
    // One more for 10 s, two more for 20 s. serde_json's reader may be off by a bit.
    let mean = (end + 10.0 + 2.0 * 20.0) / end;
    assert!((desired["mean"].as_f64().unwrap() - mean).abs() < 1e-12);
    assert_eq!((&replicas["scale_ups"], &replicas["scale_downs"]), (&json!(2), &json!(1)));
    assert_eq!(replicas["ready"]["max"], 3);
    assert_eq!(result["scalings"][1]["t_s"], 20.0);
    assert_eq!(result["scalings"][1]["to_replicas"], 3);
    assert_eq!(result["cold_starts"]["completed_pods"], 2);
    assert_eq!(result["cold_starts"]["mean_s"], 5.0);
    assert_eq!(result["warnings"], json!(runs::subject().warnings));
    assert_eq!(result["schema"], 1);
    let chat = &result["requests"]["by_workload"][0];
    assert_eq!([&chat["name"], &chat["model"], &chat["fairness_id"]], ["chat", "m", "f"]);
    assert_eq!(result["scenario"]["duration_s"], 1800.0);
    assert_eq!(result["objectives"][0]["limit_s"], 2.0);
    assert_eq!(result["objectives"][0]["count"], record.account.arrivals());
    let (kpis, of_chat) = (&result["kpis"], &chat["kpis"]);
    assert_eq!(kpis["requests"].as_f64(), result["requests"]["arrived"].as_f64());
    assert_eq!(kpis["scale_events"], 3.0);
    for (kpi, same) in
        [("gpu_hours", &result["gpu"]["gpu_hours"]), ("ttft_p99", &result["latencies"]["ttft"]["p99_s"])]
    {
        assert!(same.is_number() && kpis[kpi] == *same, "{kpi}");
    }
    assert_eq!(of_chat["ttft_p99"], kpis["ttft_p99"]);
    assert_eq!((&of_chat["gpu_hours"], &kpis["theta_u"]), (&Value::Null, &Value::Null));
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
            "autoscaler",
            "verdict",
            "objectives",
            "requests",
            "latencies",
            "tokens",
            "replicas",
            "gpu",
            "kpis",
            "scalings",
            "cold_starts",
            "warnings",
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
        let (at, arrived, ready) = (column("t_s"), column("arrived_requests"), column("ready_replicas"));
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
        assert_eq!((&look["from_replicas"], &look["to_replicas"]), (&json!(sync.from), &json!(sync.to())));
        assert_eq!(look["reason"], sync.decision.reason);
        let reasons = &sync.decision.sync.as_ref().unwrap().reasons;
        let metrics = &look["hpa"]["metrics"];
        assert_eq!(metrics.as_array().unwrap().len(), reasons.metrics.len());
        for (metric, reason) in metrics.as_array().unwrap().iter().zip(&reasons.metrics) {
            match &reason.outcome {
                Ok(evaluation) => {
                    assert_eq!(metric["evaluation"]["proposed_replicas"], evaluation.proposal);
                    assert_eq!(metric["evaluation"]["usage"], evaluation.usage_milli as f64 / 1000.0);
                }
                Err(failure) => assert_eq!(metric["error"]["reason"], failure.reason),
            }
        }
    }
    let hpas = || looks.iter().map(|look| &look["hpa"]);
    let limited = hpas().find(|hpa| hpa["limit_reason"] == "ScaleUpLimit").unwrap();
    assert_eq!(limited["clamp"]["policy"]["period_s"], 60);
    assert!(limited["conditions"].as_array().unwrap().iter().any(|c| c["reason"] == "ScaleUpLimit"));
    assert!(hpas().any(|hpa| hpa["stabilization"]["window"] == "scaleDown"));
    let plan = decisions(&run(&runs::up_and_down()).unwrap());
    let plain = json!({
        "t_s": 10.0, "autoscaler": "HPA", "from_replicas": 1, "to_replicas": 2, "reason": "by plan → 2", "hpa": null
    });
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
