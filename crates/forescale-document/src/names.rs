//! What a misspelt name most likely means.

/// The one of `known` that a misspelt name most likely means.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    let wanted = plain(name);
    let distance = |other: &str| strsim::damerau_levenshtein(&wanted, &plain(other));
    let best = known.into_iter().min_by_key(|other| distance(other))?;
    (distance(best) <= 1 + name.chars().count() / 4).then_some(best)
}

/// The end of a sentence about a misspelt name: `; did you mean …?`, or nothing.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn spelling_case_and_separators() {
        let known = ["scrape_interval", "look_back", "maxReplicas"];
        assert_eq!(nearest("scrape_intervall", known), Some("scrape_interval"));
        assert_eq!(nearest("scrapeInterval", known), Some("scrape_interval"));
        assert_eq!(nearest("max_replicas", known), Some("maxReplicas"));
        assert_eq!(nearest("seed", known), None);
    }
}
