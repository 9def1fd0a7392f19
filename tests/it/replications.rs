//! Replications, their KPIs and baselines: what the library says of several runs.

use crate::support::{copy_folder, root, scenario, station};
use forescale::core::dist::Dist;
use forescale::core::outcome::Outcome;
use forescale::core::record::{Measure, Objective};
use forescale::core::{RunConfig, RunError};
use forescale::experiment::baselines::{Baselines, Settings};
use forescale::experiment::kpi::{Delay, Kpi, KpiName, Scope, Statistic};
use forescale::experiment::replications::{Count, Replications, replicate};
use forescale::experiment::statistics::{Difference, Sequential};
use forescale::experiment::{Estimate, Heard, Warning};
use forescale::kernel::{SimDuration, random};
use forescale::prepare::variant;
use forescale::scenario::Scenario;
use rayon::prelude::*;
use std::fs;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

fn replications(config: &RunConfig, count: &Count) -> Replications {
    replicate(&config.clone().into(), count, &[], &|_| ControlFlow::Continue(())).unwrap()
}

fn fixed(count: usize) -> Count {
    Count::Fixed(count)
}

/// The expected mean wait of the first so many customers of M/M/1 at load 0.5 that starts empty, in service times: the chain of the number
/// that an arrival finds, step by step. A service that has no memory makes the wait as many services as there are customers.
fn transient_mean_wait(customers: usize) -> f64 {
    // Between two arrivals d services end with probability 1/3 · (2/3)^d while there are customers.
    let (stop, go) = (1.0 / 3.0, 2.0 / 3.0);
    let mut found = vec![0.0; 200];
    found[0] = 1.0;
    let mut sum = 0.0;
    for _ in 0..customers {
        sum += found.iter().zip(0_u32..).map(|(p, n)| p * f64::from(n)).sum::<f64>();
        // From the top: what has come down to n customers stops there or goes on.
        let mut next = vec![0.0; found.len()];
        let mut coming = 0.0;
        for n in (1..found.len()).rev() {
            coming += found[n - 1];
            next[n] = coming * stop;
            coming *= go;
        }
        next[0] = coming;
        found = next;
    }
    sum / customers as f64
}

/// The mean wait of a run: the mean time in the system less the services, which are drawn again here.
fn mean_wait(seed: u64, customers: u64) -> f64 {
    let service = Dist::Exponential { mean: 1.0 };
    let record = forescale::core::run(&station(1, 0.5, service.clone(), customers, seed)).unwrap();
    assert_eq!(record.latencies.e2e.count(), customers);
    let drawn = (0..customers).map(|id| service.sample(&mut random::stream(seed, "test_engine/service", id)));
    record.latencies.e2e.mean().unwrap() - drawn.sum::<f64>() / customers as f64
}

/// How many of so many intervals over 20 replications of 2,000 customers hold the expected mean.
fn coverage(experiments: u64) -> usize {
    let wanted = transient_mean_wait(2_000);
    let holds = |experiment: u64| {
        let waits: Vec<f64> = (0..20).map(|place| mean_wait(1 + experiment * 20 + place, 2_000)).collect();
        Estimate::of(&waits).unwrap().holds(wanted)
    };
    let held = (0..experiments).into_par_iter().filter(|experiment| holds(*experiment)).count();
    println!("M/M/1 at load 0.5, mean wait {wanted:.4}: {held} of {experiments} intervals hold it");
    held
}

#[test]
fn a_queue_that_starts_empty_waits_a_little_less() {
    // The first waits not at all, the second 1/3 of the time for one service; in the long run ρ/(1 − ρ) = 1.
    assert_eq!(transient_mean_wait(1), 0.0);
    assert!((transient_mean_wait(2) - (1.0 / 3.0) / 2.0).abs() < 1e-12);
    let long = transient_mean_wait(2_000);
    assert!((0.99..1.0).contains(&long), "{long}");
}

/// 200 experiments: 190 are expected, and three standard deviations of that count are 9.2. The full thousand is below.
#[test]
fn intervals_hold_the_mean_wait() {
    let held = coverage(200);
    assert!((181..=199).contains(&held), "{held} of 200");
}

#[test]
#[ignore = "40 million customers: half a minute of computing"]
fn intervals_hold_the_mean_wait_in_a_thousand_experiments() {
    let held = coverage(1_000);
    assert!((930..=970).contains(&held), "{held} of 1000");
}

