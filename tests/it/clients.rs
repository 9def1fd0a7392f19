//! Clients that wait, give up and try again: against closed forms, and as a scenario says them.

use crate::support::{station, unit_lengths};
use forescale::core::demand::{Source, Users};
use forescale::core::dist::Dist;
use forescale::core::outcome::Outcome;
use forescale::core::record::RunRecord;
use forescale::kernel::{SimDuration, SimTime};
use forescale::scenario::Scenario;

/// Throughput of M/M/1 with a finite population: `users` think for `think` in the mean and are served in 1, both exponential
/// (the machine repairman; Kleinrock, Queueing Systems I, 3.8).
fn throughput(users: u32, think: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for busy in 1..=users {
        term *= f64::from(users - busy + 1) / think;
        sum += term;
    }
    1.0 - 1.0 / sum
}

#[test]
fn a_closed_loop_has_the_throughput_of_the_machine_repairman() {
    // One machine, always broken or being made: two states with equal chance.
    assert!((throughput(1, 1.0) - 0.5).abs() < 1e-12);
    for (users, think, ramp) in [(1, 1.0, 0), (8, 10.0, 0), (12, 8.0, 60)] {
        let mut config = station(1, 1.0, Dist::Exponential { mean: 1.0 }, 1, 7);
        let workload = &mut config.workloads[0];
        workload.requests = None;
        workload.source = Source::Users(Users {
            users: vec![(SimDuration::ZERO, users)],
            ramp: SimDuration::from_secs(ramp),
            think: Dist::Exponential { mean: think },
            lengths: unit_lengths(),
            turns: None,
        });
        let record = forescale::core::run(&config).unwrap();
        let simulated = record.account.with(Outcome::Finished) as f64 / record.end.as_secs_f64();
        let ratio = simulated / throughput(users, think);
        println!(
            "{users} users who think {think} s: {simulated:.4} requests/s, {ratio:.4} of the closed form"
        );
        assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
        // The interactive response time law, N = X(R + Z), but for the first round.
        let response = record.latencies.e2e.mean().unwrap();
        let law = simulated * (response + think) / f64::from(users);
        assert!((law - 1.0).abs() < 0.02, "{law}");
    }
}

/// Ten minutes of a workload of this table, on two seats that take a second per request.
fn run(workload: &str, gateway: &str) -> RunRecord {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clients.toml");
    let text = format!(
        "[scenario]\nname = \"clients\"\nduration = \"10m\"\ndrain = \"5m\"\nseed = 3\n\n[model_server]\n\
         test_engine = {{ seats = 2, service = \"1s\" }}\n\n[gateway]\n{gateway}\n\n\
         [workload.chat]\nprompt_tokens = 1\noutput_tokens = 1\n{workload}"
    );
    std::fs::write(&file, text).unwrap();
    let mut config = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}")).config;
    config.record.log_requests = true;
    forescale::core::run(&config).unwrap()
}

fn arrivals(record: &RunRecord) -> Vec<f64> {
    record.requests.iter().map(|line| SimTime::as_secs_f64(line.request.arrival)).collect()
}

#[test]
fn users_come_as_the_scenario_says() {
    let record =
        run("closed_loop = { users = [[\"0s\", 1], [\"5m\", 2]], think_time = \"4s\", ramp = \"10s\" }", "");
    let at = arrivals(&record);
    assert_eq!((at[0], at[1], at[2]), (0.0, 5.0, 10.0));
    // The second user comes halfway through the ramp, if it is the second of one that comes: at once.
    assert_eq!(at.iter().filter(|at| (300.0..600.0).contains(*at)).count(), 120);
}

#[test]
fn stages_wait_for_each_other() {
    // Sixty requests on two seats take thirty seconds; the next stage begins a second after the last answer.
    let record = run(
        "stages = [{ arrivals.fixed_count = { rate = 6.0, cv = 0 }, for = \"10s\" }, { arrivals.constant = { rate = 1.0 }, for = \"3s\" }]\nstage_pause = \"1s\"",
        "",
    );
    let at = arrivals(&record);
    let first_end = record.requests[59].end.unwrap().0.as_secs_f64();
    assert!((30.0..31.0).contains(&first_end), "{first_end}");
    let second: Vec<f64> = at[60..].iter().map(|at| at - first_end - 1.0).collect();
    assert_eq!(second.len(), 2);
    assert!(second.iter().zip([1.0, 2.0]).all(|(at, want)| (at - want).abs() < 1e-9), "{second:?}");
}

#[test]
fn a_load_generator_of_stages_sends_exactly_what_it_says() {
    let record = run(
        "inference_perf = { type = \"constant\", stages = [{ rate = 1.0, duration = \"60s\" }, { rate = 0.5, duration = \"60s\" }] }",
        "",
    );
    assert_eq!(record.account.with(Outcome::Finished), 90);
}

#[test]
fn retries_make_an_overload_worse_and_are_counted_apart() {
    // Three requests a second for two seats of a second each; a client waits five seconds.
    let patient = run("arrivals.constant = { rate = 3.0 }\nclient = { timeout = \"5s\" }", "");
    let stubborn = run(
        "arrivals.constant = { rate = 3.0 }\nclient = { timeout = \"5s\", retry = \"openai-python\" }",
        "",
    );
    assert_eq!((patient.account.arrivals(), stubborn.account.arrivals()), (1799, 1799));
    assert_eq!(patient.attempts, patient.account);
    let attempts = stubborn.attempts.arrivals() as f64 / stubborn.account.arrivals() as f64;
    println!("{attempts:.2} attempts per request");
    assert!(attempts > 1.3 && attempts <= 3.0, "{attempts}");
    assert!(patient.account.with(Outcome::TimedOut) > 0);
    assert_eq!(patient.account.by_http().iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 499]);
    // What a user sees counts from the first attempt.
    let second = stubborn.requests.iter().find(|line| line.request.attempt == 2).unwrap().request;
    let first = stubborn.requests[second.first.0 as usize];
    assert_eq!(second.issued, first.request.arrival);
    let wait = second.arrival.since(first.end.unwrap().0).as_secs_f64();
    assert!((0.375..=0.5).contains(&wait), "{wait}");
}
