//! When the requests of a workload arrive, and how long they are.

use super::workloads::Reader;
use crate::context::{Context, Told};
use crate::raw::{RawArrivals, RawWorkload};
use crate::text::{TokenDist, token_dist};
use forescale_core::demand::{Arrivals, Lengths, Modulation, State};
use forescale_core::dist::{Cv, Dist};
use forescale_document::{Code, Refusal, Span, Spanned};

impl Reader<'_> {
    pub(super) fn arrivals(&self, context: &mut Context, workload: &Spanned<RawWorkload>) -> Told<Arrivals> {
        if let Some(fitted) = &workload.fitted {
            return self.fitted(context, workload, fitted);
        }
        if let Some(trace) = &workload.trace {
            return self.trace(context, workload, trace).map(Arrivals::Trace);
        }
        let Some(arrivals) = &workload.arrivals else {
            let message = format!("`{}` is missing", self.key("arrivals"));
            let diagnostic = context.error(Code::MISSING_KEY, self.name.span(), message);
            return context.fail(diagnostic.help(
                "give for example `arrivals.poisson = { rate = 8.0 }`, a `trace`, or a `closed_loop` of users",
            ));
        };
        let lengths = self.lengths(context, workload, arrivals.key_span())?;
        self.process(context, arrivals, lengths)
    }

    /// The lengths of requests that no trace has; `place` is what needs them.
    pub(super) fn lengths(
        &self,
        context: &mut Context,
        workload: &RawWorkload,
        place: Option<Span>,
    ) -> Told<Lengths> {
        let prompt_tokens = self.length(context, "prompt_tokens", workload.prompt_tokens.as_ref(), place);
        let output_tokens = self.length(context, "output_tokens", workload.output_tokens.as_ref(), place);
        Ok(Lengths { prompt_tokens: prompt_tokens?, output_tokens: output_tokens? })
    }

    /// Arrivals that are drawn, with these lengths.
    pub(super) fn process(
        &self,
        context: &mut Context,
        arrivals: &RawArrivals,
        lengths: Lengths,
    ) -> Told<Arrivals> {
        let key = |key: &str| self.key(&format!("arrivals.{key}"));
        let rate = self.rate(context, arrivals.rate(), &key(&format!("{}.rate", arrivals.name())))?;
        Ok(match arrivals {
            RawArrivals::Constant(_) => Arrivals::Constant(rate, lengths),
            RawArrivals::Poisson(_) => Arrivals::Poisson(rate, lengths),
            RawArrivals::Gamma(table) => {
                Arrivals::Gamma(rate, cv(context, &table.cv, &key("gamma.cv"))?, lengths)
            }
            RawArrivals::Weibull(table) => {
                Arrivals::Weibull(rate, cv(context, &table.cv, &key("weibull.cv"))?, lengths)
            }
            RawArrivals::Mmpp(table) => {
                let states = table.states.iter().map(|raw| State { factor: raw.factor, mean: raw.mean.0 });
                let modulation = match Modulation::new(&states.collect::<Vec<_>>()) {
                    Ok(modulation) => modulation,
                    Err(error) => {
                        let refusal = Refusal::new(Code::OUT_OF_RANGE, error.to_string());
                        let states = key("mmpp.states");
                        return context.fail(context.refused(refusal, table.states.span(), &states));
                    }
                };
                Arrivals::Mmpp(rate, modulation, lengths)
            }
            RawArrivals::FixedCount(table) => {
                let cv = cv(context, &table.cv, &key("fixed_count.cv"))?;
                Arrivals::FixedCount(rate, cv, lengths)
            }
        })
    }

    pub(super) fn length(
        &self,
        context: &mut Context,
        key: &str,
        given: Option<&Spanned<TokenDist>>,
        place: Option<Span>,
    ) -> Told<Dist> {
        let Some(given) = given else {
            let message = format!("`{}` is missing", self.key(key));
            let diagnostic = context.error(Code::MISSING_KEY, place.or(self.name.span()), message);
            return context.fail(
                diagnostic.help("for example `512`, or `{ lognormal = { mean = 512, sigma = 0.8 } }`"),
            );
        };
        match token_dist(given) {
            Ok(dist) => Ok(dist),
            Err(refusal) => {
                let diagnostic = context.refused(refusal, given.span(), &self.key(key));
                context.fail(diagnostic)
            }
        }
    }
}

fn cv(context: &mut Context, given: &Spanned<f64>, key: &str) -> Told<Cv> {
    match Cv::new(**given) {
        Ok(cv) => Ok(cv),
        Err(error) => {
            let refusal = Refusal::new(Code::OUT_OF_RANGE, error.to_string());
            context.fail(context.refused(refusal, given.span(), key))
        }
    }
}
