//! What decides when the requests of a workload are sent: arrivals, or clients that wait.

use super::workloads::Reader;
use crate::context::{Context, Told};
use crate::raw::{RawClosedLoop, RawStage, RawWorkload};
use crate::text::duration_dist;
use forescale_core::demand::{Client, Lengths, Source, Stages, Users};
use forescale_core::dist::Dist;
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
            self.closed_loop(context, closed_loop, lengths)
        } else if let Some(stages) = &workload.stages {
            let lengths = self.lengths(context, workload, stages.key_span())?;
            self.stages(context, stages, workload.stage_pause.0, &lengths)
        } else {
            self.arrivals(context, workload).map(Source::Open)
        };
        Ok(Load { source: source?, client: client?, until: None })
    }

    fn closed_loop(
        &self,
        context: &mut Context,
        closed_loop: &RawClosedLoop,
        lengths: Lengths,
    ) -> Told<Source> {
        let think = match &closed_loop.think_time {
            None => Dist::Constant(0.0),
            Some(given) => match duration_dist(given) {
                Ok(dist) => dist,
                Err(refusal) => {
                    let key = self.key("closed_loop.think_time");
                    let diagnostic = context.refused(refusal, given.span(), &key);
                    return context.fail(diagnostic);
                }
            },
        };
        let users = closed_loop.users.0.clone();
        if users.iter().all(|(_, users)| *users == 0) {
            let message = format!("`{}`: there is never a user", self.key("closed_loop.users"));
            return context.fail(context.error(Code::OUT_OF_RANGE, closed_loop.users.span(), message));
        }
        Ok(Source::Users(Users { users, ramp: closed_loop.ramp.0, think, lengths }))
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
