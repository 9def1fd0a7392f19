//! The decisions of `burst.toml`, computed anew from nothing but the text that `sim explain` prints.
//!
//! The rules are written down here once more, for what that scenario uses: External metrics, `behavior`, windows, Percent policies.

use crate::support::{root, sim_in};
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What the head says.
#[derive(Debug)]
struct Head {
    min: i32,
    max: i32,
    tolerated: (f64, f64),
    up: Rules,
    down: Rules,
}

/// A window in seconds, and the one policy: percent and seconds.
#[derive(Debug)]
struct Rules {
    window: i64,
    percent: f64,
    period: i64,
}

/// What the rules remember from line to line.
#[derive(Debug, Default)]
struct Memory {
    /// When, and how many.
    recommendations: Vec<(i64, i32)>,
    /// When, and by how many.
    changes: Vec<(i64, i32)>,
    replicas: Option<i32>,
    conditions: [String; 3],
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| regex($pattern));
    };
}

pattern!(LIMITS, r"(\d+)–(\d+) replicas");
pattern!(TOLERANCE, r"tolerance +ratios from ([\d.]+) to ([\d.]+) change nothing");
pattern!(RULES, r"scale (up|down) +window (\d+) s · Max of Percent (\d+)/(\d+)s");
pattern!(LINE, r"^  t=(\d\d):(\d\d):(\d\d)  (\d+)→(\d+)  (.*)$");
pattern!(VALUE, r"^\S+ ([\d.]+)/([\d.]+)(?: × (\d+) ready| within ([\d.]+)\.\.([\d.]+)) → (\d+)$");
pattern!(AVERAGE, r"^\S+ ([\d.]+)/([\d.]+) per replica of (\d+)(?: within ([\d.]+)\.\.([\d.]+))? → (\d+)$");
pattern!(FAILED, r"^\S+ Failed\w+: .*$");
pattern!(STAYS, r"^no decision, stays (\d+)$");
pattern!(WINDOW, r"^(scaleUp|scaleDown) window (\w+): (\d+) wanted (\w+) ago → (\d+)$");

fn number<T: std::str::FromStr>(captures: &Captures<'_>, group: usize) -> Option<T> {
    captures.get(group)?.as_str().parse().ok()
}

/// `1h2m3s` in seconds.
fn seconds(text: &str) -> Option<i64> {
    let length = forescale::kernel::parse_duration(text).ok()?;
    i64::try_from(length.as_ps() / 1_000_000_000_000).ok()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, printed: T, computed: T) -> Result<(), String> {
    match printed == computed {
        true => Ok(()),
        false => Err(format!("{what}: printed {printed:?}, computed {computed:?}")),
    }
}

/// The lines of the list, each whole again where it was wrapped; with them the head.
fn unwrapped(text: &str) -> (String, Vec<String>) {
    let (head, rest) = text.split_once("\nSyncs").unwrap();
    let (list, _) = rest.split_once("\nSummary").unwrap();
    let mut lines: Vec<String> = Vec::new();
    for line in list.lines().skip(1) {
        match line.strip_prefix("                   ") {
            Some(more) => {
                let last = lines.last_mut().unwrap();
                last.push(' ');
                last.push_str(more);
            }
            None => lines.push(line.to_owned()),
        }
    }
    lines.retain(|line| !line.is_empty());
    (head.split_whitespace().collect::<Vec<_>>().join(" "), lines)
}

fn head(text: &str) -> Option<Head> {
    let limits = LIMITS.captures(text)?;
    let tolerance = TOLERANCE.captures(text)?;
    let mut rules = RULES
        .captures_iter(text)
        .map(|it| Some(Rules { window: number(&it, 2)?, percent: number(&it, 3)?, period: number(&it, 4)? }));
    Some(Head {
        min: number(&limits, 1)?,
        max: number(&limits, 2)?,
        tolerated: (number(&tolerance, 1)?, number(&tolerance, 2)?),
        up: rules.next()??,
        down: rules.next()??,
    })
}

/// What a metric proposes; none if it failed.
fn proposal(head: &Head, from: i32, part: &str) -> Result<Option<i32>, String> {
    let bad = || format!("not understood: {part}");
    let (low, high) = head.tolerated;
    let check = |it: &Captures<'_>, ratio: f64, within: i32, outside: f64| {
        let is_within = low <= ratio && ratio <= high;
        same("within the tolerance", it.get(4).is_some(), is_within)?;
        if is_within {
            same("tolerance", (number(it, 4), number(it, 5)), (Some(low), Some(high)))?;
        }
        let computed = if is_within { within } else { outside.ceil() as i32 };
        let printed = number(it, 6).ok_or_else(bad)?;
        same(part, printed, computed)?;
        Ok(Some(printed))
    };
    let two = |it: &Captures<'_>| Some((number::<f64>(it, 1)?, number::<f64>(it, 2)?));
    if let Some(it) = VALUE.captures(part) {
        let (usage, target) = two(&it).ok_or_else(bad)?;
        let ready = number::<f64>(&it, 3).unwrap_or(f64::NAN);
        return check(&it, usage / target, from, usage / target * ready);
    }
    if let Some(it) = AVERAGE.captures(part) {
        let (usage, target) = two(&it).ok_or_else(bad)?;
        let status = number::<i32>(&it, 3).ok_or_else(bad)?;
        return check(&it, usage / (target * f64::from(status)), status, usage / target);
    }
    if FAILED.is_match(part) { Ok(None) } else { Err(bad()) }
}