/// `scenarios/burst.toml` with another peak and both of the HPA's targets changed, as its user would: in a copy of the files.
fn burst(peak: &str, target: &str) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("scenarios"), folder.path());
    let edit = |path: &str, from: &str, to: &str, times: usize| {
        let path = folder.path().join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), times);
        fs::write(path, text.replace(from, to)).unwrap();
    };
    edit("burst.toml", "[\"5m\", 60.0]", &format!("[\"5m\", {peak}]"), 1);
    edit("manifests/llm-d/hpa.yaml", "\"250\"", &format!("\"{target}\""), 2);
    Scenario::load(&folder.path().join("burst.toml")).unwrap_or_else(|error| panic!("{error}"))
}

/// Of the mean TTFT the same seeds save most of the replications. GPU-hours hardly vary: a pod comes and goes with one sync of the HPA or the
/// next, 15 s apart, and where each target's crossing falls between two syncs has little to do with where the other's does.
#[test]
fn common_random_numbers_pay_on_burst() {
    let [low, high] = ["50", "100"].map(|target| replications(&burst("45.0", target).config, &fixed(20)));
    let difference = |kpi| low.difference(&high, kpi).unwrap();
    let told = |kpi: Kpi| {
        let found = difference(kpi);
        let (estimate, pairs) = (found.estimate(), found.pairs().unwrap());
        println!(
            "burst at 45 requests/s, target 100 less target 50: {} {:.4} ± {:.4} {}, correlation {:.2}, variance ratio {:.2}",
            kpi.name(),
            estimate.mean,
            estimate.half_width.unwrap(),
            kpi.unit(),
            pairs.correlation.unwrap(),
            pairs.variance_ratio,
        );
        pairs.variance_ratio
    };
    let ratio = told(Kpi::Latency(Delay::Ttft, Statistic::Mean));
    assert!(ratio >= 2.0, "mean TTFT: {ratio}");
    told(Kpi::GpuHours);
    assert!(difference(Kpi::GpuHours).is_detected());
    for side in [&low, &high] {
        let hours: Vec<f64> = side.values(Kpi::GpuHours).into_iter().flatten().collect();
        let mean = hours.iter().sum::<f64>() / 20.0;
        let deviation = (hours.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 19.0).sqrt();
        assert!(deviation < 15.0 / 3600.0, "{} s of a pod", deviation * 3600.0);
    }
    let per_request = low.ratio(Kpi::GpuHours, Kpi::Requests).unwrap().scaled(1000.0);
    let requests: f64 = low.values(Kpi::Requests).into_iter().flatten().sum();
    let hours: f64 = low.values(Kpi::GpuHours).into_iter().flatten().sum();
    println!("{:.4} ± {:.4} GPU-hours per 1,000 requests", per_request.mean, per_request.half_width.unwrap());
    assert!((per_request.mean / (1000.0 * hours / requests) - 1.0).abs() < 1e-3);
    // Other seeds have other requests, and do not pair.
    let mut elsewhere = burst("45.0", "50").config;
    elsewhere.seed += 100;
    let unpaired = low.difference(&replications(&elsewhere, &fixed(3)), Kpi::Requests);
    assert!(matches!(unpaired, Some(Difference::Welch { .. })), "{unpaired:?}");
    // The same requests arrive, whatever the target is: there is nothing to estimate, and it is said so.
    assert_eq!(difference(Kpi::Requests), Difference::Degenerate { pairs: 20 });
}

/// One thread or three, at once or in two parts: the same bits.
#[test]
fn replications_do_not_depend_on_threads() {
    let config = scenario("scenarios/burst.toml").config;
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| replications(&config, &fixed(4)))
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one.runs, three.runs);
    assert_eq!(one.runs.iter().map(|run| run.seed).collect::<Vec<_>>(), [7, 8, 9, 10]);
    for delay in Delay::ALL {
        let pooled = |of: &Replications| of.quantile(Scope::All, delay, Statistic::P99).unwrap();
        assert_eq!(pooled(&one), pooled(&three));
    }
    // The mean over all requests is that of the runs, each with the weight of its requests.
    let ttft = one.pooled.latencies(Scope::All).unwrap().ttft.mean().unwrap();
    let means = one.values(Kpi::Latency(Delay::Ttft, Statistic::Mean));
    let (least, most) =
        means.iter().flatten().fold((f64::MAX, 0.0_f64), |(a, b), it| (a.min(*it), b.max(*it)));
    assert!(least < ttft && ttft < most);
    let p99 = one.quantile(Scope::All, Delay::Ttft, Statistic::P99).unwrap();
    assert!(!p99.is_too_few() && p99.half_width.is_some_and(|half| half > 0.0), "{p99:?}");
}

