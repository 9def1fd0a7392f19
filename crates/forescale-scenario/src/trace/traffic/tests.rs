//! A profile against what it was fitted to.

use super::*;
use crate::context::Context;
use crate::trace::TraceStatistics;
use forescale_kernel::random;

/// A synthetic trace: an hour with a wave, each bin of 15 s with Gamma gaps of CV 2, long and short requests.
fn source() -> Traffic {
    let wave = |bin: u32| 60.0 + 40.0 * (f64::from(bin) / 12.0).sin();
    Traffic {
        source: "synthetic".to_owned(),
        bin: SimDuration::from_secs(15),
        duration: SimDuration::from_secs(3600),
        requests: (0..240).map(|bin| wave(bin).round()).collect(),
        cv: 2.0,
        prompt_tokens: vec![(0.0, 5.0), (0.3, 40.0), (0.7, 900.0), (0.95, 4000.0), (1.0, 9000.0)],
        output_tokens: vec![(0.0, 1.0), (0.5, 10.0), (0.9, 300.0), (1.0, 1000.0)],
    }
}

fn fit() -> TrafficFit {
    let mut fit = TrafficFit::new(SimDuration::from_secs(15));
    source().generate(1).unwrap().for_each(|request| fit.add(&request).unwrap());
    fit
}

#[test]
fn a_fit_generates_what_it_was_fitted_to() {
    let fit = fit();
    let traffic = fit.traffic("synthetic", None).unwrap();
    assert!((traffic.cv - 2.0).abs() < 0.4, "{}", traffic.cv);
    assert!(traffic.prompt_tokens.len() < 200, "{}", traffic.prompt_tokens.len());
    for compared in fit.compared(&traffic, None).unwrap() {
        let within = match compared.name.as_str() {
            "requests" | "dispersion_15s" | "dispersion_60s" => 1e-9,
            "dispersion_1s" => 0.03,
            // Lengths are drawn each by itself.
            "correlation" => f64::INFINITY,
            "gap_cv" => 0.1,
            _ => 0.03,
        };
        assert!(compared.error().abs() <= within, "{compared:?}");
    }
    // Each bin has its number in every trace.
    let mut counts = [0.0; 240];
    traffic.generate(77).unwrap().for_each(|request| {
        counts[(request.at.as_ps() / traffic.bin.as_ps()) as usize] += 1.0;
    });
    assert_eq!(counts.as_slice(), traffic.requests);
}

#[test]
fn a_profile_is_read_as_it_was_written() {
    let fit = fit();
    let traffic = fit.traffic("\"C:\\logs\"\u{1b}", None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fitted.toml");
    let text = traffic.to_toml(&fit.compared(&traffic, None).unwrap());
    std::fs::write(&path, &text).unwrap();
    let mut context = Context::default();
    let read = Traffic::read(&mut context, &path, None).ok();
    let expected = Traffic { source: "\"C:\\logs\"\u{fffd}".to_owned(), ..traffic };
    assert_eq!(read, Some(expected), "{}", context.report.render(false, 120));
    for (from, to, part) in [
        ("bin = \"15s\"", "bin = \"16s\"", "`requests` has 240 bins"),
        ("\ncv = ", "\ncv = 10", "between 0 and 10"),
        ("prompt_tokens = [\n  [0, ", "prompt_tokens = [\n  [0.1, ", "begin at probability 0"),
        ("source", "sauce", "there is no key `sauce`"),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let mut context = Context::default();
        assert!(Traffic::read(&mut context, &path, None).is_err(), "{to}");
        let told = context.report.render(false, 120);
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn too_little_is_no_profile() {
    let mut fit = TrafficFit::new(SimDuration::from_secs(15));
    let request = |at| TraceRequest { at, prompt_tokens: 5, output_tokens: 0, hash_ids: Vec::new() };
    fit.add(&request(SimDuration::ZERO)).unwrap();
    assert!(fit.traffic("", None).is_err_and(|error| error.contains("two requests")));
    fit.add(&request(SimDuration::from_secs(60))).unwrap();
    assert!(fit.traffic("", None).is_err_and(|error| error.contains("do not say how long")));
    assert!(fit.add(&request(SimDuration::from_secs(15 * 100_000))).is_err());
}

#[test]
fn quantised_stamps_say_nothing_of_bursts() {
    let mut fit = TrafficFit::new(SimDuration::from_secs(15));
    for second in (0..3000).step_by(3) {
        for _ in 0..9 {
            let at = SimDuration::from_secs(second);
            fit.add(&TraceRequest { at, prompt_tokens: 5, output_tokens: 5, hash_ids: Vec::new() }).unwrap();
        }
    }
    assert_eq!(fit.traffic("", None).unwrap().cv, 1.0);
}

#[test]
fn few_quantiles_are_kept_of_a_smooth_distribution_and_jumps_stay_jumps() {
    let mut statistics = TraceStatistics::default();
    let mut random = random::stream(1, "quantiles", 0);
    let dist = Dist::Lognormal { mean: 900.0, sigma: 1.0 };
    for _ in 0..50_000 {
        let output_tokens = if statistics.rows() % 3 == 0 { 3 } else { 700 };
        let prompt_tokens = dist.sample_tokens(&mut random);
        let at = SimDuration::ZERO;
        statistics.add(&TraceRequest { at, prompt_tokens, output_tokens, hash_ids: Vec::new() });
    }
    let prompts = quantiles::quantiles(&statistics.prompt_tokens).unwrap();
    assert!((20..120).contains(&prompts.len()), "{}", prompts.len());
    let outputs = quantiles::quantiles(&statistics.output_tokens).unwrap();
    assert_eq!(outputs, [(0.0, 3.0), (0.333, 3.0), (0.334, 700.0), (1.0, 700.0)]);
}
