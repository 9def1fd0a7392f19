//! What is measured of requests while a run goes on, against the log of the run.

use crate::random_runs::{any_run, cases, run, seconds};
use forescale::core::outcome::Outcome;
use forescale::core::record::{Latencies, Latency};
use forescale::kernel::SimTime;
use proptest::prelude::*;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(cases())]

    /// What is measured while a run goes on is what its log says afterwards: latencies by workload, and who attained the objectives, by
    /// workload and by the bin of the arrival. GPUs are busy for no longer than they are held, which the run itself checks.
    #[test]
    fn measures_are_those_of_the_log(config in any_run(), warm_up in prop_oneof![Just(0.0), 0.0..30.0]) {
        let mut config = config;
        config.record.warm_up = seconds(warm_up);
        let record = run(&config);
        let from = record.measured_from;
        prop_assert!(warm_up > 0.0 || from == SimTime::ZERO);
        // The last attempt of each request, and the users who wait for another one.
        let mut last = BTreeMap::new();
        record.requests.iter().for_each(|line| _ = last.insert(line.request.first, *line));
        let limit = seconds(1.0);
        let max_model_len = config.model_server.info().max_model_len;
        let mut by_workload = [[0; 2]; 3];
        let mut by_bin = vec![0; record.timeline.len()];
        let mut tpots = [(0, 0.0); 3];
        for line in last.values() {
            let request = line.request;
            let workload = request.workload.0 as usize;
            let end = line.end.map_or(record.end, |(at, _, _)| at);
            let is_finished = matches!(line.end, Some((_, Outcome::Finished, _)));
            let waited = end.since(request.issued);
            let ttft = line.first_token.map(|first| first.since(request.issued));
            let gaps = u64::from(request.output_tokens.min(max_model_len - request.prompt_tokens.min(max_model_len - 1))) - 1;
            let decode = line.first_token.map_or(0, |first| end.since(first).as_ps());
            let in_time = waited <= limit && ttft.is_some_and(|ttft| ttft <= limit);
            let attained = is_finished && in_time && decode <= gaps * limit.as_ps();
            if attained {
                let bin = record.timeline.iter().position(|bin| request.issued < bin.at).unwrap();
                by_bin[bin] += 1;
            }
            if request.issued >= from {
                by_workload[workload][usize::from(!attained)] += 1;
            }
            // Where the warm-up has not ended, the last of all ends with it.
            if is_finished && end >= from && from < record.end && gaps > 0 {
                tpots[workload].0 += 1;
                tpots[workload].1 += decode as f64 / gaps as f64 / 1e12;
            }
        }
        prop_assert_eq!(record.timeline.iter().map(|bin| bin.attained).collect::<Vec<_>>(), by_bin);
        let found = &record.request_attainment_by_workload;
        let attained: Vec<u64> = found.iter().map(|of_workload| of_workload.attained).collect();
        prop_assert_eq!(attained, by_workload.map(|counts| counts[0]).to_vec());
        prop_assert_eq!(record.request_attainment.attained, by_workload.iter().map(|counts| counts[0]).sum::<u64>());
        if record.account.in_flight() == 0 {
            let missed: Vec<u64> = found.iter().map(|of_workload| of_workload.missed).collect();
            prop_assert_eq!(missed, by_workload.map(|counts| counts[1]).to_vec());
        }
        for (workload, (count, sum)) in tpots.into_iter().enumerate() {
            let tpot = &record.latencies_of(workload).unwrap().tpot;
            prop_assert_eq!(tpot.count(), count);
            prop_assert!((tpot.mean().unwrap_or(0.0) * count as f64 - sum).abs() < 1e-6);
        }
        let all = |of: fn(&Latencies) -> &Latency| {
            let by_workload = (0..3).map(|workload| of(record.latencies_of(workload).unwrap()).count());
            (by_workload.sum::<u64>(), of(&record.latencies).count())
        };
        for (sum, whole) in [all(|it| &it.ttft), all(|it| &it.tpot), all(|it| &it.e2e), all(|it| &it.queue_wait)] {
            prop_assert_eq!(sum, whole);
        }
        let gpu = record.gpu_time;
        prop_assert_eq!(gpu.allocated_ps, gpu.starting_ps + gpu.busy_ps + gpu.idle_ps);
        prop_assert_eq!(gpu.allocated_ps, record.gpu_time_ps);
    }
}
