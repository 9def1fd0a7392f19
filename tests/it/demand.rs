//! Demand as a scenario says it, and the requests that a run then sees.

use crate::workspace::read;
use forescale::kernel::SimTime;
use forescale::scenario::Scenario;

const LENGTHS: &str = "prompt_tokens = 1\noutput_tokens = 1\n";

/// The arrivals of half an hour, in seconds; `workload` is the table of the one workload.
fn arrivals(workload: &str) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demand.toml");
    let head = "[scenario]\nname = \"demand\"\nduration = \"30m\"\nseed = 3\n\n[model_server]\ntest_engine = { seats = 64, service = \"1s\" }\n\n";
    std::fs::write(&file, format!("{head}{workload}")).unwrap();
    let mut config = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}")).config;
    config.record.log_requests = true;
    let record = forescale::core::run(&config).unwrap();
    record.requests.iter().map(|line| SimTime::as_secs_f64(line.request.arrival)).collect()
}

fn count(arrivals: &[f64], from: f64, until: f64) -> usize {
    arrivals.iter().filter(|at| (from..until).contains(*at)).count()
}

/// Each minute of a measured curve has its number; the last one ends with the run, or with `until`.
#[test]
fn a_measured_curve_is_replayed_to_the_request() {
    let rate = "[[\"0s\", 2.05], [\"10m\", 0.0], [\"15m\", 7.5], [\"20m\", 1.001]]";
    for (until, counts) in [("", [1230, 0, 2250, 541]), ("until = \"27m\"\n", [1230, 0, 2250, 360])] {
        let arrivals = arrivals(&format!(
            "[workload.chat]\nfrom = \"1m\"\n{until}arrivals.fixed_count = {{ rate = {rate} }}\n{LENGTHS}"
        ));
        let edges = [60.0, 660.0, 960.0, 1260.0, 1800.0];
        let found: Vec<usize> = edges.windows(2).map(|pair| count(&arrivals, pair[0], pair[1])).collect();
        assert_eq!(found, counts, "{until}");
    }
}

/// What a rate expects is its integral, by whatever process; bounds are five standard deviations of the count.
#[test]
fn every_form_of_a_rate_under_every_process() {
    let forms = [
        ("4.0", 7200.0),
        ("[[\"0s\", 2.0], [\"20m\", 8.0]]", 7200.0),
        ("{ ramp = [[\"0s\", 0.0], [\"30m\", 8.0]] }", 7200.0),
        ("{ diurnal = { mean = 4.0, peak = 7.0, peak_at = \"7m\", period = \"30m\" } }", 7200.0),
        ("{ base = 2.0, spikes = [{ at = \"5m\", for = \"10m\", factor = 4.0 }] }", 7200.0),
        (
            "{ base = { ramp = [[\"0s\", 0.0], [\"30m\", 8.0]] }, spikes = [{ at = \"15m\", for = \"1h\", factor = 0.0 }] }",
            1800.0,
        ),
    ];
    // The kind with what it needs, the mean factor, and variance over mean of counts in the long run.
    let processes = [
        ("constant", "", 1.0, 0.0),
        ("poisson", "", 1.0, 1.0),
        ("gamma", ", cv = 2.0", 1.0, 4.0),
        ("weibull", ", cv = 1.5", 1.0, 2.25),
        ("fixed_count", "", 1.0, 0.0),
        // λ of 0.5 and 2 times the rate, at most 16/s, for 2 s and 1 s: 1 + 2·12²·½·1/(1.5²·(4·1 + 16·½)) = 6.3.
        ("mmpp", ", states = [{ factor = 0.5, mean = \"2s\" }, { factor = 2.0, mean = \"1s\" }]", 1.0, 6.4),
    ];
    for (rate, expected) in forms {
        for (kind, more, factor, dispersion) in processes {
            let text = format!("[workload.chat]\narrivals.{kind} = {{ rate = {rate}{more} }}\n{LENGTHS}");
            let found = arrivals(&text).len() as f64;
            let bound = 5.0 * f64::sqrt(dispersion * expected) + 1.0;
            assert!(
                (found - factor * expected).abs() <= bound,
                "{kind} at {rate}: {found}, not {expected} ± {bound}"
            );
        }
    }
}

/// The page's examples are scenarios.
#[test]
fn the_examples_of_the_page_run() {
    let page = read("docs/demand.md");
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let workload = match example.starts_with('[') {
            true => example.to_owned(),
            false => format!("[workload.chat]\n{example}{LENGTHS}"),
        };
        assert!(arrivals(&workload).len() > 1000, "{example}");
    }
}
