//! Keeps the record while the run goes on.

use super::account::{Account, AccountError};
use super::fingerprint::Fingerprint;
use super::judge::{Judge, Served};
use super::timeline::{Bin, OpenBin};
use super::{
    Counts, GpuPhases, Latencies, Latency, Objective, PodEvent, RecordConfig, RequestRecord, RunRecord,
    SyncRecord,
};
use crate::demand::{Request, Workload};
use crate::ids::PodId;
use crate::outcome::Outcome;
use crate::record::Measure;
use forescale_kernel::{SimDuration, SimTime};

/// The status of a request whose client has left before an answer, as nginx logs it.
pub(crate) const CLIENT_CLOSED_REQUEST: u16 = 499;

/// A request on its way, as far as its client can tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InFlight {
    pub(crate) request: Request,
    pub(crate) dispatched: Option<(SimTime, PodId)>,
    pub(crate) first_token: Option<SimTime>,
}

impl InFlight {
    pub(crate) const fn new(request: Request) -> Self {
        Self { request, dispatched: None, first_token: None }
    }

    fn record(&self, end: Option<(SimTime, Outcome, u16)>) -> RequestRecord {
        RequestRecord {
            request: self.request,
            dispatched: self.dispatched,
            first_token: self.first_token,
            end,
        }
    }
}

/// The recorder: a part that only observes.
pub(crate) struct Recorder {
    config: RecordConfig,
    next_bin: SimTime,
    /// When the warm-up ended.
    measured_from: Option<SimTime>,
    /// Longer than this no request gets, prompt and output together.
    max_model_len: u32,
    /// Requests lost and tokens generated before the end of the warm-up.
    cold: (u64, u64),
    /// Requests, each from its first attempt to the end of its last one.
    account: Account,
    /// Attempts; `None` where no client retries, since each request is one then.
    attempts: Option<Account>,
    by_workload: Vec<Counts>,
    /// By workload, but for inter-token latencies: those are with the first.
    latencies: Vec<Latencies>,
    judge: Judge,
    /// Requests that were lost before their first token.
    lost_before_first_token: u64,
    /// Per objective: how many values were within its limit.
    within: Vec<u64>,
    requests: Vec<RequestRecord>,
    bin: OpenBin,
    timeline: Vec<Bin>,
    syncs: Vec<SyncRecord>,
    pods: Vec<(SimTime, PodId, PodEvent)>,
    fingerprint: Fingerprint,
}

impl Recorder {
    pub(crate) fn new(config: &RecordConfig, workloads: &[Workload], max_model_len: u32) -> Self {
        let retries = workloads.iter().any(|workload| workload.client.retry.is_some());
        Self {
            config: config.clone(),
            next_bin: SimTime::ZERO + config.bin,
            measured_from: config.warm_up.is_zero().then_some(SimTime::ZERO),
            max_model_len,
            cold: (0, 0),
            account: Account::default(),
            attempts: retries.then(Account::default),
            by_workload: vec![Counts::default(); workloads.len()],
            latencies: vec![Latencies::default(); workloads.len().max(1)],
            judge: Judge::new(config, workloads.len()),
            lost_before_first_token: 0,
            within: vec![0; config.objectives.len()],
            requests: Vec::new(),
            bin: OpenBin::default(),
            timeline: Vec::new(),
            syncs: Vec::new(),
            pods: Vec::new(),
            fingerprint: Fingerprint::default(),
        }
    }

    pub(crate) fn next_wake(&self) -> Option<SimTime> {
        Some(self.next_bin)
    }

    /// When the bin that is open began.
    pub(crate) fn bin_began(&self) -> SimTime {
        self.timeline.last().map_or(SimTime::ZERO, |bin| bin.at)
    }

    /// Whether the warm-up ends with the bin that ends now.
    pub(crate) fn is_warming_up_until(&self, now: SimTime) -> bool {
        self.measured_from.is_none() && now >= SimTime::ZERO + self.config.warm_up
    }

    /// Forgets the latencies of the warm-up. Whatever was told late must have been told.
    pub(crate) fn end_warm_up(&mut self, now: SimTime) {
        self.measured_from = Some(now);
        self.judge.begin(now);
        self.cold = (self.account.lost(), self.generated_tokens());
        self.latencies.fill_with(Latencies::default);
        self.lost_before_first_token = 0;
        self.within.fill(0);
    }

    /// Closes the bin that ends now; `state` carries what the parts show.
    pub(crate) fn close_bin(&mut self, now: SimTime, state: Bin) {
        let counts = self.bin.close();
        self.timeline.push(Bin {
            at: now,
            arrived: counts.arrived,
            finished: counts.finished,
            lost: counts.lost,
            ttft_p50: counts.ttft_p50,
            ttft_p99: counts.ttft_p99,
            ..state
        });
        self.next_bin = now + self.config.bin;
    }

