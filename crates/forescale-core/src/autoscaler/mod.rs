//! Autoscalers: they see the API objects and the metrics API, as the real ones do, and nothing else.
//!
//! A policy of one's own is an [`Autoscaler`]:
//!
//! ```
//! use forescale_core::autoscaler::{Autoscaler, Decision, MetricsApi};
//! use forescale_core::views::ScaleTargetView;
//! use forescale_kernel::{SimDuration, SimTime};
//!
//! /// One replica per hundred queued requests, looked at every ten seconds.
//! struct PerHundred {
//!     next: SimTime,
//! }
//!
//! impl Autoscaler for PerHundred {
//!     fn next_sync(&self) -> Option<SimTime> {
//!         Some(self.next)
//!     }
//!     fn sync(&mut self, now: SimTime, target: &ScaleTargetView, metrics: &dyn MetricsApi) -> Decision {
//!         self.next = now + SimDuration::from_secs(10);
//!         let queued: i64 = metrics.external_metric("igw_queue_depth", None).unwrap_or_default().iter().sum();
//!         let wanted = (queued / 100_000 + 1).clamp(1, 8) as u32;
//!         let replicas = (wanted != target.spec_replicas).then_some(wanted);
//!         Decision { replicas, reason: format!("{} queued", queued / 1000), sync: None }
//!     }
//! }
//! ```

mod fixed;
mod horizontal_pod_autoscaler;
pub mod hpa;
mod schedule;

pub use fixed::Fixed;
pub use horizontal_pod_autoscaler::HorizontalPodAutoscaler;
pub use hpa::MetricsApi;
pub use schedule::Schedule;

use crate::views::ScaleTargetView;
use forescale_kernel::SimTime;

/// What a sync has decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The new `spec.replicas`, `None` to leave it.
    pub replicas: Option<u32>,
    /// Why, in one line from which a reader can compute the number anew.
    pub reason: String,
    /// All that the HorizontalPodAutoscaler controller would report.
    pub sync: Option<Box<hpa::Sync>>,
}

/// A scaling policy.
pub trait Autoscaler: Send {
    /// When it wants to look at the cluster next; `None` is never again.
    fn next_sync(&self) -> Option<SimTime>;

    /// Looks at the cluster and decides.
    fn sync(&mut self, now: SimTime, target: &ScaleTargetView, metrics: &dyn MetricsApi) -> Decision;
}