impl Memory {
    /// Recomputes one line; an error says what does not follow.
    fn check(&mut self, head: &Head, line: &str) -> Result<(), String> {
        let captures = LINE.captures(line).ok_or("not a line of the list")?;
        let field = |group| number::<i64>(&captures, group).ok_or("no number");
        let now = field(1)? * 3600 + field(2)? * 60 + field(3)?;
        let (from, to) = (field(4)? as i32, field(5)? as i32);
        if let Some(replicas) = self.replicas {
            same("replicas before", from, replicas)?;
        }
        self.replicas = Some(to);
        if self.recommendations.is_empty() {
            self.recommendations.push((now, from));
        }
        let text = captures.get(6).map_or("", |it| it.as_str());
        let (reason, conditions) = text.split_once(" ⇒ ").unwrap_or((text, ""));
        let parts: Vec<&str> = reason.split(" · ").collect();
        let (metrics, rest) = parts.split_at(parts.len().min(2));
        let proposals: Vec<Option<i32>> =
            metrics.iter().map(|part| proposal(head, from, part)).collect::<Result<_, _>>()?;
        let best = proposals.iter().flatten().max().copied();
        let failed = proposals.iter().any(Option::is_none);
        let wish = best.filter(|best| !failed || *best >= from);
        let Some(wish) = wish else {
            let stays =
                rest.first().and_then(|part| STAYS.captures(part)).ok_or("a decision without metrics")?;
            same("stays", (number(&stays, 1), to), (Some(from), from))?;
            return self.check_conditions(
                conditions,
                ["True/SucceededGetScale", "False/FailedGetExternalMetric", ""],
            );
        };
        let mut rest = rest.iter();
        let (stabilized, held) = self.windows(head, now, from, wish, &mut rest)?;
        self.recommendations.push((now, wish));
        let (after, limit) = self.bounds(head, now, from, stabilized);
        let printed = rest.next().copied().unwrap_or_default();
        same("limit", printed, &limit)?;
        same("parts left", rest.next(), None)?;
        same("replicas after", to, after)?;
        if to != from {
            self.changes.push((now, to - from));
        }
        let able = match held {
            _ if to != from => "True/SucceededRescale",
            None => "True/ReadyForNewScale",
            Some(_) if wish >= from => "True/ScaleUpStabilized",
            Some(_) => "True/ScaleDownStabilized",
        };
        let limited = match limit.split_once(':') {
            Some((reason, _)) => format!("True/{reason}"),
            None => "False/DesiredWithinRange".to_owned(),
        };
        self.check_conditions(conditions, [able, "True/ValidMetricFound", &limited])
    }

