//! When the requests of a workload arrive, and how long they are.

use super::traces;
use super::workloads::Reader;
use crate::context::{Context, Told};
use crate::raw::{RawArrivals, RawWorkload};
use crate::text::{TokenDist, token_dist};
use forescale_core::demand::{Arrivals, Lengths};
use forescale_core::dist::Dist;
use forescale_document::{Code, Span, Spanned};

impl Reader<'_> {
    pub(super) fn arrivals(&self, context: &mut Context, workload: &Spanned<RawWorkload>) -> Told<Arrivals> {
        match (&workload.arrivals, &workload.trace) {
            (Some(arrivals), Some(trace)) => {
                let message = "a workload has `arrivals` or a `trace`, not both";
                let diagnostic = context.error(Code::CONTRADICTION, trace.key_span(), message);
                context.fail(diagnostic.related(arrivals.key_span(), "`arrivals` is here"))
            }
            (None, None) => {
                let message = format!("`{}` is missing", self.key("arrivals"));
                let diagnostic = context.error(Code::MISSING_KEY, self.name.span(), message);
                context.fail(
                    diagnostic.help("give for example `arrivals.poisson = { rate = 8.0 }`, or a `trace`"),
                )
            }
            (None, Some(trace)) => {
                let lengths =
                    [("prompt_tokens", workload.prompt_tokens), ("output_tokens", workload.output_tokens)];
                if let Some((name, Some(length))) = lengths.iter().find(|(_, length)| length.is_some()) {
                    let message = format!("`{}`: the trace says how long requests are", self.key(name));
                    let diagnostic = context.error(Code::CONTRADICTION, length.key_span(), message);
                    return context.fail(diagnostic.related(trace.key_span(), "the trace is here"));
                }
                let key = |key: &str| self.key(&format!("trace.{key}"));
                traces::resolve(context, trace, self.base, key).map(Arrivals::Trace)
            }
            (Some(arrivals), None) => {
                let lengths = self.lengths(context, workload, arrivals.key_span())?;
                Ok(drawn(arrivals, lengths))
            }
        }
    }

    /// The lengths of requests that no trace has; `place` is what needs them.
    pub(super) fn lengths(
        &self,
        context: &mut Context,
        workload: &RawWorkload,
        place: Option<Span>,
    ) -> Told<Lengths> {
        let prompt_tokens = self.length(context, "prompt_tokens", workload.prompt_tokens, place);
        let output_tokens = self.length(context, "output_tokens", workload.output_tokens, place);
        Ok(Lengths { prompt_tokens: prompt_tokens?, output_tokens: output_tokens? })
    }

    fn length(
        &self,
        context: &mut Context,
        key: &str,
        given: Option<Spanned<TokenDist>>,
        place: Option<Span>,
    ) -> Told<Dist> {
        let Some(given) = given else {
            let message = format!("`{}` is missing", self.key(key));
            let diagnostic = context.error(Code::MISSING_KEY, place.or(self.name.span()), message);
            return context.fail(
                diagnostic.help("for example `512`, or `{ lognormal = { mean = 512, sigma = 0.8 } }`"),
            );
        };
        match token_dist(*given) {
            Ok(dist) => Ok(dist),
            Err(refusal) => {
                let diagnostic = context.refused(refusal, given.span(), &self.key(key));
                context.fail(diagnostic)
            }
        }
    }
}

/// Arrivals that are drawn, with these lengths.
pub(super) fn drawn(arrivals: &RawArrivals, lengths: Lengths) -> Arrivals {
    match arrivals {
        RawArrivals::Constant(table) => Arrivals::Constant(table.rate.0.clone(), lengths),
        RawArrivals::Poisson(table) => Arrivals::Poisson(table.rate.0.clone(), lengths),
    }
}
