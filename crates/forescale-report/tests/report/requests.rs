//! The log of requests.

use crate::runs;
use forescale_core::record::RunRecord;
use forescale_core::run;
use forescale_report::{RequestFormat, requests};

fn logged(mut config: runs::RunConfig) -> RunRecord {
    config.record.log_requests = true;
    run(&config).unwrap()
}

fn write(record: &RunRecord, format: RequestFormat) -> Vec<u8> {
    let mut out = Vec::new();
    requests(&runs::subject(), record, format, &mut out).unwrap();
    out
}

/// The header, then the rows.
fn csv_rows(record: &RunRecord) -> Vec<Vec<String>> {
    let bytes = write(record, RequestFormat::Csv);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn each_request_has_a_row_that_agrees_with_the_record() {
    for config in [runs::burst(), runs::all_lost(), runs::no_requests(), runs::fine_bins()] {
        let record = logged(config);
        let rows = csv_rows(&record);
        let column = |name: &str| rows[0].iter().position(|header| header == name).unwrap();
        let cell = |row: usize, name: &str| rows[row + 1][column(name)].as_str();
        assert_eq!(rows.len() as u64, record.account.arrivals() + 1);
        let (mut waited, mut wait_s) = (0, 0.0);
        for (row, line) in record.requests.iter().enumerate() {
            assert_eq!(cell(row, "request"), row.to_string());
            assert_eq!(
                [cell(row, "workload"), cell(row, "model"), cell(row, "fairness_id")],
                ["chat", "m", "f"]
            );
            let seconds = |name| cell(row, name).parse::<f64>().ok();
            assert_eq!(seconds("arrival_s"), Some(line.request.arrival.as_secs_f64()));
            assert_eq!(seconds("first_token_s"), line.first_token.map(|at| at.as_secs_f64()));
            match line.end {
                Some((at, outcome, status)) => {
                    assert_eq!(seconds("end_s"), Some(at.as_secs_f64()));
                    let told = [cell(row, "outcome"), cell(row, "http_status")];
                    assert_eq!(told, [outcome.name(), status.to_string().as_str()]);
                }
                None => {
                    let told = [cell(row, "end_s"), cell(row, "outcome"), cell(row, "http_status")];
                    assert_eq!(told, ["", "in_flight", ""]);
                }
            }
            assert_eq!(cell(row, "pod").is_empty(), cell(row, "queue_wait_s").is_empty());
            assert!(line.first_token.is_none() || cell(row, "pod").starts_with("pod-"));
            waited += u64::from(seconds("queue_wait_s").is_some());
            wait_s += seconds("queue_wait_s").unwrap_or(0.0);
        }
        let latency = &record.latencies.queue_wait;
        assert_eq!(waited, latency.count());
        assert!((wait_s - latency.mean().unwrap_or(0.0) * waited as f64).abs() < 1e-6);
    }
}

/// The log is an extra: nothing else depends on it.
#[test]
fn the_log_changes_no_run() {
    let (with, without) = (logged(runs::burst()), run(&runs::burst()).unwrap());
    assert_eq!(with.fingerprint, without.fingerprint);
    assert!(without.requests.is_empty());
}

/// Read back by the reader of the `parquet` crate, every value is that of the CSV.
#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_what_csv_holds() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    for config in [runs::burst(), runs::all_lost(), runs::no_requests(), runs::fine_bins()] {
        let record = logged(config);
        let bytes = write(&record, RequestFormat::Parquet);
        assert_eq!(bytes, write(&record, RequestFormat::Parquet), "the same bytes");
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let text = |field: &Field| match field {
            Field::Null => String::new(),
            Field::Long(value) => value.to_string(),
            Field::Double(value) => value.to_string(),
            Field::Str(value) => value.clone(),
            other => panic!("no such type is written: {other:?}"),
        };
        let fields = reader.metadata().file_metadata().schema().get_fields();
        let mut rows = vec![fields.iter().map(|field| field.name().to_owned()).collect::<Vec<_>>()];
        for row in reader.get_row_iter(None).unwrap() {
            rows.push(row.unwrap().get_column_iter().map(|(_, field)| text(field)).collect());
        }
        assert_eq!(rows, csv_rows(&record));
    }
}