    /// What the windows leave, and which of them holds.
    fn windows<'a>(
        &self,
        head: &Head,
        now: i64,
        from: i32,
        wish: i32,
        rest: &mut impl Iterator<Item = &'a &'a str>,
    ) -> Result<(i32, Option<&'static str>), String> {
        let within = |window: i64| {
            let young = move |it: &&(i64, i32)| it.0 > now - window;
            self.recommendations.iter().filter(young).map(|it| it.1).chain([wish])
        };
        let lowest = within(head.up.window).min().unwrap_or(wish);
        let highest = within(head.down.window).max().unwrap_or(wish);
        let stabilized = from.max(lowest).min(highest);
        let (name, length, extreme) = match stabilized.cmp(&wish) {
            std::cmp::Ordering::Equal => return Ok((stabilized, None)),
            std::cmp::Ordering::Less => ("scaleUp", head.up.window, lowest),
            std::cmp::Ordering::Greater => ("scaleDown", head.down.window, highest),
        };
        let part = rest.next().and_then(|part| WINDOW.captures(part)).ok_or("no window holds, as printed")?;
        let word = |group| part.get(group).map_or("", |it| it.as_str());
        same("window", (word(1), seconds(word(2))), (name, Some(length)))?;
        same(
            "extreme, and what it leaves",
            (number(&part, 3), number(&part, 5)),
            (Some(extreme), Some(stabilized)),
        )?;
        let age = seconds(word(4)).ok_or("no age")?;
        let is_there = self.recommendations.contains(&(now - age, extreme));
        same("a recommendation of this age", true, is_there && age < length)?;
        Ok((stabilized, Some(name)))
    }

    /// What policies, min and max leave, and how the line says it.
    fn bounds(&self, head: &Head, now: i64, from: i32, wanted: i32) -> (i32, String) {
        let start = |rules: &Rules| {
            let recent = self.changes.iter().filter(|it| it.0 > now - rules.period);
            from - recent.map(|it| it.1).sum::<i32>()
        };
        let policy = |rules: &Rules, name: &str, limit: i32, after: i32| {
            let stays = if limit == after { String::new() } else { format!(", stays {after}") };
            let Rules { percent, period, .. } = rules;
            format!("{name}: Percent {percent}/{period}s from {} allows {limit}{stays}", start(rules))
        };
        if wanted > from {
            let limit = (f64::from(start(&head.up)) * (1.0 + head.up.percent / 100.0)).ceil() as i32;
            let top = limit.max(from).min(head.max);
            match wanted.min(top) {
                after if after == wanted => (after, String::new()),
                after if head.max > limit.max(from) => {
                    (after, policy(&head.up, "ScaleUpLimit", limit, after))
                }
                after => (after, format!("TooManyReplicas: {after}")),
            }
        } else if wanted < from {
            let limit = (f64::from(start(&head.down)) * (1.0 - head.down.percent / 100.0)) as i32;
            let bottom = limit.min(from).max(head.min);
            match wanted.max(bottom) {
                after if after == wanted => (after, String::new()),
                after if head.min < limit.min(from) => {
                    (after, policy(&head.down, "ScaleDownLimit", limit, after))
                }
                after => (after, format!("TooFewReplicas: {after}")),
            }
        } else {
            (wanted, String::new())
        }
    }

    /// The conditions of which another status or reason is printed; an empty one is not reached by the sync.
    fn check_conditions(&mut self, printed: &str, now: [&str; 3]) -> Result<(), String> {
        let names = ["AbleToScale", "ScalingActive", "ScalingLimited"];
        let mut changed = Vec::new();
        for ((old, new), name) in self.conditions.iter_mut().zip(now).zip(names) {
            if old != new && !new.is_empty() {
                changed.push(format!("{name}={new}"));
                new.clone_into(old);
            }
        }
        same("conditions", printed, &changed.join(", "))
    }
}

/// Recomputes all lines, and says which one does not follow.
fn check(head: &Head, lines: &[String]) -> Result<(), String> {
    let mut memory = Memory::default();
    lines.iter().try_for_each(|line| memory.check(head, line).map_err(|error| format!("{line}\n{error}")))
}

fn printed() -> (Head, Vec<String>) {
    let output = sim_in(root(), &["explain", "scenarios/burst.toml", "-q"]);
    let (text, lines) = unwrapped(&String::from_utf8(output.stdout).unwrap());
    (head(&text).unwrap_or_else(|| panic!("{text}")), lines)
}

#[test]
fn every_decision_follows_from_the_printed_numbers() {
    let (head, lines) = printed();
    assert_eq!(lines.len(), 120);
    check(&head, &lines).unwrap_or_else(|error| panic!("{error}"));
    let has = |word: &str| lines.iter().any(|line| line.contains(word));
    for word in ["ScaleUpLimit", "TooManyReplicas", "scaleDown window", "within", "no decision", "Failed"] {
        assert!(has(word), "the scenario shows {word}");
    }
}

/// Each printed result that is off by one, and each usage that is off by a target, is found.
#[test]
fn a_number_that_is_off_is_found() {
    let (head, lines) = printed();
    let results = [
        r"→ ?(\d+)",
        r"(\d+)→",
        r"allows (\d+)",
        r"from (\d+) allows",
        r"(\d+) wanted",
        r"stays (\d+)",
        r"Replicas: (\d+)",
    ];
    let results = results.map(|pattern| (regex(pattern), 1));
    let altered_by = results.into_iter().chain([(regex(r" (\d+)/250"), 250)]).collect::<Vec<_>>();
    let mut altered = lines.clone();
    let mut count = 0;
    for (index, line) in lines.iter().enumerate() {
        for (pattern, by) in &altered_by {
            for captures in pattern.captures_iter(line) {
                let place = captures.get(1).unwrap();
                let value: i64 = place.as_str().parse().unwrap();
                let (before, after) = (&line[..place.start()], &line[place.end()..]);
                altered[index] = format!("{before}{}{after}", value + by);
                assert!(check(&head, &altered).is_err(), "not noticed: {}", altered[index]);
                count += 1;
            }
        }
        altered[index].clone_from(line);
    }
    assert!(count > 600, "{count}");
    let other = Head { max: head.max + 1, ..head };
    assert!(check(&other, &lines).is_err(), "another limit");
}
