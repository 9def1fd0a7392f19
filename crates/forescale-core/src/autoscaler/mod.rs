//! Autoscalers: they see the API objects and the metrics API, nothing else.

pub mod hpa;
