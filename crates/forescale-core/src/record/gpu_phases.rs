//! What GPUs were held for.

use super::AccountError;

/// GPU time by what it went into, in GPU-picoseconds: allocated = starting + busy + idle, to the picosecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GpuPhases {
    /// Held, from the creation of each pod until it is gone.
    pub allocated_ps: u128,
    /// Of it, before the pod was Ready; all of it where it never was.
    pub starting_ps: u128,
    /// Of it, while the model server's GPUs computed.
    pub busy_ps: u128,
    /// Of it, the rest: Ready or draining, but nothing to compute.
    pub idle_ps: u128,
}

impl GpuPhases {
    /// # Errors
    /// [`AccountError::Gpu`] where starting and busy are more than was allocated.
    pub(crate) fn new(allocated_ps: u128, starting_ps: u128, busy_ps: u128) -> Result<Self, AccountError> {
        let idle = allocated_ps.checked_sub(starting_ps).and_then(|rest| rest.checked_sub(busy_ps));
        let idle_ps = idle.ok_or(AccountError::Gpu { allocated_ps, starting_ps, busy_ps })?;
        Ok(Self { allocated_ps, starting_ps, busy_ps, idle_ps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_all_is_noticed() {
        assert_eq!(GpuPhases::new(10, 3, 7).map(|time| time.idle_ps), Ok(0));
        assert!(matches!(GpuPhases::new(10, 3, 8), Err(AccountError::Gpu { .. })));
        assert!(matches!(GpuPhases::new(10, 11, 0), Err(AccountError::Gpu { .. })));
    }
}
