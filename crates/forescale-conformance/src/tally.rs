//! The score of a replay.

use std::fmt;

/// How many differences a tally keeps in words.
const KEPT: usize = 10;

/// Counts of replayed cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases in which the simulated component did what the real one did.
    pub passed: u64,
    /// Cases in which it did something else.
    pub failed: u64,
    /// Cases about something that is not simulated yet.
    pub not_yet: u64,
    /// The first ten failed cases: where they stand, what was expected and what came.
    pub differences: Vec<String>,
}

impl Tally {
    /// Counts a case that agrees.
    pub fn pass(&mut self) {
        self.passed += 1;
    }

    /// Counts a case that is not simulated yet.
    pub fn skip(&mut self) {
        self.not_yet += 1;
    }

    /// Counts a case that differs; the text says where and how.
    pub fn fail(&mut self, difference: String) {
        self.failed += 1;
        if self.differences.len() < KEPT {
            self.differences.push(difference);
        }
    }

    /// Counts a case by its outcome.
    pub fn count(&mut self, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.pass(),
            Err(difference) => self.fail(difference),
        }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.not_yet += other.not_yet;
        let room = KEPT.saturating_sub(self.differences.len());
        self.differences.extend(other.differences.iter().take(room).cloned());
    }
}

impl fmt::Display for Tally {
    /// The kept differences, one per line, and as the last line `N passed, M failed, K not yet`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in &self.differences {
            writeln!(f, "{difference}")?;
        }
        let unnamed = self.failed.saturating_sub(self.differences.len() as u64);
        if unnamed > 0 {
            writeln!(f, "... and {unnamed} more")?;
        }
        write!(f, "{} passed, {} failed, {} not yet", self.passed, self.failed, self.not_yet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_score() {
        let mut tally = Tally::default();
        tally.pass();
        tally.skip();
        assert_eq!(tally.to_string(), "1 passed, 0 failed, 1 not yet");
        (0..12).for_each(|i| tally.fail(format!("case {i}")));
        let text = tally.to_string();
        assert_eq!(text.lines().count(), 12);
        assert!(text.ends_with("case 9\n... and 2 more\n1 passed, 12 failed, 1 not yet"), "{text}");
    }
}
