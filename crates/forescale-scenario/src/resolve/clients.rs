//! How the clients of a workload wait, give up and try again.

use super::workloads::Reader;
use crate::context::{Context, Told};
use crate::raw::{RawClient, RawRetry};
use forescale_core::demand::{Client, Retry};
use forescale_document::{Code, Span, Spanned, ValueOr, did_you_mean};

/// The retry policies that have a name.
const POLICIES: [&str; 1] = ["openai-python"];

impl Reader<'_> {
    pub(super) fn client(&self, context: &mut Context, client: &RawClient) -> Told<Client> {
        if let Some(most) = client.max_in_flight
            && *most == 0
        {
            return self.out_of_range(context, "client.max_in_flight", most.span(), "must be at least 1");
        }
        if let Some(timeout) = client.timeout
            && timeout.0.is_zero()
        {
            return self.out_of_range(context, "client.timeout", timeout.span(), "must be longer than 0s");
        }
        Ok(Client {
            max_in_flight: client.max_in_flight.map(|most| *most),
            timeout: client.timeout.map(|timeout| timeout.0),
            retry: client.retry.as_ref().map(|retry| self.retry(context, retry)).transpose()?,
            cancel_at_end: client.cancel_at_end,
        })
    }

    fn retry(&self, context: &mut Context, retry: &Spanned<ValueOr<String, RawRetry>>) -> Told<Retry> {
        let like = Retry::openai_python();
        let table = match &**retry {
            ValueOr::Value(name) if name == POLICIES[0] => return Ok(like),
            ValueOr::Value(name) => {
                let near = did_you_mean(name, POLICIES);
                let message = format!(
                    "`{}`: there is no retry policy `{name}`{near}; expected `{}` or a table",
                    self.key("client.retry"),
                    POLICIES.join("`, `")
                );
                return context.fail(context.error(Code::WRONG_VALUE, retry.span(), message));
            }
            ValueOr::Table(table) => table,
        };
        if let Some(most) = table.max_attempts
            && *most == 0
        {
            let key = "client.retry.max_attempts";
            return self.out_of_range(
                context,
                key,
                most.span(),
                "must be at least 1: the first attempt counts",
            );
        }
        if let Some(factor) = table.factor
            && !(1.0..=1e6).contains(&*factor)
        {
            return self.out_of_range(context, "client.retry.factor", factor.span(), "must be at least 1");
        }
        if let Some(jitter) = table.jitter
            && !(0.0..=1.0).contains(&*jitter)
        {
            let key = "client.retry.jitter";
            return self.out_of_range(context, key, jitter.span(), "must be between 0 and 1");
        }
        Ok(Retry {
            max_attempts: table.max_attempts.map_or(like.max_attempts, |most| *most),
            initial: table.initial.map_or(like.initial, |wait| wait.0),
            factor: table.factor.map_or(like.factor, |factor| *factor),
            max: table.max.map_or(like.max, |wait| wait.0),
            jitter: table.jitter.map_or(like.jitter, |jitter| *jitter),
            statuses: table.statuses.clone().unwrap_or(like.statuses),
            on_timeout: table.on_timeout.unwrap_or(like.on_timeout),
            max_retry_after: table.max_retry_after.map_or(like.max_retry_after, |wait| wait.0),
        })
    }

    pub(super) fn out_of_range<T>(
        &self,
        context: &mut Context,
        key: &str,
        place: Option<Span>,
        rule: &str,
    ) -> Told<T> {
        let message = format!("`{}` {rule}", self.key(key));
        context.fail(context.error(Code::OUT_OF_RANGE, place, message))
    }
}
