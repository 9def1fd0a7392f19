//! What the prompts of a workload have in common: shared prefixes and sessions.

use super::workloads::Reader;
use crate::context::{Context, Told};
use crate::raw::{RawSession, RawSharedPrefix, RawWorkload};
use crate::text::{DurationDist, TokenDist, duration_dist, token_dist};
use forescale_core::demand::{PrefixGroups, Turns};
use forescale_core::dist::Dist;
use forescale_document::{Code, Spanned};

/// The most prefixes.
const MOST_GROUPS: u32 = 1_000_000;

impl Reader<'_> {
    /// The prefixes that requests share; `None` where each prompt begins by itself.
    pub(super) fn prefix_groups(
        &self,
        context: &mut Context,
        workload: &RawWorkload,
    ) -> Told<Option<PrefixGroups>> {
        let Some(shared) = &workload.shared_prefix else { return Ok(None) };
        if let Some(trace) = &workload.trace {
            let message = format!("`{}`: the trace says what its prompts are", self.key("shared_prefix"));
            let diagnostic = context.error(Code::CONTRADICTION, shared.key_span(), message);
            return context.fail(diagnostic.related(trace.key_span(), "the trace is here"));
        }
        let RawSharedPrefix { groups, tokens, zipf } = &**shared;
        if !(1..=MOST_GROUPS).contains(&**groups) {
            let rule = "must be between 1 and 1,000,000";
            return self.out_of_range(context, "shared_prefix.groups", groups.span(), rule);
        }
        if !(0.0..=10.0).contains(&**zipf) {
            return self.out_of_range(context, "shared_prefix.zipf", zipf.span(), "must be between 0 and 10");
        }
        let tokens = self.count(context, "shared_prefix.tokens", tokens)?;
        Ok(Some(PrefixGroups { groups: **groups, tokens, zipf: **zipf }))
    }

    /// How conversations go on.
    pub(super) fn turns(&self, context: &mut Context, session: &RawSession) -> Told<Turns> {
        let turns = self.count(context, "session.turns", &session.turns)?;
        Ok(Turns { turns, max_context_tokens: session.max_context_tokens.map(|most| *most) })
    }

    /// A session's time to think.
    pub(super) fn think(
        &self,
        context: &mut Context,
        key: &str,
        given: Option<&Spanned<DurationDist>>,
    ) -> Told<Dist> {
        let Some(given) = given else { return Ok(Dist::Constant(0.0)) };
        duration_dist(given).or_else(|refusal| {
            let diagnostic = context.refused(refusal, given.span(), &self.key(key));
            context.fail(diagnostic)
        })
    }

    fn count(&self, context: &mut Context, key: &str, given: &Spanned<TokenDist>) -> Told<Dist> {
        token_dist(given).or_else(|refusal| {
            let diagnostic = context.refused(refusal, given.span(), &self.key(key));
            context.fail(diagnostic)
        })
    }
}
