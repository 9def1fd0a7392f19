//! Clients that wait, give up and try again, against answers that a test makes up.

use super::*;
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
    let workload = Workload {
        name: "w".to_owned(),
        from: SimDuration::ZERO,
        until: None,
        requests: None,
        source,
        client,
        flow: FlowId(0),
    };
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
        Output::Sent(request) => request.id.0,
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
    let Output::Sent(again) = out[0] else { panic!("{out:?}") };
    assert_eq!((now, again.id, again.attempt, again.first), (1.75, RequestId(1), 2, RequestId(0)));
    assert_eq!((again.arrival, again.issued), (at(1.75), at(1.0)));
    assert_eq!(demand.backing_off().count(), 0);
    let (now, out) = next(&mut demand);
    assert_eq!((now, out[0], out.len()), (2.0, given_up(1), 2), "and the request of the second second");
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