    #[inline]
    pub(crate) fn arrived(&mut self, now: SimTime, request: &Request) {
        if let Some(attempts) = &mut self.attempts {
            attempts.arrived(now);
        }
        if request.attempt == 1 {
            self.account.arrived(now);
            self.bin.arrived += 1;
            if let Some(counts) = self.by_workload.get_mut(request.workload.0 as usize) {
                counts.arrived += 1;
            }
        }
        let lengths = u64::from(request.prompt_tokens) << 32 | u64::from(request.output_tokens);
        let source = u64::from(request.workload.0) << 32 | u64::from(request.flow.0);
        self.fingerprint.add(now, "arrived", [request.id.0, lengths]);
        self.fingerprint.add(now, "from", [request.id.0, source]);
    }

    #[inline]
    pub(crate) fn dispatched(&mut self, now: SimTime, request: &Request, pod: PodId) {
        let wait = now.since(request.arrival);
        if let Some(latencies) = self.latencies_of(request) {
            latencies.queue_wait.record(wait, 1);
        }
        self.fingerprint.add(now, "dispatched", [request.id.0, pod.0.into()]);
    }

    #[inline]
    pub(crate) fn first_token(&mut self, now: SimTime, request: &Request) {
        let ttft = now.since(request.issued);
        if let Some(latencies) = self.latencies_of(request) {
            latencies.ttft.record(ttft, 1);
        }
        self.count_within(Measure::Ttft, ttft, 1);
        self.bin.first_token(ttft);
        self.fingerprint.add(now, "first_token", [request.id.0, 0]);
    }

    /// Inter-token latencies that grow evenly over so many steps, each that of so many tokens.
    #[inline]
    pub(crate) fn tokens(&mut self, first: SimDuration, increment: SimDuration, steps: u64, tokens: u64) {
        if let Some(latencies) = self.latencies.first_mut() {
            latencies.itl.record_run(first, increment, steps, tokens);
        }
        for (objective, within) in self.config.objectives.iter().zip(&mut self.within) {
            if objective.measure == Measure::Itl {
                *within += tokens * steps_within(first, increment, steps, objective.limit);
            }
        }
    }

    /// An attempt has ended; `is_last` where its client does not try again.
    #[inline]
    pub(crate) fn ended(
        &mut self,
        now: SimTime,
        entry: &InFlight,
        outcome: Outcome,
        http: u16,
        is_last: bool,
    ) {
        let request = &entry.request;
        if let Some(attempts) = &mut self.attempts {
            attempts.ended(now, request.arrival, outcome, http);
        }
        if is_last {
            self.ended_for_good(now, request, entry.first_token, outcome, http);
        }
        if self.config.log_requests {
            self.requests.push(entry.record(Some((now, outcome, http))));
        }
        self.fingerprint.add(now, outcome.name(), [request.id.0, http.into()]);
    }

    /// A request whose last attempt was this one will not be tried again, against what was said when that ended.
    pub(crate) fn withdrawn(&mut self, now: SimTime, request: &Request) {
        self.ended_for_good(now, request, None, Outcome::Cancelled, CLIENT_CLOSED_REQUEST);
        self.fingerprint.add(now, "withdrawn", [request.id.0, 0]);
    }

    #[inline]
    fn ended_for_good(
        &mut self,
        now: SimTime,
        request: &Request,
        first_token: Option<SimTime>,
        outcome: Outcome,
        http: u16,
    ) {
        self.account.ended(now, request.issued, outcome, http);
        if let Some(counts) = self.by_workload.get_mut(request.workload.0 as usize) {
            counts.ended(outcome);
        }
        if outcome == Outcome::Finished {
            let e2e = now.since(request.issued);
            let began = first_token.unwrap_or(now);
            let room = self.max_model_len.saturating_sub(request.prompt_tokens).max(1);
            let served = Served {
                ttft: began.since(request.issued),
                decode: now.since(began),
                tokens: request.output_tokens.min(room),
                e2e,
            };
            if let Some(latencies) = self.latencies_of(request) {
                latencies.e2e.record(e2e, 1);
                if let Some(tpot) = served.tpot() {
                    latencies.tpot.record(tpot, 1);
                }
            }
            self.count_within(Measure::E2e, e2e, 1);
            self.bin.finished += 1;
            self.judge.served(request, &served);
        } else {
            self.bin.lost += 1;
            self.lost_before_first_token += u64::from(first_token.is_none());
            self.judge.missed(request);
        }
    }

    /// The latencies that a request's belong to.
    #[inline]
    fn latencies_of(&mut self, request: &Request) -> Option<&mut Latencies> {
        self.latencies.get_mut(request.workload.0 as usize)
    }

    /// Tokens since the warm-up. A token is a request's first, or one after another.
    fn generated_tokens(&self) -> u64 {
        self.latencies.iter().map(|latencies| latencies.ttft.count() + latencies.itl.count()).sum()
    }

    pub(crate) fn pod(&mut self, now: SimTime, pod: PodId, event: PodEvent) {
        self.pods.push((now, pod, event));
        self.fingerprint.add(now, event.name(), [pod.0.into(), 0]);
    }

