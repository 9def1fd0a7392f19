//! The HorizontalPodAutoscaler controller.

/// Placeholder until merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Sync;
