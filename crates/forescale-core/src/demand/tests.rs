//! Clients that wait, give up and try again, against answers that a test makes up.

use super::*;
use crate::content::{Segment, TokenStream};
use crate::dist::Dist;
use crate::ids::{FlowId, RequestId};
use crate::outcome::Outcome;
use forescale_kernel::SimDuration;

fn s(seconds: f64) -> SimDuration {
    SimDuration::from_secs_f64(seconds)
}

fn at(seconds: f64) -> SimTime {
    SimTime::ZERO + s(seconds)
}

fn lengths() -> Lengths {
    Lengths { prompt_tokens: Dist::Constant(8.0), output_tokens: Dist::Constant(2.0) }
}

/// One request each second, from the first second on.
fn each_second(client: Client) -> Demand {
    let arrivals = Arrivals::Constant(Rate::constant(1.0).unwrap(), lengths());
    demand(Source::Open(arrivals), client)
}

fn demand(source: Source, client: Client) -> Demand {
    of(source, None, client)
}

fn of(source: Source, prefix_groups: Option<PrefixGroups>, client: Client) -> Demand {
    let workload = Workload {
        name: "w".to_owned(),
        from: SimDuration::ZERO,
        until: None,
        requests: None,
        source,
        prefix_groups,
        client,
        flow: FlowId(0),
    };
    workload.validate().unwrap();
    Demand::new(&[workload], 1, at(100.0)).unwrap()
}

/// What demand does next: when, and what.
fn next(demand: &mut Demand) -> (f64, Vec<Output>) {
    let now = demand.next_wake().unwrap();
    let mut out = Vec::new();
    demand.wake(now, &mut out).unwrap();
    (now.as_secs_f64(), out)
}

/// The numbers of the requests that demand sends next, and when.
fn sends(demand: &mut Demand) -> (f64, Vec<u64>) {
    let (now, out) = next(demand);
    let sent = |output: &Output| match output {
        Output::Sent { request, .. } => request.id.0,
        other => panic!("{other:?}"),
    };
    (now, out.iter().map(sent).collect())
}

fn answer(demand: &mut Demand, now: f64, request: u64, outcome: Outcome, http: u16) -> bool {
    let (request, workload) = (RequestId(request), WorkloadId(0));
    let began = outcome == Outcome::Finished;
    demand.submit(at(now), &Answer { request, workload, outcome, http, began, retry_after: None })
}

#[test]
fn what_is_due_while_all_places_are_taken_is_sent_when_one_is_free() {
    let mut demand = each_second(Client { max_in_flight: Some(2), ..Client::default() });
    assert_eq!([sends(&mut demand), sends(&mut demand)], [(1.0, vec![0]), (2.0, vec![1])]);
    assert_eq!(demand.next_wake(), None, "both places are taken");
    assert!(!answer(&mut demand, 5.5, 0, Outcome::Finished, 200));
    assert_eq!(sends(&mut demand), (5.5, vec![2]), "that of the third second");
    assert!(!answer(&mut demand, 5.6, 2, Outcome::Refused, 503));
    assert!(!answer(&mut demand, 5.6, 1, Outcome::Finished, 200));
    assert_eq!(sends(&mut demand), (5.6, vec![3, 4]));
    answer(&mut demand, 5.7, 3, Outcome::Finished, 200);
    assert_eq!(sends(&mut demand), (6.0, vec![5]), "it has caught up");
}

#[test]
fn a_time_out_closes_the_connection_and_is_tried_again() {
    let retry = Retry { jitter: 0.0, max_attempts: 2, ..Retry::openai_python() };
    let client = Client { timeout: Some(s(0.25)), retry: Some(retry), ..Client::default() };
    let mut demand = each_second(client);
    assert_eq!(sends(&mut demand), (1.0, vec![0]));
    let given_up = |request| Output::GivenUp { request: RequestId(request), outcome: Outcome::TimedOut };
    assert_eq!(next(&mut demand), (1.25, vec![given_up(0)]));
    assert!(answer(&mut demand, 1.25, 0, Outcome::TimedOut, 499));
    assert_eq!(demand.backing_off().collect::<Vec<_>>(), [at(1.0)]);
    let (now, out) = next(&mut demand);
    let Output::Sent { request: again, .. } = out[0] else { panic!("{out:?}") };
    assert_eq!((now, again.id, again.attempt, again.first), (1.75, RequestId(1), 2, RequestId(0)));
    assert_eq!((again.arrival, again.issued), (at(1.75), at(1.0)));
    assert_eq!(demand.backing_off().count(), 0);
    let (now, out) = next(&mut demand);
    assert_eq!((now, &out[0], out.len()), (2.0, &given_up(1), 2), "and the request of the second second");
}

#[test]
fn an_answer_in_time_takes_the_time_out_away() {
    let mut demand = each_second(Client { timeout: Some(s(0.25)), ..Client::default() });
    assert_eq!(sends(&mut demand), (1.0, vec![0]));
    assert!(!answer(&mut demand, 1.2, 0, Outcome::Finished, 200));
    assert_eq!(sends(&mut demand), (2.0, vec![1]));
}

