//! Rules that recordings of one band do not reach: caps, the caller's deadline and cancel, budgets, idle flows.

use super::super::http_status;
use super::*;
use Outcome::{
    EvictedContextCancelled, EvictedNoEndpoints, EvictedOther, EvictedTtl, RejectedCapacity,
    RejectedNoEndpoints,
};

const OPEN: Pool = Pool { is_empty: false, saturation: 0.99 };
const CLOSED: Pool = Pool { is_empty: false, saturation: 1.0 };
const EMPTY: Pool = Pool { is_empty: true, saturation: 1.0 };

fn secs(s: f64) -> SimDuration {
    SimDuration::from_secs_f64(s)
}

fn at(s: f64) -> SimTime {
    SimTime::ZERO + secs(s)
}

/// A request of one byte in flow 0.
fn item(request: u64) -> Item {
    Item {
        request: RequestId(request),
        flow: FlowId(0),
        bytes: 1,
        ttl: None,
        deadline: None,
        is_fallback: false,
    }
}

/// Budgets in seconds.
fn budgets(ttl: f64, no_endpoint: f64) -> FlowControlConfig {
    FlowControlConfig {
        default_request_ttl: secs(ttl),
        no_endpoint_request_ttl: secs(no_endpoint),
        ..FlowControlConfig::default()
    }
}

/// A queue in which this one item waits since 0.5 s, after its cycle.
fn waiting(config: FlowControlConfig, pool: Pool, item: Item) -> FlowControl {
    let mut queue = FlowControl::new(config);
    arrive(&mut queue, 0.5, pool, item).unwrap();
    queue
}

fn arrive(queue: &mut FlowControl, s: f64, pool: Pool, item: Item) -> Result<Ticket, Outcome> {
    let answer = queue.enqueue(at(s), item);
    queue.dispatch_cycle(at(s), pool);
    answer
}

/// Lets time pass; who ended when and how.
fn pass(queue: &mut FlowControl, until: f64) -> Vec<(f64, u64, Outcome)> {
    let mut all = Vec::new();
    while let Some(due) = queue.next_expiry().filter(|due| *due <= at(until)) {
        let mut ended = Vec::new();
        queue.expire(due, &mut ended);
        all.extend(ended.into_iter().map(|(request, outcome)| (due.as_secs_f64(), request.0, outcome)));
    }
    all
}

#[test]
fn the_gate_closes_at_its_ceiling() {
    let mut queue = waiting(FlowControlConfig::default(), CLOSED, item(0));
    assert_eq!(queue.dispatch_cycle(at(0.6), CLOSED), Cycle::Blocked);
    assert_eq!(queue.dispatch_cycle(at(0.7), OPEN), Cycle::Released(RequestId(0)));
    assert_eq!(queue.dispatch_cycle(at(0.8), OPEN), Cycle::Idle);
    let ceiling = |saturation_ceiling| FlowControlConfig { saturation_ceiling, ..Default::default() };
    // An empty pool reads 1.0, which a higher ceiling lets through; a ceiling of zero lets nothing through.
    assert_eq!(waiting(ceiling(1.5), EMPTY, item(0)).waiting(), 0);
    assert_eq!(waiting(ceiling(0.0), Pool { saturation: 0.0, ..OPEN }, item(0)).waiting(), 1);
}

#[test]
fn a_cap_may_be_reached_and_not_passed() {
    let small = FlowControlConfig::default();
    let caps = [
        (FlowControlConfig { max_bytes: 10, ..small }, 10),
        (FlowControlConfig { band_max_bytes: 10, ..small }, 10),
        (small, 1_000_000_000),
    ];
    for (config, bytes) in caps {
        let mut queue = waiting(config, CLOSED, Item { bytes: bytes - 1, ..item(0) });
        assert_eq!(arrive(&mut queue, 0.6, CLOSED, Item { bytes: 2, ..item(1) }), Err(RejectedCapacity));
        assert!(arrive(&mut queue, 0.7, CLOSED, item(2)).is_ok());
        assert_eq!(arrive(&mut queue, 0.8, CLOSED, item(3)), Err(RejectedCapacity));
        assert_eq!(queue.waiting(), 2);
    }
    let caps = [
        (FlowControlConfig { max_requests: 3, ..small }, 3),
        (FlowControlConfig { band_max_requests: 3, ..small }, 3),
        (small, 5000),
    ];
    for (config, requests) in caps {
        let mut queue = FlowControl::new(config);
        let fits = |queue: &mut FlowControl, i| arrive(queue, 0.5, CLOSED, item(i)).is_ok();
        assert!((0..requests).all(|i| fits(&mut queue, i)));
        assert!(!fits(&mut queue, requests));
        queue.dispatch_cycle(at(0.6), OPEN);
        assert!(fits(&mut queue, requests));
    }
}

