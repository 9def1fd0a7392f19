//! `sim trace inspect` of ServeGen's clients.

use super::arguments::InspectArguments;
use super::{rejected, things};
use crate::exit::{Exit, Failure};
use crate::profile::digits;
use forescale::kernel::SimDuration;
use forescale::report::{Curve, Style, curves_text};
use forescale::scenario::{ServegenClient, ServegenClients, ServegenProcess};
use serde_json::{Value, json};
use std::io::Write;

/// So many clients are told to carry which share of the load.
const TOP: usize = 5;

/// Reads a folder or an archive of clients and prints what they are like.
pub(super) fn inspect(arguments: &InspectArguments, style: Style) -> Result<Exit, Failure> {
    let path = &arguments.file.file;
    let set = ServegenClients::read(path).map_err(|error| rejected(&error))?;
    let told = Told::of(&set);
    let mut out = anstream::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", told.document(&path.display().to_string()))?;
    } else {
        out.write_all(told.text(&path.display().to_string(), style).as_bytes())?;
    }
    out.flush()?;
    Ok(Exit::Fine)
}

/// What the clients of a set are like.
struct Told {
    clients: usize,
    window_s: u64,
    /// Requests per second of all clients, window by window.
    rates: Vec<f64>,
    /// Of all requests.
    top_share: f64,
    gamma_share: f64,
    weibull_share: f64,
    lengths_share: f64,
    /// The mean over all requests of the CV of their client in their window.
    cv: f64,
}

impl Told {
    fn of(set: &ServegenClients) -> Self {
        let load = |client: &ServegenClient| client.windows.iter().map(|window| window.rate).sum::<f64>();
        let mut loads: Vec<f64> = set.clients().map(|(_, client)| load(client)).collect();
        loads.sort_by(|a, b| b.total_cmp(a));
        let all: f64 = loads.iter().sum();
        // The sum of nothing is -0.
        let share = |part: f64| if part > 0.0 { part / all } else { 0.0 };
        let windows = || set.clients().flat_map(|(_, client)| &client.windows);
        let of = |process| {
            windows().filter(|window| window.process == Some(process)).map(|window| window.rate).sum()
        };
        let known =
            set.clients().filter(|(_, client)| client.has_lengths).map(|(_, client)| load(client)).sum();
        Self {
            clients: loads.len(),
            window_s: set.window_s(),
            rates: set.rates().into_values().collect(),
            top_share: share(loads.iter().take(TOP).sum()),
            gamma_share: share(of(ServegenProcess::Gamma)),
            weibull_share: share(of(ServegenProcess::Weibull)),
            lengths_share: share(known),
            cv: share(windows().map(|window| window.rate * window.cv).sum()),
        }
    }

    /// The mean, the least and the greatest rate.
    fn range(&self) -> [f64; 3] {
        let mean = self.rates.iter().sum::<f64>() / self.rates.len().max(1) as f64;
        let least = self.rates.iter().copied().fold(f64::INFINITY, f64::min);
        [mean, least.min(mean), self.rates.iter().copied().fold(0.0, f64::max)]
    }

    fn empty(&self) -> usize {
        self.rates.iter().filter(|rate| **rate <= 0.0).count()
    }

    fn text(&self, name: &str, style: Style) -> String {
        let name: String = name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        let window = SimDuration::from_secs(self.window_s);
        let windows = self.rates.len();
        let span = SimDuration::from_secs(self.window_s.saturating_mul(windows as u64));
        let [mean, least, most] = self.range().map(digits);
        let percent = |share: f64| digits(share * 100.0);
        let text = format!(
            "{name}: servegen clients, {} over {span}\n\n\
             Clients\n  rate        {mean} requests/s in the mean, {least} to {most}\n  windows     {windows} of {window}, {} of them empty\n  \
             top {TOP}       {} % of the requests\n  gaps        Gamma {} %, Weibull {} % of the requests\n  CV          {} in the mean over all requests\n  \
             lengths     known for {} % of the requests\n\n\
             note: these are no requests but what each client sends, window by window. Together they are less bursty than each of them.\n",
            things(self.clients as u64, "client"),
            self.empty(),
            percent(self.top_share),
            percent(self.gamma_share),
            percent(self.weibull_share),
            digits(self.cv),
            percent(self.lengths_share),
        );
        let requests = |rate: &f64| (rate * self.window_s as f64).round() as u64;
        let curve =
            Curve { name: "requests", unit: "req/s", totals: self.rates.iter().map(requests).collect() };
        text + &curves_text(&[curve], window, span, style)
    }

    fn document(&self, name: &str) -> Value {
        let [mean, least, most] = self.range();
        json!({
            "schema": 1,
            "file": name,
            "format": "servegen-clients",
            "clients": self.clients,
            "window_s": self.window_s,
            "windows": self.rates.len(),
            "empty_windows": self.empty(),
            "rate_per_s": { "mean": mean, "min": least, "max": most },
            "share_of_top_5": self.top_share,
            "share_with_gamma_gaps": self.gamma_share,
            "share_with_weibull_gaps": self.weibull_share,
            "share_with_lengths": self.lengths_share,
            "cv": self.cv,
            "rates_per_s": self.rates,
        })
    }
}