#[test]
fn a_load_generator_cancels_what_is_open_at_its_end() {
    let retry = Retry { initial: s(90.0), max: s(90.0), jitter: 0.0, ..Retry::openai_python() };
    let client =
        Client { max_in_flight: Some(2), cancel_at_end: true, retry: Some(retry), ..Client::default() };
    let mut demand = each_second(client);
    assert_eq!([sends(&mut demand).1, sends(&mut demand).1], [vec![0], vec![1]]);
    assert!(answer(&mut demand, 50.0, 0, Outcome::RejectedCapacity, 429));
    assert_eq!(demand.next_wake(), Some(at(100.0)), "a request that is to be tried again keeps its place");
    let (now, out) = next(&mut demand);
    assert_eq!(now, 100.0);
    assert_eq!(out[0], Output::GivenUp { request: RequestId(1), outcome: Outcome::Cancelled });
    assert!(matches!(out[1], Output::Withdrawn(request) if request.id == RequestId(0)), "{out:?}");
    assert!(!answer(&mut demand, 100.0, 1, Outcome::Cancelled, 499));
    assert_eq!(demand.next_wake(), None);
}

#[test]
fn places_that_the_end_frees_are_not_taken_any_more() {
    let retry = Retry { initial: s(500.0), max: s(500.0), jitter: 0.0, ..Retry::openai_python() };
    let client =
        Client { max_in_flight: Some(1), cancel_at_end: true, retry: Some(retry), ..Client::default() };
    let mut demand = each_second(client);
    assert_eq!(sends(&mut demand), (1.0, vec![0]));
    assert!(answer(&mut demand, 1.5, 0, Outcome::RejectedCapacity, 429));
    let (now, out) = next(&mut demand);
    assert!(now == 100.0 && matches!(out[..], [Output::Withdrawn(_)]), "{out:?}");
    assert_eq!(demand.next_wake(), None, "the request that was due at 2 s is not sent");
}

#[test]
fn a_stage_waits_for_the_answers_of_the_one_before_it() {
    let stage = |rate| (Arrivals::Constant(Rate::constant(rate).unwrap(), lengths()), s(2.5));
    let silent = (Arrivals::Constant(Rate::constant(0.0).unwrap(), lengths()), s(3.0));
    let stages = Stages { stages: vec![stage(1.0), silent, stage(2.0)], pause: s(0.5) };
    let mut demand = demand(Source::Stages(stages), Client::default());
    assert_eq!([sends(&mut demand), sends(&mut demand)], [(1.0, vec![0]), (2.0, vec![1])]);
    assert_eq!(demand.next_wake(), None);
    answer(&mut demand, 3.0, 0, Outcome::Finished, 200);
    assert_eq!(demand.next_wake(), None);
    answer(&mut demand, 9.0, 1, Outcome::RejectedCapacity, 429);
    // 9 s, a pause, 3 silent seconds, a pause, and half a second to the first request.
    assert_eq!(sends(&mut demand), (13.5, vec![2]));
}

#[test]
fn nobody_listens_where_nothing_depends_on_answers() {
    assert!(!each_second(Client::default()).waits(WorkloadId(0)));
    assert!(each_second(Client { cancel_at_end: true, ..Client::default() }).waits(WorkloadId(0)));
}

fn shared(number: u64, len: u32) -> Segment {
    Segment { stream: TokenStream::Shared(WorkloadId(0), number), start: 0, len }
}

fn own(request: u64, start: u32, len: u32) -> Segment {
    Segment { stream: TokenStream::Prompt(RequestId(request)), start, len }
}

fn told(request: u64, len: u32) -> Segment {
    Segment { stream: TokenStream::Output(RequestId(request)), start: 0, len }
}

/// What demand sends next: when, and each whole prompt.
fn prompts(demand: &mut Demand) -> (f64, Vec<Vec<Segment>>) {
    let (now, out) = next(demand);
    let prompt = |output: Output| match output {
        Output::Sent { request, prefix } => {
            prefix.unwrap_or_default().prompt(request.id, request.prompt_tokens).collect()
        }
        other => panic!("{other:?}"),
    };
    (now, out.into_iter().map(prompt).collect())
}

fn turns(turns: f64, max_context_tokens: Option<u32>) -> Turns {
    Turns { turns: Dist::Constant(turns), max_context_tokens }
}

/// Prompts of 8 tokens and answers of 2, after a prefix of 5.
fn with_groups(source: Source, client: Client) -> Demand {
    let prefix_groups = Some(PrefixGroups { groups: 1, tokens: Dist::Constant(5.0), zipf: 0.0 });
    of(source, prefix_groups, client)
}