#[test]
fn a_rejection_is_named_by_what_the_last_cycle_saw() {
    let config = FlowControlConfig { max_requests: 1, ..FlowControlConfig::default() };
    let mut queue = FlowControl::new(config);
    assert!(queue.enqueue(at(0.1), item(0)).is_ok());
    assert_eq!(arrive(&mut queue, 0.1, EMPTY, item(1)), Err(RejectedCapacity));
    assert_eq!(arrive(&mut queue, 0.2, CLOSED, item(2)), Err(RejectedNoEndpoints));
    assert_eq!(arrive(&mut queue, 0.3, CLOSED, item(3)), Err(RejectedCapacity));
}

#[test]
fn the_dead_hold_their_place_until_a_sweep() {
    let config = FlowControlConfig { max_requests: 3, max_bytes: 12, ..FlowControlConfig::default() };
    let mut queue = FlowControl::new(FlowControlConfig { sweep_phase: secs(0.2), ..config });
    let heavy = |i| Item { bytes: 4, ..item(i) };
    arrive(&mut queue, 0.1, CLOSED, heavy(0)).unwrap();
    let ticket = arrive(&mut queue, 0.2, CLOSED, heavy(1)).unwrap();
    arrive(&mut queue, 0.3, CLOSED, heavy(2)).unwrap();
    assert_eq!(queue.cancel(ticket), Some((RequestId(1), EvictedContextCancelled)));
    assert_eq!(queue.cancel(ticket), None);
    assert_eq!(queue.gauges(FlowId(0)), Some(FlowGauges { queue_size: 2, queue_bytes: 8 }));
    assert_eq!((queue.waiting(), queue.has_items()), (2, true));
    assert_eq!(pass(&mut queue, 1.1), []);
    assert_eq!(arrive(&mut queue, 1.1, CLOSED, item(3)), Err(RejectedCapacity));
    assert_eq!(pass(&mut queue, 1.2), []);
    assert!(arrive(&mut queue, 1.3, CLOSED, heavy(4)).is_ok());
    // The swept one is not met again.
    for i in [0, 2, 4] {
        assert_eq!(queue.dispatch_cycle(at(1.4), OPEN), Cycle::Released(RequestId(i)));
    }
    assert_eq!(queue.dispatch_cycle(at(1.5), OPEN), Cycle::Idle);
    assert_eq!((queue.waiting(), queue.has_items()), (0, false));
    // Nobody's timer is left.
    assert_eq!(queue.next_expiry(), Some(at(300.0)));
}

#[test]
fn each_dead_head_spends_a_cycle_and_frees_its_place() {
    let config = FlowControlConfig { max_requests: 3, ..FlowControlConfig::default() };
    let mut queue = FlowControl::new(config);
    let tickets = [0, 1, 2].map(|i| arrive(&mut queue, 0.1, CLOSED, item(i)).unwrap());
    for ticket in &tickets[..2] {
        assert!(queue.cancel(*ticket).is_some());
    }
    assert_eq!(queue.enqueue(at(0.2), item(3)), Err(RejectedCapacity));
    assert_eq!(queue.dispatch_cycle(at(0.2), OPEN), Cycle::Removed);
    assert!(queue.enqueue(at(0.3), item(4)).is_ok());
    assert_eq!(queue.dispatch_cycle(at(0.3), OPEN), Cycle::Removed);
    assert_eq!(queue.dispatch_cycle(at(0.4), OPEN), Cycle::Released(RequestId(2)));
    assert_eq!(queue.cancel(tickets[2]), None);
    assert_eq!(queue.dispatch_cycle(at(0.5), OPEN), Cycle::Released(RequestId(4)));
}

