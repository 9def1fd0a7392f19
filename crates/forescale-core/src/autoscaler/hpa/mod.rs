//! The HorizontalPodAutoscaler controller of Kubernetes 1.36.2, as a plain state machine.
//!
//! [`api`] holds the `autoscaling/v2` object as users write it, with its quantities, defaults and validation.

pub mod api;
mod flags;

pub use flags::{FeatureGates, Flags};
