//! The table of a sweep's runs.

use forescale_experiment::sweep::{Axis, Finished, Outcome, Plan, Point, Run, Swept};
use forescale_report::{RUNS_CSV, runs_csv};
use std::collections::BTreeMap;

/// Two points with a run each: one that went to its end, and one that failed.
fn swept() -> Swept {
    let point =
        |value: &str, is_base| Point { values: vec![Some(value.to_owned())], is_base, is_tried: true };
    let axis =
        Axis { path: "a.b".to_owned(), values: vec!["1".to_owned(), "\"x, y\"".to_owned()], base: None };
    let plan = Plan {
        scenario: "made-up".to_owned(),
        tool_version: "0".to_owned(),
        inputs: String::new(),
        seed: u64::MAX,
        replications: 1,
        is_grid: true,
        objectives: Vec::new(),
        workloads: vec!["chat".to_owned()],
        axes: vec![axis],
        points: vec![point("1", true), point("\"x, y\"", false)],
    };
    let finished = Finished {
        fingerprint: "00ff".to_owned(),
        is_met: true,
        kpis: BTreeMap::from([("gpu_hours".to_owned(), 0.1), ("ttft_p99".to_owned(), 1.0 / 3.0)]),
        signals: Vec::new(),
        first_scale_up_s: None,
    };
    let run = |point, outcome| Run { point, replication: 0, seed: u64::MAX, outcome };
    Swept::new(
        plan,
        vec![run(1, Outcome::Failed("no".to_owned())), run(0, Outcome::Finished(Box::new(finished)))],
    )
}

fn csv() -> String {
    let mut bytes = Vec::new();
    runs_csv(&swept(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_run_is_a_row() {
    let text = csv();
    assert!(
        RUNS_CSV.ends_with(".csv")
            && text.starts_with("point,replication,seed,a.b,fingerprint,is_met,first_scale_up_s,ttft_mean")
    );
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert!(
        rows[0].starts_with("0,0,18446744073709551615,1,00ff,1,,")
            && rows[0].contains(",0.3333333333333333,"),
        "{text}"
    );
    assert!(
        rows[1].starts_with("1,0,18446744073709551615,\"x, y\",,,,") && rows[1].ends_with(",no"),
        "{text}"
    );
}

/// Read back by the reader of the `parquet` crate, every value is that of the CSV.
#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_csv_holds() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    let mut bytes = Vec::new();
    forescale_report::runs_parquet(&swept(), &mut bytes).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let text = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Long(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Str(value) if value.contains(',') => format!("\"{value}\""),
        Field::Str(value) => value.clone(),
        other => panic!("no such type is written: {other:?}"),
    };
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let mut lines = vec![fields.iter().map(|field| field.name().to_owned()).collect::<Vec<_>>().join(",")];
    for row in reader.get_row_iter(None).unwrap() {
        lines
            .push(row.unwrap().get_column_iter().map(|(_, field)| text(field)).collect::<Vec<_>>().join(","));
    }
    assert_eq!(lines, csv().lines().collect::<Vec<_>>());
}
