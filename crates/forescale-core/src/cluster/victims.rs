//! Which pods a ReplicaSet deletes first.

use super::pod::Pod;
use crate::ids::PodId;
use forescale_kernel::{SimDuration, SimTime};
use std::cmp::Ordering;

/// The `count` pods that go first, in order.
///
/// `ActivePodsWithRanks` of the ReplicaSet controller with `LogarithmicScaleDown`: not yet on a node, Pending before Running,
/// not Ready before Ready, then the newest, where ages in nanoseconds are compared by the floor of their binary logarithm and
/// equals by UID. Load and cache warmth play no part. Pods here have no deletion cost, no restarts and no neighbours.
pub(super) fn choose(pods: &[Pod], count: usize, now: SimTime) -> Vec<PodId> {
    let mut active: Vec<&Pod> = pods.iter().filter(|pod| pod.is_active()).collect();
    active.sort_by(|a, b| compare(a, b, now));
    active.iter().take(count).map(|pod| pod.id).collect()
}

fn compare(a: &Pod, b: &Pod, now: SimTime) -> Ordering {
    // `false` sorts before `true`.
    let is_scheduled = |pod: &Pod| pod.scheduled <= now;
    let by_state = is_scheduled(a)
        .cmp(&is_scheduled(b))
        .then(a.is_running.cmp(&b.is_running))
        .then(a.ready_since.is_some().cmp(&b.ready_since.is_some()));
    let by_age = match (a.ready_since, b.ready_since) {
        (Some(a), Some(b)) => age_bucket(a, now).cmp(&age_bucket(b, now)),
        _ => age_bucket(a.created, now).cmp(&age_bucket(b.created, now)),
    };
    by_state.then(by_age).then(a.uid.cmp(&b.uid))
}

/// The floor of the binary logarithm of the age in nanoseconds; −1 for no age. API timestamps are whole seconds.
fn age_bucket(since: SimTime, now: SimTime) -> i64 {
    let second = SimDuration::from_secs(1);
    let stamped = since.at_or_before_on_grid(SimTime::ZERO, second).unwrap_or(since);
    let ns = now.since(stamped).as_ps() / 1000;
    ns.checked_ilog2().map_or(-1, i64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ClusterConfig;

    fn at(s: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(s)
    }

    fn ready(id: u32, since: u64) -> Pod {
        Pod {
            ready_since: Some(at(since)),
            is_running: true,
            ..Pod::create(PodId(id), at(0), &ClusterConfig::default(), 1)
        }
    }

    #[test]
    fn loading_pods_go_first_then_the_newest_bucket_then_by_uid() {
        let loading = Pod { ready_since: None, ..ready(0, 0) };
        let pending = Pod { is_running: false, ..loading.clone() };
        let nodeless = Pod { scheduled: at(5000), ..pending.clone() };
        let mut pods = vec![ready(1, 0), ready(2, 900), ready(3, 890)];
        pods[1].uid = 9;
        pods[2].uid = 4;
        for (id, mut pod) in [(4, loading), (5, pending), (6, nodeless)] {
            pod.id = PodId(id);
            pods.push(pod);
        }
        // At 1000 s: ages 100 s and 110 s share the bucket [68.7 s, 137.4 s), so the UID decides; 1000 s lies higher.
        let order: Vec<u32> = choose(&pods, 9, at(1000)).iter().map(|pod| pod.0).collect();
        assert_eq!(order, [6, 5, 4, 3, 2, 1]);
        // At 1030 s: 130 s against 140 s, on both sides of the bucket's edge.
        assert_eq!(choose(&pods, 4, at(1030))[3], PodId(2));
    }

    #[test]
    fn deleted_pods_are_no_victims() {
        let pods = [Pod { deletion: Some(at(1)), ..ready(0, 0) }, ready(1, 0)];
        assert_eq!(choose(&pods, 2, at(10)), [PodId(1)]);
    }
}
