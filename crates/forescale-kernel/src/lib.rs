//! The kernel of Forescale: simulated time, the calendar, per-entity timers and named random streams.
//!
//! It knows nothing of requests, replicas or autoscalers, reads no clock, does no I/O and has no global state.
//!
//! # The order of equal times
//!
//! Entries of the [`Calendar`] are served in the order of their [`Key`]: **time, then class, then part**. Both class and
//! part are chosen by the program, never by the order in which entries were made, so a part that needs fewer wakes
//! (because it skips what cannot matter) leaves the order of all others as it was. Entries of a [`Timers`] are
//! served in the order **time, then key**.
//!
//! # Randomness
//!
//! Each purpose draws from its own [`stream`](random::stream), found by the run's seed, the purpose's name and an
//! entity number. A stream that is drawn more or less often never shifts another one.

mod calendar;
mod duration_text;
mod heap;
pub mod random;
mod time;
mod timers;
mod timestamp;

pub use calendar::{Calendar, Key};
pub use duration_text::{DurationError, parse_duration};
pub use time::{SimDuration, SimTime};
pub use timers::Timers;
pub use timestamp::Timestamp;