#[test]
fn a_sweep_ends_a_wait_within_a_second_after_its_limit() {
    let config = FlowControlConfig { sweep_phase: SimDuration::from_us(500), ..budgets(2.0, 60.0) };
    let mut queue = waiting(config, CLOSED, item(0));
    assert_eq!(pass(&mut queue, 9.0), [(3.0005, 0, EvictedTtl)]);
    // At the very limit it is over.
    let mut queue = FlowControl::new(budgets(2.0, 60.0));
    arrive(&mut queue, 1.0, CLOSED, item(0)).unwrap();
    arrive(&mut queue, 1.0 + 1e-6, CLOSED, item(1)).unwrap();
    assert_eq!(pass(&mut queue, 9.0), [(3.0, 0, EvictedTtl), (4.0, 1, EvictedTtl)]);
    assert!(!queue.has_items());
    assert_eq!(queue.next_expiry(), Some(at(300.0)));
    // A hint replaces the default, and not the limit of an empty pool.
    let hint = Item { ttl: Some(secs(4.0)), ..item(0) };
    assert_eq!(pass(&mut waiting(budgets(2.0, 3.0), CLOSED, hint), 9.0), [(5.0, 0, EvictedTtl)]);
    assert_eq!(pass(&mut waiting(budgets(2.0, 3.0), EMPTY, hint), 9.0), [(4.0, 0, EvictedNoEndpoints)]);
}

#[test]
fn a_flip_of_the_pool_starts_the_limit_anew() {
    let mut queue = waiting(budgets(2.0, 5.0), CLOSED, item(0));
    assert_eq!(pass(&mut queue, 2.1), []);
    queue.dispatch_cycle(at(2.1), EMPTY);
    queue.dispatch_cycle(at(2.2), EMPTY);
    arrive(&mut queue, 3.1, EMPTY, item(1)).unwrap();
    // What arrived after the flip counts from its own arrival; the older one's backstop comes before its sweep.
    assert_eq!(pass(&mut queue, 20.0), [(7.5, 0, EvictedTtl), (9.0, 1, EvictedNoEndpoints)]);
    let mut queue = waiting(budgets(3.0, 2.0), EMPTY, item(0));
    assert_eq!(pass(&mut queue, 1.2), []);
    queue.dispatch_cycle(at(1.2), CLOSED);
    assert_eq!(pass(&mut queue, 20.0), [(5.0, 0, EvictedTtl)]);
    // A sweep goes by the last cycle's pool.
    let mut queue = waiting(budgets(2.0, 1.0), EMPTY, item(0));
    assert_eq!(pass(&mut queue, 20.0), [(2.0, 0, EvictedNoEndpoints)]);
}

#[test]
fn the_backstop_needs_both_limits() {
    let ends = |config, item: Item, flip: f64, pool| {
        let mut queue = waiting(config, CLOSED, item);
        let mut ended = pass(&mut queue, flip);
        queue.dispatch_cycle(at(flip), pool);
        ended.extend(pass(&mut queue, 100.0));
        ended
    };
    // 0.5 s + the longer one + 2 s, flips or not.
    assert_eq!(ends(budgets(3.0, 4.0), item(0), 2.9, EMPTY), [(6.5, 0, EvictedTtl)]);
    let hint = Item { ttl: Some(secs(10.0)), ..item(0) };
    assert_eq!(ends(budgets(3.0, 3.0), hint, 9.9, EMPTY), [(12.5, 0, EvictedTtl)]);
    // With one limit off, who waits under it waits on.
    assert_eq!(ends(budgets(3.0, 0.0), item(0), 2.9, EMPTY), []);
    assert_eq!(ends(budgets(0.0, 3.0), item(0), 2.9, CLOSED), []);
    assert_eq!(ends(budgets(0.0, 3.0), item(0), 2.9, EMPTY), [(6.0, 0, EvictedNoEndpoints)]);
}

#[test]
fn a_callers_deadline_ends_its_wait_exactly() {
    let until = |s| Item { deadline: Some(at(s)), ..item(0) };
    for config in [budgets(3.0, 3.0), budgets(0.0, 0.0)] {
        for pool in [CLOSED, EMPTY] {
            let mut queue = waiting(config, pool, until(1.7));
            assert_eq!(pass(&mut queue, 9.0), [(1.7, 0, EvictedTtl)]);
            assert!(!queue.has_items());
        }
    }
    assert_eq!(pass(&mut waiting(budgets(3.0, 3.0), CLOSED, until(60.0)), 90.0), [(4.0, 0, EvictedTtl)]);
    // Like a cancelled one it holds its place until the sweep.
    let config = FlowControlConfig { max_requests: 1, ..budgets(3.0, 3.0) };
    let mut queue = waiting(config, CLOSED, until(1.7));
    assert_eq!(pass(&mut queue, 1.9), [(1.7, 0, EvictedTtl)]);
    assert_eq!(arrive(&mut queue, 1.9, CLOSED, item(1)), Err(RejectedCapacity));
    assert_eq!(pass(&mut queue, 2.0), []);
    assert!(arrive(&mut queue, 2.1, CLOSED, item(2)).is_ok());
    // Its timer runs also if its own cycle released another.
    let mut queue = waiting(budgets(3.0, 3.0), CLOSED, item(9));
    assert!(arrive(&mut queue, 0.6, OPEN, until(1.7)).is_ok());
    assert_eq!(pass(&mut queue, 9.0), [(1.7, 0, EvictedTtl)]);
    // Released in time, it has no timer left.
    let mut queue = waiting(budgets(3.0, 3.0), CLOSED, until(1.7));
    assert_eq!(queue.dispatch_cycle(at(0.6), OPEN), Cycle::Released(RequestId(0)));
    assert_eq!(queue.next_expiry(), Some(at(300.0)));
    assert_eq!(pass(&mut queue, 9.0), []);
}

