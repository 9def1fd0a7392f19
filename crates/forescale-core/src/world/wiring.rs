//! The map of the loop: every edge between two parts, in the order in which a request and a decision take them.

use super::World;
use super::part::Part;
use crate::cluster;
use crate::demand::{self, Answer, Request};
use crate::fleet::Fleet;
use crate::gateway;
use crate::ids::{PodId, RequestId};
use crate::outcome::Outcome;
use crate::record::{CLIENT_CLOSED_REQUEST, InFlight, PodEvent};
use crate::replica::{self, Prompt, Replica};
use crate::telemetry;
use forescale_kernel::SimTime;

/// What parts have told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Message {
    Gateway(gateway::Output),
    Replica(PodId, replica::Output),
    Cluster(cluster::Output),
}

impl World<'_> {
    pub(super) fn deliver_all(&mut self, now: SimTime) {
        while let Some(message) = self.messages.pop_front() {
            self.deliver(now, message);
        }
    }

    /// What demand has just told reaches its hearers.
    pub(super) fn deliver_demand(&mut self, now: SimTime) {
        let mut told = std::mem::take(&mut self.buffers.demand);
        for output in told.drain(..) {
            match output {
                demand::Output::Sent { request, prefix } => {
                    self.recorder.arrived(now, &request);
                    self.in_flight.insert(request.id, InFlight::new(request));
                    let (flow, bytes) = (request.flow, request.body_bytes());
                    if let Some(prefix) = &prefix {
                        self.prefixes.insert(request.id, prefix.clone());
                    }
                    self.tell_gateway(
                        now,
                        gateway::Input::Request { request: request.id, flow, bytes, prefix },
                    );
                }
                demand::Output::GivenUp { request, outcome } => self.give_up(now, request, outcome),
                demand::Output::Withdrawn(request) => self.recorder.withdrawn(now, &request),
            }
        }
        self.buffers.demand = told;
    }

    /// The client of a request has closed the connection.
    fn give_up(&mut self, now: SimTime, request: RequestId, outcome: Outcome) {
        let Some(entry) = self.in_flight.get(&request).copied() else { return };
        let http = if entry.first_token.is_some() { 200 } else { CLIENT_CLOSED_REQUEST };
        self.end(now, request, outcome, http);
        match entry.dispatched {
            None => self.tell_gateway(now, gateway::Input::Cancelled { request }),
            Some((_, pod)) => {
                self.tell_replica(now, pod, replica::Input::Abort(request));
                // The EPP counts only what a model server has answered as its error.
                let flow = entry.request.flow;
                self.tell_gateway(now, gateway::Input::StreamEnded { flow, http: 200 });
            }
        }
    }

    /// What a replica has just told reaches its hearers.
    pub(super) fn deliver_told(&mut self, now: SimTime, pod: PodId) {
        let mut told = std::mem::take(&mut self.buffers.replica);
        for output in told.drain(..) {
            self.deliver_from_replica(now, pod, output);
        }
        self.buffers.replica = told;
    }

    /// The wiring: who hears of what.
    fn deliver(&mut self, now: SimTime, message: Message) {
        match message {
            Message::Gateway(gateway::Output::Dispatched { request, pod }) => {
                let Some(entry) = self.in_flight.get_mut(&request) else { return };
                entry.dispatched = Some((now, pod));
                self.recorder.dispatched(now, &entry.request, pod);
                let Request { id, prompt_tokens, output_tokens, .. } = entry.request;
                let prefix = self.prefixes.remove(&id);
                let prompt = Prompt { prefix, ..Prompt::new(id, prompt_tokens, output_tokens) };
                self.tell_replica(now, pod, replica::Input::Submit(prompt));
            }
            Message::Gateway(gateway::Output::Ended { request, outcome, http }) => {
                self.end(now, request, outcome, http);
            }
            Message::Replica(pod, output) => self.deliver_from_replica(now, pod, output),
            Message::Cluster(output) => self.deliver_from_cluster(now, output),
        }
    }

    fn deliver_from_replica(&mut self, now: SimTime, pod: PodId, output: replica::Output) {
        match output {
            replica::Output::FirstToken { request } => {
                if let Some(entry) = self.in_flight.get_mut(&request) {
                    entry.first_token = Some(now);
                    self.recorder.first_token(now, &entry.request);
                }
            }
            replica::Output::Tokens { interval, increment, steps, sequences } => {
                self.recorder.tokens(interval, increment, steps, sequences.into());
            }
            replica::Output::Finished { request } => self.end_stream(now, request, Outcome::Finished, 200),
            replica::Output::Refused { request } => self.end_stream(now, request, Outcome::Refused, 503),
            replica::Output::EngineError { request } => {
                self.end_stream(now, request, Outcome::EngineError, 400)
            }
            replica::Output::Lost { request, outcome } => {
                // After its first token a stream breaks off with the status that it began with.
                let began = self.in_flight.get(&request).is_some_and(|entry| entry.first_token.is_some());
                self.end_stream(now, request, outcome, if began { 200 } else { 503 });
            }
            replica::Output::Exited => self.tell_cluster(now, cluster::Input::Exited(pod)),
        }
    }

    fn deliver_from_cluster(&mut self, now: SimTime, output: cluster::Output) {
        match output {
            cluster::Output::Created(pod) => {
                let look_back = self.config.gateway.refresh_metrics_interval * 2;
                let wanted = self.telemetry.wanted_histograms();
                let (config, mode) = (&self.config.model_server, self.config.engine_mode);
                let server = Replica::new(config, mode, self.config.seed, look_back, wanted);
                self.replicas.resize_with(self.replicas.len().max(pod.0 as usize + 1), || None);
                self.replicas[pod.0 as usize] = Some(server);
                self.recorder.pod(now, pod, PodEvent::Created);
            }
            cluster::Output::ContainerStarted(pod) => {
                self.telemetry.submit(now, telemetry::Input::TargetAdded(pod));
                self.touch(Part::Telemetry);
            }
            cluster::Output::Listening(pod) => self.tell_replica(now, pod, replica::Input::Listen),
            cluster::Output::Ready(pod) => {
                self.recorder.pod(now, pod, PodEvent::Ready);
                self.tell_gateway(now, gateway::Input::EndpointReady(pod));
            }
            cluster::Output::Terminating(pod) => {
                self.recorder.pod(now, pod, PodEvent::Terminating);
                self.tell_gateway(now, gateway::Input::EndpointGone(pod));
            }
            cluster::Output::Sigterm(pod) => {
                let shutdown_timeout = self.config.cluster.deployment.shutdown_timeout;
                self.tell_replica(now, pod, replica::Input::Terminate { shutdown_timeout });
            }
            cluster::Output::Sigkill(pod) => self.tell_replica(now, pod, replica::Input::Kill),
            cluster::Output::Gone(pod) => {
                self.recorder.pod(now, pod, PodEvent::Gone);
                self.telemetry.submit(now, telemetry::Input::TargetRemoved(pod));
                self.touch(Part::Telemetry);
                self.calendar.set(Part::Replica(pod).slot(), Part::Replica(pod).class(), None);
                if let Some(mut server) = self.replicas.get_mut(pod.0 as usize).and_then(Option::take) {
                    self.gpu_busy_gone_ps += u128::from(server.gpu_busy(now).as_ps());
                }
            }
        }
    }

    /// A request that reached a pod has ended.
    fn end_stream(&mut self, now: SimTime, request: RequestId, outcome: Outcome, http: u16) {
        if let Some(entry) = self.in_flight.get(&request) {
            let flow = entry.request.flow;
            self.tell_gateway(now, gateway::Input::StreamEnded { flow, http });
        }
        self.end(now, request, outcome, http);
    }

    fn end(&mut self, now: SimTime, request: RequestId, outcome: Outcome, http: u16) {
        let Some(entry) = self.in_flight.remove(&request) else { return };
        if entry.dispatched.is_none() {
            self.prefixes.remove(&request);
        }
        let workload = entry.request.workload;
        let is_last = !(self.demand.waits(workload) && {
            let retry_after = self.config.gateway.retry_after.filter(|_| matches!(http, 429 | 503));
            let began = entry.first_token.is_some();
            self.touch(Part::Demand);
            self.demand.submit(now, &Answer { request, workload, outcome, http, began, retry_after })
        });
        self.recorder.ended(now, &entry, outcome, http, is_last);
    }

    fn tell_gateway(&mut self, now: SimTime, input: gateway::Input) {
        let out = &mut self.buffers.gateway;
        self.gateway.submit(now, input, &mut Fleet(&mut self.replicas), out);
        self.messages.extend(out.drain(..).map(Message::Gateway));
        self.touch(Part::Gateway);
    }

    fn tell_replica(&mut self, now: SimTime, pod: PodId, input: replica::Input) {
        let out = &mut self.buffers.replica;
        match self.replicas.get_mut(pod.0 as usize) {
            Some(Some(server)) => server.submit(now, input, out),
            // The pod has no object any more: nobody answers at its address.
            _ => {
                if let replica::Input::Submit(prompt) = input {
                    out.push(replica::Output::Refused { request: prompt.id });
                }
            }
        }
        self.messages.extend(out.drain(..).map(|output| Message::Replica(pod, output)));
        self.touch(Part::Replica(pod));
    }

    pub(super) fn tell_cluster(&mut self, now: SimTime, input: cluster::Input) {
        let out = &mut self.buffers.cluster;
        self.cluster.submit(now, input, out);
        self.messages.extend(out.drain(..).map(Message::Cluster));
        self.touch(Part::Cluster);
    }
}