    pub(crate) fn sync(&mut self, sync: SyncRecord) {
        self.fingerprint.add(sync.at, "sync", [sync.from.into(), sync.to().into()]);
        self.syncs.push(sync);
    }

    fn count_within(&mut self, measure: Measure, span: SimDuration, count: u64) {
        for (objective, within) in self.config.objectives.iter().zip(&mut self.within) {
            if objective.measure == measure && span <= objective.limit {
                *within += count;
            }
        }
    }

    /// Checks the accounts against what was counted elsewhere: attempts in flight, and requests between two attempts.
    pub(crate) fn check(&self, in_flight: usize, backing_off: usize) -> Result<(), AccountError> {
        if let Some(attempts) = &self.attempts {
            attempts.check(in_flight as u64)?;
        }
        self.account.check((in_flight + backing_off) as u64)
    }

    /// Closes the record at the end of the run.
    pub(crate) fn finish(
        mut self,
        now: SimTime,
        in_flight: &[InFlight],
        backing_off: &[SimTime],
        gpu_time: GpuPhases,
    ) -> Result<RunRecord, AccountError> {
        let measured_from = self.measured_from.unwrap_or_else(|| {
            // The run is over before its warm-up: nothing is measured.
            self.end_warm_up(now);
            now
        });
        let latencies = self.all_latencies();
        let generated_tokens = self.cold.1 + latencies.ttft.count() + latencies.itl.count();
        let gpu_time_ps = gpu_time.allocated_ps;
        let issued = in_flight.iter().map(|entry| entry.request.issued);
        self.account.close(now, issued.chain(backing_off.iter().copied()))?;
        if let Some(attempts) = &mut self.attempts {
            attempts.close(now, in_flight.iter().map(|entry| entry.request.arrival))?;
        }
        let limits = |since: SimTime, limit: SimDuration| now.since(since) > limit;
        let overdue_between =
            |limit: SimDuration| backing_off.iter().filter(|since| limits(**since, limit)).count();
        let judge = |(objective, within): (&Objective, &u64)| {
            let late = |entry: &&InFlight| limits(entry.request.issued, objective.limit);
            let between = overdue_between(objective.limit);
            let (latency, lost, overdue) = match objective.measure {
                Measure::Ttft => {
                    let silent = in_flight.iter().filter(|entry| entry.first_token.is_none());
                    let overdue = silent.filter(late).count() + between;
                    (&latencies.ttft, self.lost_before_first_token, overdue)
                }
                Measure::E2e => {
                    let overdue = in_flight.iter().filter(late).count() + between;
                    (&latencies.e2e, self.account.lost() - self.cold.0, overdue)
                }
                Measure::Itl => (&latencies.itl, 0, 0),
            };
            objective.judge(latency, *within, lost, overdue as u64)
        };
        let attainments = self.config.objectives.iter().zip(&self.within).map(judge).collect();
        let request_attainment = self.judge.close(now, in_flight, backing_off);
        self.judge.fill(&mut self.timeline);
        if self.config.log_requests {
            self.requests.extend(in_flight.iter().map(|entry| entry.record(None)));
            self.requests.sort_by_key(|line| line.request.id);
        }
        let sums = &latencies;
        for (name, latency) in
            [("ttft", &sums.ttft), ("itl", &sums.itl), ("e2e", &sums.e2e), ("queue_wait", &sums.queue_wait)]
        {
            self.fingerprint.add(now, name, [latency.count(), latency.sum_ps() as u64]);
        }
        self.fingerprint.add(now, "end", [generated_tokens, gpu_time_ps as u64]);
        Ok(RunRecord {
            end: now,
            attempts: self.attempts.unwrap_or_else(|| self.account.clone()),
            account: self.account,
            by_workload: self.by_workload,
            latencies,
            latencies_by_workload: self.latencies,
            measured_from,
            request_attainment,
            request_attainment_by_workload: self.judge.by_workload,
            attainments,
            requests: self.requests,
            timeline: self.timeline,
            syncs: self.syncs,
            pods: self.pods,
            gpu_time_ps,
            gpu_time,
            generated_tokens,
            fingerprint: self.fingerprint,
        })
    }
}

impl Recorder {
    /// The latencies of all workloads together; what no workload can call its own is left with none, and a single one has no other.
    fn all_latencies(&mut self) -> Latencies {
        if self.latencies.len() == 1 {
            return self.latencies.pop().unwrap_or_default();
        }
        let mut latencies = Latencies::default();
        self.latencies.iter().for_each(|of_workload| latencies.merge(of_workload));
        if let Some(first) = self.latencies.first_mut() {
            first.itl = Latency::default();
        }
        latencies
    }
}

/// How many of the spans `first`, `first + increment`, … do not pass `limit`.
fn steps_within(first: SimDuration, increment: SimDuration, steps: u64, limit: SimDuration) -> u64 {
    let room = limit.as_ps().checked_sub(first.as_ps());
    room.map_or(0, |room| {
        room.checked_div(increment.as_ps()).map_or(steps, |more| steps.min(more.saturating_add(1)))
    })
}
