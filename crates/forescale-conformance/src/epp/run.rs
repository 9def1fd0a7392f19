//! One scenario through the simulated flow control.

use super::answer::{Answer, Sample};
use super::saturation::{Gauge, Saturation};
use super::scenario::Scenario;
use forescale_core::gateway::flow_control::{Cycle, FlowControl, FlowControlConfig, Item, Pool, Ticket};
use forescale_core::gateway::http_status;
use forescale_core::ids::{FlowId, RequestId};
use forescale_core::outcome::Outcome;
use forescale_kernel::{SimDuration, SimTime};
use std::collections::{BTreeMap, BTreeSet};

/// What happens at a time known in advance. What the flow control itself asks for comes before all of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A dispatched request ends.
    HoldEnds(usize),
    /// A caller goes.
    Cancel(usize),
    /// A dispatch tick.
    Tick,
    /// A request arrives.
    Arrive(usize),
    /// The gauges are read.
    Sample,
    /// The flow controller stops.
    ShutDown,
}

/// The state of a replay.
pub(super) struct Run<'a> {
    scenario: &'a Scenario,
    flow_control: FlowControl,
    agenda: BTreeSet<(u64, Event)>,
    /// Fairness ids in the order of their first requests; the place is the flow id.
    flows: Vec<&'a str>,
    flow_of: Vec<FlowId>,
    tickets: Vec<Option<Ticket>>,
    in_flight: u64,
    /// What the last dispatch cycle set; zero before the first one.
    gauge: Gauge,
    answers: Vec<Option<Answer>>,
    samples: Vec<Sample>,
    series_deleted: Vec<String>,
    /// A request that was answered twice.
    twice: Option<usize>,
}

impl<'a> Run<'a> {
    pub(super) fn new(scenario: &'a Scenario, config: FlowControlConfig) -> Self {
        let requests = &scenario.requests;
        let mut agenda = BTreeSet::from([(1000, Event::Tick), (scenario.shutdown_us, Event::ShutDown)]);
        let mut ids = BTreeMap::new();
        let mut flows = Vec::new();
        let mut flow_of = Vec::with_capacity(requests.len());
        for (index, request) in requests.iter().enumerate() {
            agenda.insert((request.0, Event::Arrive(index)));
            if let Some(cancel) = request.4.cancel_us {
                agenda.insert((request.0.saturating_add(cancel), Event::Cancel(index)));
            }
            let id = *ids.entry(request.1.as_str()).or_insert_with(|| {
                flows.push(request.1.as_str());
                FlowId(flows.len() as u32 - 1)
            });
            flow_of.push(id);
        }
        agenda.extend(scenario.expect.samples.iter().map(|sample| (sample.0, Event::Sample)));
        Self {
            scenario,
            flow_control: FlowControl::new(config),
            agenda,
            flows,
            flow_of,
            tickets: vec![None; requests.len()],
            in_flight: 0,
            gauge: Gauge::Effective(0.0),
            answers: vec![None; requests.len()],
            samples: Vec::new(),
            series_deleted: Vec::new(),
            twice: None,
        }
    }

    /// Runs the scenario; the error is the first difference from what was recorded.
    pub(super) fn compare(mut self) -> Result<(), String> {
        self.run();
        let expect = &self.scenario.expect;
        if let Some(index) = self.twice {
            return Err(format!("request {index} was answered twice"));
        }
        if expect.results.len() != self.answers.len() {
            return Err(format!("{} results of {} requests", expect.results.len(), self.answers.len()));
        }
        for (index, (expected, came)) in expect.results.iter().zip(&self.answers).enumerate() {
            if Some(expected) != came.as_ref() {
                let came = came.as_ref().map_or("nothing".to_owned(), Answer::to_string);
                return Err(format!("request {index}: expected {expected}, came {came}"));
            }
        }
        for (expected, came) in expect.samples.iter().zip(&self.samples) {
            if expected != came {
                return Err(format!("expected {expected:?}, came {came:?}"));
            }
        }
        if expect.samples.len() != self.samples.len() {
            return Err(format!("{} samples expected, {} came", expect.samples.len(), self.samples.len()));
        }
        self.series_deleted.sort_unstable();
        if expect.series_deleted != self.series_deleted {
            let (expected, came) = (&expect.series_deleted, &self.series_deleted);
            return Err(format!("series deleted: expected {expected:?}, came {came:?}"));
        }
        Ok(())
    }

