//! The clients of a workload: they send what is due, wait, give up, and try again.

use super::client::Client;
use super::conversation::Conversations;
use super::drawn::Arrival;
use super::open::Open;
use super::prefix_groups::Groups;
use super::request::{Answer, Output, Request};
use super::sessions::SessionLoop;
use super::stages::StageLoop;
use super::trace::TraceError;
use super::users::UserLoop;
use super::workload::{Source, Workload};
use crate::content::Prefix;
use crate::ids::{FlowId, RequestId, WorkloadId};
use crate::outcome::Outcome;
use forescale_kernel::{SimTime, Timers, random};
use std::collections::BTreeMap;

/// A workload's clients.
pub(super) struct Population {
    workload: WorkloadId,
    flow: FlowId,
    until: SimTime,
    /// How many more requests may be sent, retries not counted.
    left: u64,
    wishes: Wishes,
    /// `None` where no prompt has anything of another, or a trace knows.
    conversations: Option<Conversations>,
    /// `None` where nobody waits for an answer to do anything.
    waiting: Option<Box<Waiting>>,
    /// Requests sent so far, retries not counted.
    issued: u64,
}

/// What users want.
enum Wishes {
    Open(Open),
    Users(UserLoop),
    Stages(Box<StageLoop>),
    Sessions(Box<SessionLoop>),
}

/// What is known of requests that are open.
struct Waiting {
    client: Client,
    seed: u64,
    /// The purpose of the streams from which the waits before retries are drawn.
    retries: String,
    /// By the attempt that is on its way.
    on_their_way: BTreeMap<RequestId, Pending>,
    /// By the last attempt, which failed.
    backing_off: BTreeMap<RequestId, Pending>,
    timers: Timers<Timer>,
    /// When a place last became free.
    freed: SimTime,
}

/// A request that is open.
#[derive(Clone, Debug)]
struct Pending {
    /// Its last attempt.
    request: Request,
    /// Its number in the workload.
    serial: u64,
    /// Who asked, where there are users or sessions.
    asker: u64,
    prefix: Option<Prefix>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Timer {
    /// The client of this attempt waits no longer.
    Timeout(RequestId),
    /// The request whose last attempt this was is tried again.
    Retry(RequestId),
    /// The workload's end.
    End,
}

impl Population {
    /// The clients of a workload, from its beginning. No request is sent at or after `end`.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be opened or its first row is wrong.
    pub(super) fn new(
        index: WorkloadId,
        workload: &Workload,
        seed: u64,
        end: SimTime,
    ) -> Result<Self, TraceError> {
        let prefix = format!("workload.{}/", workload.name);
        let retries = format!("{prefix}retries");
        let stream =
            move |purpose: &str, entity: u64| random::stream(seed, &format!("{prefix}{purpose}"), entity);
        let begin = workload.prefix_groups.as_ref().map(|groups| Groups::new(index, groups, stream.clone()));
        let turns = match &workload.source {
            Source::Users(users) => users.turns.as_ref(),
            Source::Sessions(sessions) => Some(&sessions.turns),
            Source::Open(_) | Source::Stages(_) => None,
        };
        let conversations = Conversations::new(begin, turns, stream.clone());
        let from = SimTime::ZERO + workload.from;
        let until = workload.until.map_or(end, |until| end.min(SimTime::ZERO + until));
        let wishes = match &workload.source {
            Source::Open(arrivals) => {
                Wishes::Open(Open::new(arrivals, seed, from, until, |purpose| stream(purpose, 0))?)
            }
            Source::Users(users) => Wishes::Users(UserLoop::new(users, from, stream)),
            Source::Sessions(sessions) => {
                let starts = Open::new(&sessions.arrivals, seed, from, until, |purpose| stream(purpose, 0))?;
                Wishes::Sessions(Box::new(SessionLoop::new(sessions, starts, stream)))
            }
            Source::Stages(stages) => {
                Wishes::Stages(Box::new(StageLoop::new(stages, seed, from, until, stream)?))
            }
        };
        let waits = workload.client.waits() || !matches!(wishes, Wishes::Open(_));
        let waiting = || {
            let mut timers = Timers::default();
            if workload.client.cancel_at_end {
                timers.set(Timer::End, until);
            }
            Box::new(Waiting {
                client: workload.client.clone(),
                seed,
                retries,
                on_their_way: BTreeMap::new(),
                backing_off: BTreeMap::new(),
                timers,
                freed: SimTime::ZERO,
            })
        };
        Ok(Self {
            workload: index,
            flow: workload.flow,
            until,
            left: workload.requests.unwrap_or(u64::MAX),
            wishes,
            conversations,
            waiting: waits.then(waiting),
            issued: 0,
        })
    }

