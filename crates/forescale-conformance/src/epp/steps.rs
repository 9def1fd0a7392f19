//! Step functions of time, as recordings write them.

/// The last step of a step function that is not after an instant.
pub(super) fn value_at<T: Copy>(steps: &[(u64, T)], us: u64) -> Option<T> {
    let until = steps.partition_point(|(at, _)| *at <= us);
    steps[..until].last().map(|(_, value)| *value)
}
