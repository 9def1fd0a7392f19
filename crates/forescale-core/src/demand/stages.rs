//! Stages of load, each of which begins when the one before it is done.

use super::drawn::{Arrival, Streams};
use super::open::Open;
use super::trace::TraceError;
use super::workload::Stages;
use forescale_kernel::SimTime;
use forescale_kernel::random::Stream;

/// The stages of a workload.
pub(super) struct StageLoop {
    config: Stages,
    seed: u64,
    until: SimTime,
    stream: Streams,
    /// The stage that is under way, and when its time is over.
    current: Option<(usize, Open, SimTime)>,
    /// Requests that have not ended.
    open: u64,
    /// Why the next stage could not begin.
    broken: Option<(SimTime, TraceError)>,
}

impl StageLoop {
    /// The stages of `config`, from `from` on. `stream` has the random streams by purpose and stage.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be opened.
    pub(super) fn new(
        config: &Stages,
        seed: u64,
        from: SimTime,
        until: SimTime,
        stream: impl Fn(&str, u64) -> Stream + Send + 'static,
    ) -> Result<Self, TraceError> {
        let stream = Box::new(stream);
        let mut stages =
            Self { config: config.clone(), seed, until, stream, current: None, open: 0, broken: None };
        stages.begin(0, from)?;
        Ok(stages)
    }

    /// When the next request of the stage under way is due.
    pub(super) fn next_at(&self) -> Option<SimTime> {
        match &self.broken {
            Some((at, _)) => Some(*at),
            None => self.current.as_ref().and_then(|(_, open, _)| open.next_at()),
        }
    }

    /// Takes the next request.
    ///
    /// # Errors
    /// A [`TraceError`] where a trace cannot be read on, or the next stage's cannot be opened.
    pub(super) fn take(&mut self) -> Result<Option<Arrival>, TraceError> {
        if let Some((_, error)) = self.broken.take() {
            return Err(error);
        }
        let Some((_, open, _)) = &mut self.current else { return Ok(None) };
        let arrival = open.take()?;
        self.open += u64::from(arrival.is_some());
        Ok(arrival)
    }

    /// A request of it has ended for good.
    pub(super) fn ended(&mut self, now: SimTime) {
        self.open = self.open.saturating_sub(1);
        if let Some((index, open, end)) = &self.current
            && self.open == 0
            && open.next_at().is_none()
            && let Err(error) = self.begin(index + 1, now.max(*end) + self.config.pause)
        {
            self.broken = Some((now, error));
        }
    }

    /// Begins the first stage from `index` on that has a request.
    fn begin(&mut self, mut index: usize, mut at: SimTime) -> Result<(), TraceError> {
        self.current = None;
        while let Some((arrivals, span)) = self.config.stages.get(index) {
            let end = at + *span;
            let stream = |purpose: &str| (self.stream)(purpose, index as u64);
            let open = Open::new(arrivals, self.seed, at, end.min(self.until), stream)?;
            if open.next_at().is_some() {
                self.current = Some((index, open, end));
                return Ok(());
            }
            (index, at) = (index + 1, end + self.config.pause);
        }
        Ok(())
    }
}
