//! Answers and exports as they come, good and bad.

use super::*;
use forescale_kernel::SimDuration;
use proptest::prelude::*;
use std::io::Write;

fn read(text: &str, series: RateSeries, is_counter: bool) -> Result<RateCurve, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let file = RateFile { path: file.path().to_owned(), series, is_counter };
    file.read().map_err(|error| format!("{}:{}: {}", error.line, error.column, error.message))
}

fn labels(of: &[(&str, &str)]) -> RateSeries {
    RateSeries::QueryRange(of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// Steps as (from in seconds, rate), gaps with a minus.
fn steps(curve: &RateCurve) -> Vec<(f64, f64)> {
    let told = |step: &RateStep| (step.from.as_secs_f64(), if step.is_gap { -step.rate } else { step.rate });
    curve.steps().iter().map(told).collect()
}

const ANSWER: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
  {"metric":{"__name__":"requests","route":"chat"},"values":[[1000,"10"],[1015.000,"40"],[1030,"10"],[1045,"25"]]},
  {"metric":{"__name__":"requests","route":"code"},"values":[[1015,"4"],[1030,"NaN"],[1045,"8"]]}]},"warnings":[]}"#;

#[test]
fn a_series_is_chosen_by_its_labels_or_all_are_summed() {
    let chat = read(ANSWER, labels(&[("route", "chat")]), false).unwrap();
    assert_eq!(steps(&chat), [(0.0, 10.0), (15.0, 40.0), (30.0, 10.0), (45.0, 25.0)]);
    assert_eq!((chat.series().len(), chat.duration(), chat.mean()), (1, SimDuration::from_secs(60), 21.25));
    let all = read(ANSWER, labels(&[]), false).unwrap();
    assert_eq!(steps(&all), [(0.0, 10.0), (15.0, 44.0), (30.0, 10.0), (45.0, 33.0)]);
    let rate = all.rate(2.0).unwrap();
    assert_eq!((rate.highest(), rate.pieces().last().map(|piece| piece.from)), (88.0, Some(0.0)));
}

#[test]
fn a_counter_is_taken_by_differences_and_begins_anew() {
    let chat = read(ANSWER, labels(&[("route", "chat")]), true).unwrap();
    assert_eq!((steps(&chat), chat.resets()), (vec![(0.0, 2.0), (15.0, 10.0 / 15.0), (30.0, 1.0)], 1));
}

#[test]
fn gaps_are_named_and_filled() {
    let cut = ANSWER
        .replace("[1015.000,\"40\"],[1030,\"10\"],", "[1015,\"40\"],")
        .replace("1045,\"25\"", "1105,\"20\"")
        .replace("[1045,\"25\"]", "[1105,\"20\"],[1120,\"20\"]");
    let cut = cut.replace("[1105,\"20\"]]", "[1105,\"20\"],[1120,\"20\"]]");
    let chat = read(&cut, labels(&[("route", "chat")]), false).unwrap();
    assert_eq!(steps(&chat), [(0.0, 10.0), (15.0, 40.0), (30.0, -30.0), (105.0, 20.0), (120.0, 20.0)]);
    let counted = read(&cut, labels(&[("route", "chat")]), true).unwrap();
    assert_eq!(steps(&counted), [(0.0, 2.0), (15.0, -20.0 / 90.0), (105.0, 0.0)]);
    assert_eq!(counted.gaps().count(), 1);
}

const JOINED: &str =
    "\"Time\",\"{route=\"\"chat\"\"}\",code\n1000000,10,1\n1015000,20,\n1030000,30,3 req/s\n";

#[test]
fn grafana_exports_series_joined_by_time_or_one_by_one() {
    let column = |name: &str| RateSeries::GrafanaCsv(Some(name.to_owned()));
    let chat = read(JOINED, column("{route=\"chat\"}"), false).unwrap();
    assert_eq!(steps(&chat), [(0.0, 10.0), (15.0, 20.0), (30.0, 30.0)]);
    let all = read(JOINED, RateSeries::GrafanaCsv(None), false).unwrap();
    assert_eq!(steps(&all), [(0.0, 11.0), (15.0, 20.0), (30.0, 33.0)]);
    for one in [
        "sep=,\r\n\"Time\",\"Value\"\r\n2026-01-05 09:00:15,20\r\n2026-01-05 09:00:00,10\r\n2026-01-05 09:00:30.000,30",
        "Series;Time;Value\na;2026-01-05T09:00:00Z;10\na;2026-01-05T09:00:15Z;20\na;2026-01-05T09:00:30+00:00;30\n",
    ] {
        assert_eq!(
            read(one, RateSeries::GrafanaCsv(None), false).map(|curve| steps(&curve)),
            Ok(steps(&chat))
        );
    }
}

#[test]
fn wrong_files_say_what_is_right() {
    let answer = |from: &str, to: &str| read(&ANSWER.replace(from, to), labels(&[]), false).unwrap_err();
    assert!(answer("matrix", "vector").contains("of type `vector`; `query_range`"));
    assert!(answer("\"success\"", "\"error\",\"error\":\"bad query\"").contains("with an error: bad query"));
    assert!(answer("\"10\"", "\"+Inf\"").contains("requests{route=\"chat\"} at 1000: `+Inf` is no number"));
    assert!(
        answer("\"40\"", "40").starts_with("2:85: the answer is no matrix"),
        "{}",
        answer("\"40\"", "40")
    );
    assert!(answer("\"40\"", "\"-40\"").contains("a rate of -40 is negative; is it a counter?"));
    assert!(answer("]},\"warnings\"", "\"warnings\"").contains("no JSON object"));
    let none = read(ANSWER, labels(&[("route", "chats")]), false).unwrap_err();
    assert!(none.contains(
        "no series has all of these labels; there are 2 series, such as `requests{route=\"chat\"}`"
    ));
    let export = |from: &str, to: &str, column: Option<&str>| {
        read(&JOINED.replace(from, to), RateSeries::GrafanaCsv(column.map(str::to_owned)), false).unwrap_err()
    };
    assert!(export("", "", Some("cod")).contains("no column, or series, `cod`; did you mean `code`?"));
    assert!(export("Time", "When", None).starts_with("1:1: the header has no column `Time`"));
    assert!(export("1015000", "noon", None).starts_with("3:1: the time `noon` is neither"));
    assert!(export("20,", "1.2 K req/s,", None).contains("switched off"));
    assert!(export(",20,", ",20", None).starts_with("3:1: this row has another number of fields"));
    assert!(export("1015000,20,\n1030000,30,3 req/s\n", "", None).contains("two samples"));
}

proptest! {
    #[test]
    fn any_text_is_a_rate_or_a_mistake(text in "\\PC{0,80}|(sep=;\n)?\"?[Tt]ime[,;]a\n([0-9]{1,20}[,;][0-9eE.+-]{0,9}\n){0,5}", counter: bool) {
        for series in [labels(&[]), RateSeries::GrafanaCsv(None)] {
            if let Ok(curve) = read(&text, series, counter) {
                prop_assert!(curve.steps().windows(2).all(|pair| pair[0].until == pair[1].from && pair[0].from < pair[0].until));
                let _maybe = curve.rate(1.0);
            }
        }
    }
}
