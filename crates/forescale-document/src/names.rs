//! What a misspelt name most likely means.

fn plain(text: &str) -> String {
    text.to_lowercase().replace(['_', '-'], "")
}

/// The one of `known` that a misspelt name most likely means.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(name);
    let distance = |other: &str| strsim::damerau_levenshtein(&wanted, &plain(other));
    let best = known.into_iter().min_by_key(|other| distance(other))?;
    (distance(best) <= 1 + name.chars().count() / 4).then_some(best)
}

/// At most so many of `known` that look like a name, the most similar first; without promise that one of them is meant.
pub fn nearest_few<'a>(name: &str, known: impl IntoIterator<Item = &'a str>, at_most: usize) -> Vec<&'a str> {
    let wanted = plain(name);
    // Names that begin alike are of one family, however long their ends are.
    let likeness = |other: &str| strsim::jaro_winkler(&wanted, &plain(other));
    let mut known: Vec<(f64, &str)> = known.into_iter().map(|other| (likeness(other), other)).collect();
    known.sort_by(|a, b| b.0.total_cmp(&a.0));
    known.into_iter().filter(|(likeness, _)| *likeness > 0.75).take(at_most).map(|(_, other)| other).collect()
}

/// The end of a sentence about a misspelt name: `; did you mean …?`, or nothing.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{nearest, nearest_few};

    #[test]
    fn spelling_case_and_separators() {
        let known = ["scrape_interval", "look_back", "maxReplicas"];
        assert_eq!(nearest("scrape_intervall", known), Some("scrape_interval"));
        assert_eq!(nearest("scrapeInterval", known), Some("scrape_interval"));
        assert_eq!(nearest("max_replicas", known), Some("maxReplicas"));
        assert_eq!(nearest("seed", known), None);
    }

    #[test]
    fn the_most_similar_come_first() {
        let known = ["mixtral-8x7b", "qwen3-8b", "mistral-7b", "llama-3.1-8b"];
        assert_eq!(nearest_few("mixtral", known, 2), ["mixtral-8x7b", "mistral-7b"]);
        assert_eq!(nearest_few("deepseek", known, 9).len(), 0);
    }
}
