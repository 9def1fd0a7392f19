//! One line per sync.

use super::instant_of;
use crate::json::{ConditionEntry, Hpa, Look};
use crate::number;
use crate::page::{Line, Page, Tone};

/// Whether a sync changed the replicas, a condition or the branch; the first one always did.
pub(super) fn is_change(looks: &[Look], index: usize) -> bool {
    let (Some(look), Some(before)) = (looks.get(index), before(looks, index)) else { return true };
    let branch = |look: &Look| look.hpa.as_ref().map(|hpa| hpa.branch.clone());
    look.from_replicas != look.to_replicas
        || branch(look) != branch(before)
        || !changed_conditions(look, Some(before)).is_empty()
}

/// The look before one.
pub(super) fn before(looks: &[Look], index: usize) -> Option<&Look> {
    looks.get(index.checked_sub(1)?)
}

/// The conditions with another status or reason than after the look before.
fn changed_conditions<'a>(look: &'a Look, before: Option<&Look>) -> Vec<&'a ConditionEntry> {
    let old = before.and_then(|look| look.hpa.as_ref()).map_or(&[][..], |hpa| &hpa.conditions);
    let is_new = |condition: &&ConditionEntry| {
        let same = |old: &ConditionEntry| {
            (&old.r#type, &old.status, &old.reason)
                == (&condition.r#type, &condition.status, &condition.reason)
        };
        !old.iter().any(same)
    };
    look.hpa.as_ref().map_or(&[][..], |hpa: &Hpa| &hpa.conditions).iter().filter(is_new).collect()
}

/// `t=00:05:32  1→2  igw_queue_depth 61/250 × 1 ready → 1 · … ⇒ AbleToScale=True/SucceededRescale`
pub(super) fn write(look: &Look, before: Option<&Look>, change_width: usize, page: &mut Page) {
    let change = change(look);
    let tone = if look.from_replicas == look.to_replicas { Tone::Plain } else { Tone::Heading };
    let gap = " ".repeat(change_width.saturating_sub(change.chars().count()) + 2);
    let head = format!("  {}  ", number::instant(instant_of(look.t_s)));
    let line = Line::plain(&head).with(tone, &change).with(Tone::Plain, &gap);
    let hanging = if page.width() < 80 { 6 } else { line.width() };
    let conditions: Vec<String> = changed_conditions(look, before)
        .into_iter()
        .map(|it| format!("{}={}/{}", it.r#type, it.status, it.reason))
        .collect();
    let conditions = match conditions.as_slice() {
        [] => String::new(),
        some => format!(" ⇒ {}", some.join(", ")),
    };
    page.push_wrapped(line.with(Tone::Plain, &look.reason).with(Tone::Faint, &conditions), hanging);
}

/// `1→2`
pub(super) fn change(look: &Look) -> String {
    format!("{}→{}", look.from_replicas, look.to_replicas)
}
