//! What decides when the requests of a workload are sent: arrivals, or clients that wait.

use super::workloads::Reader;
use crate::context::{Context, Told};
use crate::raw::{RawClosedLoop, RawSession, RawStage, RawWorkload};
use forescale_core::demand::{Arrivals, Client, Lengths, Sessions, Source, Stages, Users};
use forescale_document::{Code, Spanned};
use forescale_kernel::SimDuration;

/// A workload's requests.
pub(super) struct Load {
    pub(super) source: Source,
    pub(super) client: Client,
    /// When it ends by its own rules.
    pub(super) until: Option<SimDuration>,
}

impl Reader<'_> {
    pub(super) fn load(&self, context: &mut Context, workload: &Spanned<RawWorkload>) -> Told<Load> {
        let client = self.client(context, &workload.client);
        let given = [
            ("arrivals", workload.arrivals.as_ref().map(Spanned::key_span)),
            ("trace", workload.trace.as_ref().map(Spanned::key_span)),
            ("fitted", workload.fitted.as_ref().map(Spanned::key_span)),
            ("closed_loop", workload.closed_loop.as_ref().map(Spanned::key_span)),
            ("stages", workload.stages.as_ref().map(Spanned::key_span)),
            ("guidellm", workload.guidellm.as_ref().map(Spanned::key_span)),
            ("inference_perf", workload.inference_perf.as_ref().map(Spanned::key_span)),
        ];
        let mut given = given.into_iter().filter_map(|(name, span)| Some((name, span?)));
        if let (Some((first, place)), Some((second, other))) = (given.next(), given.next()) {
            let message = format!("a workload has `{first}` or `{second}`, not both");
            let diagnostic = context.error(Code::CONTRADICTION, other, message);
            return context.fail(diagnostic.related(place, format!("`{first}` is here")));
        }
        if !workload.stage_pause.0.is_zero() && workload.stages.is_none() {
            let message = format!("`{}` has no effect without `stages`", self.key("stage_pause"));
            return context.fail(context.error(Code::CONTRADICTION, workload.stage_pause.span(), message));
        }
        let without_sessions = [
            ("trace", workload.trace.as_ref().map(Spanned::key_span)),
            ("stages", workload.stages.as_ref().map(Spanned::key_span)),
            ("guidellm", workload.guidellm.as_ref().map(Spanned::key_span)),
            ("inference_perf", workload.inference_perf.as_ref().map(Spanned::key_span)),
        ];
        let other = without_sessions.into_iter().find_map(|(name, span)| Some((name, span?)));
        if let (Some(session), Some((name, place))) = (&workload.session, other) {
            let message = format!("`{}`: a workload with `{name}` has no sessions", self.key("session"));
            let diagnostic = context.error(Code::CONTRADICTION, session.key_span(), message);
            return context.fail(diagnostic.related(place, format!("`{name}` is here")));
        }
        if let Some(guidellm) = &workload.guidellm {
            let lengths = self.lengths(context, workload, guidellm.key_span())?;
            return self.guidellm(context, workload, guidellm, lengths, client?);
        }
        if let Some(perf) = &workload.inference_perf {
            let lengths = self.lengths(context, workload, perf.key_span())?;
            return self.inference_perf(context, perf, lengths, client?);
        }
        let source = if let Some(closed_loop) = &workload.closed_loop {
            let lengths = self.lengths(context, workload, closed_loop.key_span())?;
            self.closed_loop(context, closed_loop, lengths, workload.session.as_ref())
        } else if let Some(stages) = &workload.stages {
            let lengths = self.lengths(context, workload, stages.key_span())?;
            self.stages(context, stages, workload.stage_pause.0, &lengths)
        } else {
            let arrivals = self.arrivals(context, workload)?;
            self.sessions(context, arrivals, workload.session.as_ref())
        };
        Ok(Load { source: source?, client: client?, until: None })
    }

    fn closed_loop(
        &self,
        context: &mut Context,
        closed_loop: &RawClosedLoop,
        lengths: Lengths,
        session: Option<&Spanned<RawSession>>,
    ) -> Told<Source> {
        if let Some(think_time) = session.and_then(|session| session.think_time.as_ref()) {
            let message = format!(
                "`{}`: in a closed loop `closed_loop.think_time` says it",
                self.key("session.think_time")
            );
            return context.fail(context.error(Code::CONTRADICTION, think_time.key_span(), message));
        }
        let think = self.think(context, "closed_loop.think_time", closed_loop.think_time.as_ref())?;
        let turns = session.map(|session| self.turns(context, session)).transpose()?;
        let users = closed_loop.users.0.clone();
        if users.iter().all(|(_, users)| *users == 0) {
            let message = format!("`{}`: there is never a user", self.key("closed_loop.users"));
            return context.fail(context.error(Code::OUT_OF_RANGE, closed_loop.users.span(), message));
        }
        Ok(Source::Users(Users { users, ramp: closed_loop.ramp.0, think, lengths, turns }))
    }

    /// Sessions that begin at these arrivals, or the arrivals themselves.
    fn sessions(
        &self,
        context: &mut Context,
        arrivals: Arrivals,
        session: Option<&Spanned<RawSession>>,
    ) -> Told<Source> {
        let Some(session) = session else { return Ok(Source::Open(arrivals)) };
        let think = self.think(context, "session.think_time", session.think_time.as_ref());
        let turns = self.turns(context, session)?;
        Ok(Source::Sessions(Sessions { arrivals, think: think?, turns }))
    }

    fn stages(
        &self,
        context: &mut Context,
        stages: &Spanned<Vec<RawStage>>,
        pause: SimDuration,
        lengths: &Lengths,
    ) -> Told<Source> {
        if stages.is_empty() {
            let message = format!("`{}` needs at least one stage", self.key("stages"));
            return context.fail(context.error(Code::MISSING_KEY, stages.span(), message));
        }
        let stages = stages
            .iter()
            .map(|stage| Ok((self.process(context, &stage.arrivals, lengths.clone())?, stage.r#for.0)));
        Ok(Source::Stages(Stages { stages: stages.collect::<Told<_>>()?, pause }))
    }
}