    /// Whether the clients want to know how requests end.
    pub(super) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// When the clients do something next if nothing else happens.
    pub(super) fn next_wake(&self) -> Option<SimTime> {
        match &self.waiting {
            None => self.due(),
            Some(waiting) => {
                let due = self.due().filter(|_| waiting.has_place()).map(|at| at.max(waiting.freed));
                let due = due.filter(|at| *at < self.until);
                [due, waiting.timers.next()].into_iter().flatten().min()
            }
        }
    }

    /// Now it is: time-outs, retries and the workload's end first, then what is due.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be read on.
    pub(super) fn wake(
        &mut self,
        now: SimTime,
        sent: &mut u64,
        out: &mut Vec<Output>,
    ) -> Result<(), TraceError> {
        if let Some(waiting) = &mut self.waiting {
            waiting.wake(now, sent, out);
        }
        while now < self.until
            && self.due().is_some_and(|at| at <= now)
            && self.waiting.as_ref().is_none_or(|waiting| waiting.has_place())
        {
            let Some((asker, arrival)) = self.wishes.take(now)? else { break };
            let prefix = match &arrival.hash_ids {
                Some(ids) => Some(ids.prefix(self.workload)),
                None => match &mut self.conversations {
                    Some(conversations) => Some(conversations.prefix(asker)),
                    // A retry asks what its first attempt has asked.
                    None => self.retries().then(Prefix::default),
                },
            };
            // What a trace says of a prompt is all of it.
            let before = prefix.as_ref().filter(|_| arrival.hash_ids.is_none()).map_or(0, Prefix::tokens);
            let id = next_id(sent);
            let request = Request {
                id,
                workload: self.workload,
                flow: self.flow,
                arrival: now,
                prompt_tokens: arrival.prompt_tokens.max(1).saturating_add(before),
                output_tokens: arrival.output_tokens.max(1),
                attempt: 1,
                first: id,
                issued: now,
            };
            if let Some(waiting) = &mut self.waiting {
                waiting.sent(now, Pending { request, serial: self.issued, asker, prefix: prefix.clone() });
            }
            out.push(Output::Sent { request, prefix });
            self.issued += 1;
            self.left -= 1;
        }
        Ok(())
    }

    /// A request has ended. Returns whether its client will try again.
    pub(super) fn answered(&mut self, now: SimTime, answer: &Answer) -> bool {
        let Some(waiting) = &mut self.waiting else { return false };
        let Some(pending) = waiting.answered(answer) else { return false };
        if waiting.backs_off(now, &pending, answer) {
            return true;
        }
        waiting.freed = now;
        let Pending { request, asker, prefix, .. } = pending;
        let is_finished = answer.outcome == Outcome::Finished;
        let goes_on = self
            .conversations
            .as_mut()
            .is_some_and(|conversations| conversations.ended(asker, &request, prefix.as_ref(), is_finished));
        match &mut self.wishes {
            Wishes::Open(_) => {}
            Wishes::Users(users) => users.ended(now, asker as u32, is_finished),
            Wishes::Sessions(sessions) => sessions.ended(now, asker, goes_on),
            Wishes::Stages(stages) => stages.ended(now),
        }
        false
    }

    /// Since when the users of those requests wait whose clients wait for the next attempt.
    pub(super) fn backing_off(&self) -> impl Iterator<Item = SimTime> {
        let pending = self.waiting.iter().flat_map(|waiting| waiting.backing_off.values());
        pending.map(|pending| pending.request.issued)
    }