#[test]
fn a_timer_of_its_own_ends_a_wait_exactly() {
    let config = FlowControlConfig { expiry: Expiry::Timer, ..budgets(2.0, 1.0) };
    let mut queue = waiting(config, CLOSED, item(0));
    queue.dispatch_cycle(at(0.6), EMPTY);
    assert_eq!(pass(&mut queue, 9.0), [(2.5, 0, EvictedTtl)]);
    assert!(!queue.has_items());
}

#[test]
fn a_flow_is_idle_since_its_last_requests_arrival() {
    let config = FlowControlConfig { flow_gc_period: secs(5.0), ..FlowControlConfig::default() };
    let config = FlowControlConfig { flow_gc_phase: secs(0.1), ..config };
    let is_known = |queue: &FlowControl| queue.gauges(FlowId(0)).is_some();
    // Arrived at 0.5 s, released at 8 s: a flow with waiting requests stays, then its idle time counts at once.
    let mut queue = waiting(config, CLOSED, item(0));
    assert_eq!(pass(&mut queue, 8.0), []);
    assert!(is_known(&queue));
    queue.dispatch_cycle(at(8.0), OPEN);
    assert_eq!(queue.next_expiry(), Some(at(10.1)));
    pass(&mut queue, 10.05);
    assert_eq!(queue.gauges(FlowId(0)), Some(FlowGauges::default()));
    pass(&mut queue, 10.1);
    assert!(!is_known(&queue));
    assert_eq!(queue.next_expiry(), None);
    // In band 0 for want of a band of its own: its gauges stay for ever.
    let mut queue = waiting(config, OPEN, Item { is_fallback: true, ..item(0) });
    pass(&mut queue, 60.0);
    assert!(is_known(&queue));
    // Released at once: too young for the scan at 5.1 s.
    let mut queue = waiting(config, OPEN, item(0));
    assert_eq!(queue.next_expiry(), Some(at(5.1)));
    pass(&mut queue, 5.1);
    assert!(is_known(&queue));
    // A rejected request counts as activity.
    let heavy = Item { bytes: 2_000_000_000, ..item(1) };
    assert_eq!(arrive(&mut queue, 5.5, OPEN, heavy), Err(RejectedCapacity));
    pass(&mut queue, 10.1);
    assert_eq!(queue.gauges(FlowId(0)), Some(FlowGauges::default()));
    pass(&mut queue, 15.1);
    assert!(!is_known(&queue));
    // With several requests it is the arrival of the one that ends last.
    let mut queue = FlowControl::new(config);
    let late = [0.1, 4.0].map(|s| arrive(&mut queue, s, CLOSED, item(0)).unwrap());
    assert!(queue.cancel(late[1]).is_some());
    assert!(queue.cancel(late[0]).is_some());
    pass(&mut queue, 5.1);
    assert!(!is_known(&queue));
}

#[test]
fn a_shutdown_ends_the_living() {
    let mut queue = FlowControl::new(FlowControlConfig::default());
    let tickets = [0, 1, 2].map(|i| arrive(&mut queue, 0.1, CLOSED, item(i)).unwrap());
    assert!(queue.cancel(tickets[1]).is_some());
    let mut ended = Vec::new();
    queue.shut_down(&mut ended);
    assert_eq!(ended, [(RequestId(0), EvictedOther), (RequestId(2), EvictedOther)]);
    assert_eq!((queue.waiting(), queue.gauges(FlowId(0))), (0, Some(FlowGauges::default())));
}

#[test]
fn http_tells_a_full_pool_from_none() {
    let both = |outcome| [false, true].map(|is_empty| http_status(outcome, is_empty));
    assert_eq!(both(RejectedCapacity), [429, 429]);
    assert_eq!(both(EvictedTtl), [429, 503]);
    for outcome in [RejectedNoEndpoints, EvictedNoEndpoints, EvictedContextCancelled, EvictedOther] {
        assert_eq!(both(outcome), [503, 503]);
    }
}
