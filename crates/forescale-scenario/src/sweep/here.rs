//! Where the scenario itself stands on an axis of its sweep.

use super::refused;
use crate::context::{Context, Told};
use crate::load::ScenarioFile;
use crate::overrides::Override;
use crate::scenario::Scenario;
use forescale_core::autoscaler::hpa::api::Quantity;
use forescale_document::{Path, Span};
use forescale_kernel::parse_duration;

/// A place, and what holds there.
pub(super) struct Here {
    /// The one spelling that all paths to the place have.
    pub(super) place: String,
    /// As TOML; the default where nothing is written.
    pub(super) value: Option<String>,
}

pub(super) fn here(
    context: &mut Context,
    file: &ScenarioFile<'_>,
    base: &Scenario,
    path: &Path,
    span: Span,
) -> Told<Here> {
    let given = Override::new(context, path.clone(), None, span)?;
    let (tree, mut objects) = file.base_trees(context);
    let (place, written) = match given.current(context, &tree, &mut objects)? {
        Ok(found) => found,
        Err(error) => return context.fail(refused(error, span)),
    };
    let settings = base.settings.scenario.iter().chain(&base.settings.manifests);
    let default =
        || settings.into_iter().find(|setting| setting.path == place).map(|setting| setting.value.clone());
    Ok(Here { value: written.or_else(default), place })
}

/// Whether two values, as TOML, are the same number, quantity or duration, or else the same text.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_matches(['"', '\'']), other.trim_matches(['"', '\'']));
    let number = |text: &str| text.parse::<f64>().ok();
    let quantity = |text: &str| text.parse::<Quantity>().ok().map(|quantity| quantity.milli_value());
    let duration = |text: &str| parse_duration(text).ok();
    one == other
        || matches!((number(one), number(other)), (Some(one), Some(other)) if one == other)
        || number(one).is_none() | number(other).is_none()
            && matches!((quantity(one), quantity(other)), (Some(one), Some(other)) if one == other)
        || matches!((duration(one), duration(other)), (Some(one), Some(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn the_same_value_in_two_spellings() {
        for (one, other) in
            [("\"250\"", "250"), ("\"250m\"", "0.25"), ("8", "8.0"), ("\"5m\"", "\"300s\""), ("true", "true")]
        {
            assert!(is_same(one, other), "{one} {other}");
        }
        for (one, other) in
            [("\"250\"", "251"), ("\"5m\"", "\"5s\""), ("0.8", "0.8001"), ("\"Min\"", "\"Max\"")]
        {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }
}