/// A listener that breaks keeps what is finished.
#[test]
fn what_is_finished_is_kept() {
    let config = scenario("scenarios/burst.toml").config;
    let most = AtomicUsize::new(0);
    let listener = |heard: Heard| {
        most.fetch_max(heard.done, Ordering::Relaxed);
        if heard.done >= 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let found = pool.install(|| replicate(&config.clone().into(), &fixed(8), &[], &listener)).unwrap();
    assert!(found.is_interrupted && found.runs.len() == 3, "{}", found.runs.len());
    let whole = replications(&config, &fixed(3));
    assert!(!whole.is_interrupted);
    assert_eq!(found.runs, whole.runs);
    let counted = |of: &Replications| of.pooled.latencies(Scope::All).unwrap().e2e.count();
    assert_eq!(counted(&found), counted(&whole));
    let nothing = replicate(&config.clone().into(), &fixed(2), &[], &|_| ControlFlow::Break(())).unwrap();
    assert!(nothing.is_interrupted && nothing.runs.is_empty() && nothing.warnings().is_empty());
    assert_eq!(nothing.estimate(Kpi::GpuHours), None);
    let mut wrong = config;
    wrong.record.bin = SimDuration::ZERO;
    let refused = replicate(&wrong.into(), &fixed(2), &[], &|_| ControlFlow::Continue(()));
    assert!(matches!(refused, Err(RunError::Config(_))));
}

/// GPU-hours of burst vary by a few per cent, so ten are enough; the tail of the wait does not get as precise as 0.1 %.
#[test]
fn replications_go_on_until_they_are_precise() {
    let config = scenario("scenarios/burst.toml").config;
    let until = |rule, kpi| Count::Until(rule, vec![KpiName::whole(kpi)]);
    let cheap = replications(&config, &until(Sequential::default(), Kpi::GpuHours));
    assert_eq!(cheap.runs.len(), 10);
    let rule = Sequential { relative_error: 0.001, least: 4, most: 11 };
    let wild = replications(&config, &until(rule, Kpi::Latency(Delay::QueueWait, Statistic::Mean)));
    assert_eq!(wild.runs.len(), 11);
}

/// The KPIs of burst against what its record says in other ways.
#[test]
fn kpis_of_burst_add_up() {
    let scenario = scenario("scenarios/burst.toml");
    let found = replicate(&variant(&scenario), &fixed(1), &[], &|_| ControlFlow::Continue(())).unwrap();
    let record = forescale::core::run(&scenario.config).unwrap();
    let value = |kpi| found.values(kpi)[0].unwrap();
    assert_eq!(value(Kpi::GpuHours), record.gpu_hours());
    let parts = [Kpi::GpuHoursStarting, Kpi::GpuHoursBusy, Kpi::GpuHoursIdle].map(value);
    assert!(
        (parts.iter().sum::<f64>() - record.gpu_hours()).abs() < 1e-9 && parts.iter().all(|part| *part > 0.0)
    );
    assert_eq!(value(Kpi::Cost), 3.90 * record.gpu_hours());
    let shares = Outcome::ALL.map(|outcome| value(Kpi::Share(outcome))).iter().sum::<f64>();
    assert!((shares + value(Kpi::InFlight) - 1.0).abs() < 1e-12);
    let ended = [200, 400, 429, 499, 503].map(|status| value(Kpi::Http(status))).iter().sum::<f64>();
    assert_eq!(ended, record.account.all_ended() as f64);
    assert_eq!((value(Kpi::PeakReplicas), value(Kpi::ScaleEvents)), (3.0, record.scalings().count() as f64));
    let attained: u64 = record.timeline.iter().map(|bin| bin.attained).sum();
    assert_eq!(value(Kpi::GoodputPerGpuHour), attained as f64 / record.gpu_hours());
    assert!((value(Kpi::Goodput) - attained as f64 / record.end.as_secs_f64()).abs() < 1e-9);
    // Most who wait for the burst's pods miss 2 s; before and after it nobody does.
    let attainment = value(Kpi::Attainment);
    assert!((0.3..0.95).contains(&attainment), "{attainment}");
    assert!((value(Kpi::TimeAtMin) + value(Kpi::TimeAtMax)) < 1.0 && value(Kpi::TimeAtMin) > 0.2);
    assert_eq!(found.values(Kpi::UnderprovisioningAccuracy), [None], "no demand is known");
}

/// Burst needs one replica at 8 requests/s and two at 60, of which one serves 38. A clairvoyant scaler holds its objectives with fewer GPU-hours than
/// the best fixed fleet, and the HPA misses them.
#[test]
fn baselines_of_burst() {
    let config = scenario("scenarios/burst.toml").config;
    let seeds = [7, 8];
    let settings = Settings { max_replicas: 3, to_zero: false };
    let baselines = Baselines::run(&config, &seeds, settings, &|_| ControlFlow::Continue(())).unwrap();
    let best = baselines.fleets.best().unwrap();
    assert_eq!(best.replicas, 2);
    for (demand, clairvoyant) in baselines.demand.iter().zip(&baselines.clairvoyant) {
        let steps = demand.steps();
        let at =
            |minutes: u64| steps.at(forescale::kernel::SimTime::ZERO + SimDuration::from_secs(60 * minutes));
        println!("demand {:?}, {} bins unmet", steps.changes(), demand.unmet);
        assert_eq!([at(2), at(7), at(25)], [1, 2, 1]);
        assert_eq!(demand.end.since_start(), config.duration);
        assert!(clairvoyant.gpu_hours < best.gpu_hours());
        assert!(clairvoyant.attainment.share().unwrap() > 0.97, "{:?}", clairvoyant.attainment);
    }
    let go_on = |_: Heard| ControlFlow::Continue(());
    let own = replicate(&config.into(), &fixed(2), &baselines.demand, &go_on).unwrap();
    let regret = baselines.regret_of_clairvoyant(&own.outcomes()).unwrap();
    println!("regret against the clairvoyant: {regret:?}");
    println!(
        "regret against {} replicas: {:?}",
        best.replicas,
        baselines.regret_of_best_fixed(&own.outcomes())
    );
    assert!(regret.attainment.unwrap().estimate().mean > 0.05);
    for kpi in
        [Kpi::UnderprovisioningTimeshare, Kpi::OverprovisioningTimeshare, Kpi::SettlingTime, Kpi::Jitter]
    {
        println!("{}: {:?}", kpi.name(), own.values(kpi));
    }
    let under = own.estimate(Kpi::UnderprovisioningTimeshare).unwrap().mean;
    let over = own.estimate(Kpi::OverprovisioningTimeshare).unwrap().mean;
    assert!(under > 1.0 && over > 5.0 && under + over < 100.0);
    assert_eq!(own.estimate(Kpi::Overshoot).unwrap().mean, 1.0);
}

/// One server at load 1.2 gets behind; at load 0.5 it does not; cut off in the middle, its latencies are censored.
#[test]
fn doubts_are_told() {
    let run = |load: f64| {
        let mut config = station(1, load, Dist::Exponential { mean: 1.0 }, u64::MAX, 1);
        config.duration = SimDuration::from_secs(4_000);
        config.drain = SimDuration::ZERO;
        config.record.bin = SimDuration::from_secs(10);
        config.record.objectives =
            vec![Objective { measure: Measure::E2e, quantile: 0.9, limit: SimDuration::from_secs(10) }];
        replications(&config, &fixed(5)).warnings()
    };
    let calm = run(0.5);
    assert!(calm.iter().all(|warning| matches!(warning, Warning::TooFew { .. })), "{calm:?}");
    let busy = run(1.2);
    busy.iter().for_each(|warning| println!("{warning}"));
    let found = |of: fn(&Warning) -> bool| busy.iter().any(of);
    assert!(found(
        |it| matches!(it, Warning::Saturated { runs: 5, of: 5, share } if (0.1..0.25).contains(share))
    ));
    assert!(found(|it| matches!(it, Warning::Censored { .. })));
}
