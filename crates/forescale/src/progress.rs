//! How far a run has come, on standard error.

use forescale::core::Progress;
use forescale::kernel::{SimDuration, SimTime};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

#[expect(clippy::disallowed_types, reason = "how long the user waits is wall time; the model never sees it")]
type Clock = std::time::Instant;

/// Runs that are over sooner say nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The same where no terminal is, for example in CI: a line per tenth of a long run shows that it lives.
const PATIENCE_OF_A_LOG: Duration = Duration::from_secs(10);

/// Says how far a run has come: in one line that is drawn anew in a terminal, in a line per tenth elsewhere.
pub(crate) struct ProgressLine {
    begin: Clock,
    drawn: Drawn,
}

enum Drawn {
    Hidden,
    Terminal(ProgressBar),
    /// The tenths that need no line any more.
    Log(u8),
}

impl ProgressLine {
    /// Hidden where the user wishes so: `quiet`, or the variable `SIM_NO_PROGRESS` with any value.
    pub(crate) fn new(quiet: bool) -> Self {
        let is_unwanted = std::env::var_os("SIM_NO_PROGRESS").is_some_and(|value| !value.is_empty());
        let drawn = match std::io::stderr().is_terminal() {
            _ if quiet || is_unwanted => Drawn::Hidden,
            true => Drawn::Terminal(ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::hidden())),
            false => Drawn::Log(0),
        };
        Self { begin: Clock::now(), drawn }
    }

    /// Shows the progress of a run, if it is time to.
    pub(crate) fn tell(&mut self, progress: &Progress) {
        self.show(progress.share(), |elapsed| line(progress, elapsed));
    }

    /// Shows how many runs of an experiment are done, if it is time to; more runs may become known.
    pub(crate) fn tell_runs(&mut self, done: usize, of: usize) {
        let share = if of == 0 { 0.0 } else { done as f64 / of as f64 };
        self.show(share, |elapsed| format!("{done} of {of} runs · wall {} s", elapsed.as_secs()));
    }

    /// The same where it is known how many runs there will be: with the time left.
    pub(crate) fn tell_runs_left(&mut self, done: usize, of: usize) {
        let share = if of == 0 { 0.0 } else { done as f64 / of as f64 };
        self.show(share, |elapsed| runs_left(done, of, elapsed));
    }

    fn show(&mut self, share: f64, line: impl FnOnce(Duration) -> String) {
        if matches!(self.drawn, Drawn::Hidden) {
            return;
        }
        let elapsed = self.begin.elapsed();
        match &mut self.drawn {
            Drawn::Terminal(bar) if elapsed >= PATIENCE => {
                if bar.is_hidden() {
                    bar.set_style(style());
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                bar.set_position((share * 1000.0) as u64);
                bar.set_message(line(elapsed));
            }
            Drawn::Log(tenths) if elapsed >= PATIENCE_OF_A_LOG => {
                let now = (share * 10.0) as u8;
                if now > *tenths {
                    *tenths = now;
                    anstream::eprintln!("{}", line(elapsed));
                }
            }
            _ => {}
        }
    }

    /// Leaves nothing behind in a terminal.
    pub(crate) fn clear(&self) {
        if let Drawn::Terminal(bar) = &self.drawn {
            bar.finish_and_clear();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{wide_bar} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// `t=00:12:15 of t=00:30:00 · 40 % · wall 4 s, 6 s left`
fn line(progress: &Progress, elapsed: Duration) -> String {
    let (share, wall) = (progress.share(), elapsed.as_secs_f64());
    let left = match share {
        1.0 => "draining".to_owned(),
        0.0 => "just begun".to_owned(),
        share => format!("{:.0} s left", wall * (1.0 - share) / share),
    };
    let second = SimDuration::from_secs(1).as_ps();
    let now = SimTime::from_ps(progress.now.as_ps() / second * second);
    let percent = (share * 100.0).floor();
    format!("t={now} of t={} · {percent:.0} % · wall {wall:.0} s, {left}", progress.end)
}

/// `40 of 540 runs · wall 4 s, 50 s left`
fn runs_left(done: usize, of: usize, elapsed: Duration) -> String {
    let wall = elapsed.as_secs_f64();
    let left = match done {
        0 => "just begun".to_owned(),
        done => format!("{:.0} s left", wall * of.saturating_sub(done) as f64 / done as f64),
    };
    format!("{done} of {of} runs · wall {wall:.0} s, {left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_experiment_says_how_long_it_will_take() {
        let told = |done| runs_left(done, 540, Duration::from_secs(4));
        assert_eq!(told(40), "40 of 540 runs · wall 4 s, 50 s left");
        assert_eq!(told(0), "0 of 540 runs · wall 4 s, just begun");
    }

    #[test]
    fn a_line_says_simulated_time_share_and_wall_time() {
        let at = |ms| SimTime::ZERO + SimDuration::from_ms(ms);
        let told = |now| line(&Progress { now: at(now), end: at(1_800_000) }, Duration::from_millis(4200));
        assert_eq!(told(735_999), "t=00:12:15 of t=00:30:00 · 40 % · wall 4 s, 6 s left");
        assert_eq!(told(1_900_000), "t=00:31:40 of t=00:30:00 · 100 % · wall 4 s, draining");
        assert_eq!(told(0), "t=00:00:00 of t=00:30:00 · 0 % · wall 4 s, just begun");
    }
}
