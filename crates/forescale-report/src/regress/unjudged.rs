//! Scenarios that were not judged.

/// A scenario of the call of which nothing was found.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// What it is called; its file where that cannot be read.
    pub scenario: String,
    /// Its file, as the user has named it.
    pub file: String,
    /// What kept it from that.
    pub obstacle: Obstacle,
}

/// What kept a scenario from being judged.
#[derive(Clone, Debug)]
pub enum Obstacle {
    /// Ctrl-C came first.
    Interrupted,
    /// It was not run, since another one cannot be judged.
    NotRun,
    /// It cannot be judged, for these mistakes.
    Broken(Vec<Flaw>),
}

/// A mistake with its place.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// What is wrong, and how to mend it.
    pub message: String,
    /// The file that is to blame, where one is.
    pub file: Option<String>,
    /// The line in it, from 1, where it is known.
    pub line: Option<usize>,
}

impl Unjudged {
    /// Whether it is to blame itself.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self.obstacle, Obstacle::Broken(_))
    }

    /// Its mistakes; none where it has not made any.
    pub(super) fn flaws(&self) -> &[Flaw] {
        match &self.obstacle {
            Obstacle::Broken(flaws) => flaws,
            Obstacle::Interrupted | Obstacle::NotRun => &[],
        }
    }

    /// Why it was not judged, without a full stop.
    pub(super) fn told(&self) -> String {
        match &self.obstacle {
            Obstacle::Interrupted => "not judged: interrupted before all its runs were done".to_owned(),
            Obstacle::NotRun => "not judged: not run, since another scenario cannot be judged".to_owned(),
            Obstacle::Broken(flaws) => {
                let messages: Vec<&str> = flaws.iter().map(|flaw| flaw.message.as_str()).collect();
                format!("cannot be judged: {}", messages.join("; "))
            }
        }
    }
}

/// How many of so many scenarios were not judged, and which or why; empty where all were.
pub(super) fn sentence(unjudged: &[Unjudged], all: usize) -> String {
    let Some(any) = unjudged.first() else { return String::new() };
    let were = if unjudged.len() == 1 { "was" } else { "were" };
    let count = format!("{} of {} {were} not judged", unjudged.len(), crate::number::things(all, "scenario"));
    let mut flaws = unjudged.iter().flat_map(|one| one.flaws().iter().map(move |flaw| (one, flaw)));
    if let Some((one, flaw)) = flaws.next() {
        let more = match flaws.count() {
            0 => String::new(),
            1 => "; and 1 more mistake".to_owned(),
            more => format!("; and {more} more mistakes"),
        };
        return format!("{count}: {}: {}{more}", one.scenario, flaw.message);
    }
    let names: Vec<&str> = unjudged.iter().map(|one| one.scenario.as_str()).collect();
    let interrupted = if matches!(any.obstacle, Obstacle::Interrupted) { "interrupted: " } else { "" };
    format!("{interrupted}{count}: {}", names.join(", "))
}