#[test]
fn a_session_says_again_all_that_was_said() {
    let arrivals = Arrivals::Constant(Rate::constant(0.1).unwrap(), lengths());
    let sessions = Sessions { arrivals, think: Dist::Constant(2.0), turns: turns(3.0, None) };
    let mut demand = with_groups(Source::Sessions(sessions), Client::default());
    assert!(demand.waits(WorkloadId(0)));
    assert_eq!(prompts(&mut demand), (10.0, vec![vec![shared(0, 5), own(0, 5, 8)]]));
    answer(&mut demand, 11.0, 0, Outcome::Finished, 200);
    let second = vec![shared(0, 5), own(0, 5, 8), told(0, 2), own(1, 15, 8)];
    assert_eq!(prompts(&mut demand), (13.0, vec![second.clone()]));
    answer(&mut demand, 14.0, 1, Outcome::Finished, 200);
    let third = [&second[..], &[told(1, 2), own(2, 25, 8)]].concat();
    assert_eq!(prompts(&mut demand), (16.0, vec![third]));
    answer(&mut demand, 17.0, 2, Outcome::Finished, 200);
    // The next session knows nothing of this one but the system prompt; its first turn fails, which ends it.
    assert_eq!(prompts(&mut demand), (20.0, vec![vec![shared(0, 5), own(3, 5, 8)]]));
    answer(&mut demand, 21.0, 3, Outcome::EvictedTtl, 429);
    assert_eq!(prompts(&mut demand), (30.0, vec![vec![shared(0, 5), own(4, 5, 8)]]));
}

#[test]
fn a_user_begins_anew_when_the_context_is_full() {
    let users = Users {
        users: vec![(SimDuration::ZERO, 1)],
        ramp: SimDuration::ZERO,
        think: Dist::Constant(1.0),
        lengths: lengths(),
        turns: Some(turns(9.0, Some(25))),
    };
    let mut demand = with_groups(Source::Users(users), Client::default());
    let first = |request| vec![shared(0, 5), own(request, 5, 8)];
    assert_eq!(prompts(&mut demand), (0.0, vec![first(0)]));
    answer(&mut demand, 1.0, 0, Outcome::Finished, 200);
    // 5 + 8 + 2 tokens, then 8 and 2 more: full.
    assert_eq!(prompts(&mut demand).1[0].len(), 4);
    answer(&mut demand, 3.0, 1, Outcome::Finished, 200);
    assert_eq!(prompts(&mut demand), (4.0, vec![first(2)]));
}

#[test]
fn a_retry_asks_what_its_first_attempt_has_asked() {
    let retry = Retry { jitter: 0.0, max_attempts: 3, ..Retry::openai_python() };
    let client = Client { retry: Some(retry), ..Client::default() };
    let mut demand = each_second(client.clone());
    assert_eq!(prompts(&mut demand), (1.0, vec![vec![own(0, 0, 8)]]));
    assert!(answer(&mut demand, 1.0, 0, Outcome::Refused, 503));
    assert_eq!(prompts(&mut demand), (1.5, vec![vec![own(0, 0, 8)]]));
    assert!(answer(&mut demand, 1.5, 1, Outcome::Refused, 503));
    let again = [prompts(&mut demand), prompts(&mut demand)].map(|(_, prompts)| prompts[0].clone());
    assert_eq!(again, [vec![own(2, 0, 8)], vec![own(0, 0, 8)]]);
    // In a session too, and its next turn goes on from there.
    let arrivals = Arrivals::Constant(Rate::constant(0.1).unwrap(), lengths());
    let sessions = Sessions { arrivals, think: Dist::Constant(2.0), turns: turns(2.0, None) };
    let mut demand = with_groups(Source::Sessions(sessions), client);
    prompts(&mut demand);
    assert!(answer(&mut demand, 10.0, 0, Outcome::Refused, 503));
    assert_eq!(prompts(&mut demand), (10.5, vec![vec![shared(0, 5), own(0, 5, 8)]]));
    answer(&mut demand, 11.0, 1, Outcome::Finished, 200);
    let second = vec![shared(0, 5), own(0, 5, 8), told(1, 2), own(2, 15, 8)];
    assert_eq!(prompts(&mut demand), (13.0, vec![second]));
}

#[test]
fn a_trace_knows_what_its_prompts_consist_of() {
    let rows = TraceSource::new(|_| {
        let row = |at, prompt_tokens, ids: &[u64]| {
            let hash_ids = Some(HashIds::new(4, ids.to_vec()));
            Ok(TraceRow { at: s(at), prompt_tokens, output_tokens: 1, hash_ids })
        };
        Ok(Box::new([row(1.0, 10, &[7, 8, 9]), row(2.0, 6, &[7, 8])].into_iter()) as TraceRows)
    });
    let mut demand = with_groups(Source::Open(Arrivals::Trace(rows)), Client::default());
    assert_eq!(prompts(&mut demand), (1.0, vec![vec![shared(7, 4), shared(8, 4), shared(9, 2)]]));
    assert_eq!(prompts(&mut demand), (2.0, vec![vec![shared(7, 4), shared(8, 2)]]));
}