    fn run(&mut self) {
        while let Some((us, event)) = self.agenda.first().copied() {
            if let Some(due) = self.flow_control.next_expiry().filter(|due| *due <= instant(us)) {
                self.expire(due);
                continue;
            }
            self.agenda.pop_first();
            match event {
                Event::HoldEnds(_) => self.in_flight -= 1,
                Event::Cancel(index) => {
                    let ended = self.tickets[index].and_then(|ticket| self.flow_control.cancel(ticket));
                    self.answer_ended(us, ended);
                }
                Event::Tick => {
                    self.dispatch_cycle(us);
                    self.agenda.insert((us + 1000, Event::Tick));
                }
                Event::Arrive(index) => {
                    self.arrive(us, index);
                    self.dispatch_cycle(us);
                }
                Event::Sample => self.sample(us),
                Event::ShutDown => {
                    let mut ended = Vec::new();
                    self.flow_control.shut_down(&mut ended);
                    return self.answer_ended(us, ended);
                }
            }
        }
    }

    fn arrive(&mut self, us: u64, index: usize) {
        let request = &self.scenario.requests[index];
        let item = Item {
            is_fallback: false,
            request: RequestId(index as u64),
            flow: self.flow_of[index],
            bytes: request.3,
            ttl: request.4.ttl_us.map(SimDuration::from_us),
            deadline: request.4.deadline_us.map(|span| instant(us) + SimDuration::from_us(span)),
        };
        match self.flow_control.enqueue(instant(us), item) {
            Ok(ticket) => self.tickets[index] = Some(ticket),
            Err(outcome) => self.answer_ended(us, [(item.request, outcome)]),
        }
    }

    fn dispatch_cycle(&mut self, us: u64) {
        let is_empty = self.scenario.pool_is_empty(us);
        self.gauge = self.scenario.saturation.read(us, is_empty, self.in_flight);
        let pool = Pool { is_empty, saturation: self.gauge.effective() };
        let Cycle::Released(request) = self.flow_control.dispatch_cycle(instant(us), pool) else { return };
        let index = request.0 as usize;
        self.answer(index, Answer::Dispatched(us));
        if let Saturation::InFlight { .. } = self.scenario.saturation {
            self.in_flight += 1;
            let hold = self.scenario.requests[index].4.hold_us;
            self.agenda.insert((us.saturating_add(hold), Event::HoldEnds(index)));
        }
    }

    fn expire(&mut self, due: SimTime) {
        let known: Vec<bool> = self.known_flows().collect();
        let mut ended = Vec::new();
        self.flow_control.expire(due, &mut ended);
        self.answer_ended(due.as_ps() / PS_PER_US, ended);
        let gone = known.into_iter().zip(self.known_flows()).map(|(before, after)| before && !after);
        let gone = gone.zip(&self.flows).filter(|(gone, _)| *gone).map(|(_, flow)| series(flow));
        self.series_deleted.extend(gone.collect::<Vec<_>>());
    }

    /// Whether each flow has series.
    fn known_flows(&self) -> impl Iterator<Item = bool> {
        (0..self.flows.len() as u32).map(|id| self.flow_control.gauges(FlowId(id)).is_some())
    }

    fn sample(&mut self, us: u64) {
        let mut sample = Sample(us, self.gauge.clone(), BTreeMap::new(), BTreeMap::new());
        for (id, flow) in (0..).zip(&self.flows) {
            let Some(gauges) = self.flow_control.gauges(FlowId(id)) else { continue };
            for (map, value) in [(&mut sample.2, gauges.queue_size), (&mut sample.3, gauges.queue_bytes)] {
                if value > 0 {
                    map.insert(series(flow), value);
                }
            }
        }
        self.samples.push(sample);
    }

    /// Gives those whose wait has ended the HTTP status that the pool of the moment makes of it.
    fn answer_ended(&mut self, us: u64, ended: impl IntoIterator<Item = (RequestId, Outcome)>) {
        let is_empty = self.scenario.pool_is_empty(us);
        for (request, outcome) in ended {
            let answer = Answer::ended(outcome, us, http_status(outcome, is_empty));
            self.answer(request.0 as usize, answer);
        }
    }

    fn answer(&mut self, index: usize, answer: Answer) {
        if self.answers[index].replace(answer).is_some() {
            self.twice = Some(index);
        }
    }
}

const PS_PER_US: u64 = SimDuration::from_us(1).as_ps();

fn instant(us: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_us(us)
}

/// A flow's series in recordings; all flows are of band 0.
fn series(flow: &str) -> String {
    format!("{flow}|0")
}