    /// Whether what fails may be tried again.
    fn retries(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| waiting.client.retry.is_some())
    }

    /// When the next request is due, whether it may be sent then or not.
    fn due(&self) -> Option<SimTime> {
        let due = match &self.wishes {
            Wishes::Open(open) => open.next_at(),
            Wishes::Users(users) => users.next_at(),
            Wishes::Stages(stages) => stages.next_at(),
            Wishes::Sessions(sessions) => sessions.next_at(),
        };
        due.filter(|_| self.left > 0)
    }
}

impl Wishes {
    /// What is due, and who asks.
    fn take(&mut self, now: SimTime) -> Result<Option<(u64, Arrival)>, TraceError> {
        Ok(match self {
            Self::Open(open) => open.take()?.map(|arrival| (0, arrival)),
            Self::Users(users) => users.take(now).map(|(user, arrival)| (user.into(), arrival)),
            Self::Sessions(sessions) => sessions.take(now)?,
            Self::Stages(stages) => stages.take()?.map(|arrival| (0, arrival)),
        })
    }
}

impl Waiting {
    fn has_place(&self) -> bool {
        let open = self.on_their_way.len() + self.backing_off.len();
        self.client.max_in_flight.is_none_or(|most| open < most as usize)
    }

    fn sent(&mut self, now: SimTime, pending: Pending) {
        let id = pending.request.id;
        if let Some(timeout) = self.client.timeout {
            self.timers.set(Timer::Timeout(id), now + timeout);
        }
        self.on_their_way.insert(id, pending);
    }

    fn wake(&mut self, now: SimTime, sent: &mut u64, out: &mut Vec<Output>) {
        let give_up = |request, outcome| Output::GivenUp { request, outcome };
        while let Some((_, timer)) = self.timers.pop_due(now) {
            match timer {
                Timer::Timeout(id) => out.push(give_up(id, Outcome::TimedOut)),
                Timer::Retry(last) => {
                    let Some(pending) = self.backing_off.remove(&last) else { continue };
                    let (id, attempt) = (next_id(sent), pending.request.attempt + 1);
                    let request = Request { id, attempt, arrival: now, ..pending.request };
                    let before = &pending.request;
                    let prefix = pending.prefix.map(|prefix| {
                        let prompt: Vec<_> = prefix.prompt(before.id, before.prompt_tokens).collect();
                        Prefix::new(&prompt)
                    });
                    self.sent(now, Pending { request, prefix: prefix.clone(), ..pending });
                    out.push(Output::Sent { request, prefix });
                }
                Timer::End => {
                    self.freed = now;
                    out.extend(self.on_their_way.keys().map(|id| give_up(*id, Outcome::Cancelled)));
                    for (last, pending) in std::mem::take(&mut self.backing_off) {
                        self.timers.cancel(&Timer::Retry(last));
                        out.push(Output::Withdrawn(pending.request));
                    }
                }
            }
        }
    }

    fn answered(&mut self, answer: &Answer) -> Option<Pending> {
        let pending = self.on_their_way.remove(&answer.request)?;
        if self.client.timeout.is_some() {
            self.timers.cancel(&Timer::Timeout(answer.request));
        }
        Some(pending)
    }

    /// Whether the client waits and tries again; if so, it does from now on.
    fn backs_off(&mut self, now: SimTime, pending: &Pending, answer: &Answer) -> bool {
        let Pending { request, serial, .. } = pending;
        let Some(retry) = self.client.retry.as_ref().filter(|retry| retry.repeats(request.attempt, answer))
        else {
            return false;
        };
        let entity = serial.wrapping_mul(1 << 16).wrapping_add(request.attempt.into());
        let mut random = random::stream(self.seed, &self.retries, entity);
        let wait = retry.wait(request.attempt, answer.retry_after, &mut random);
        self.backing_off.insert(request.id, pending.clone());
        self.timers.set(Timer::Retry(request.id), now + wait);
        true
    }
}

fn next_id(sent: &mut u64) -> RequestId {
    let id = RequestId(*sent);
    *sent += 1;
    id
}
