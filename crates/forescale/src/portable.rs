//! Warnings for files.

use std::path::Path;

/// The warning with paths relative to the scenario, so that files do not depend on where the command was called.
pub(crate) fn portable(warning: &str, scenario: &Path) -> String {
    let Some(folder) = scenario.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return warning.to_owned();
    };
    let prefix = folder.join("").display().to_string();
    let (mut text, mut rest) = (String::new(), warning);
    while let Some((before, after)) = rest.split_once(&prefix) {
        text.push_str(before);
        let begins_a_path = text.chars().next_back().is_none_or(|c| c.is_whitespace() || "(`\"'".contains(c));
        text.push_str(if begins_a_path { "" } else { &prefix });
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_names_files_as_the_scenario_does() {
        let warning =
            |prefix| format!("so the HPA in {prefix}m/hpa.yaml ({prefix}m) is not used for meta/a/b");
        for prefix in ["", "a/", "../a/", "/w/a/"] {
            let scenario = format!("{prefix}x.toml");
            assert_eq!(portable(&warning(prefix), Path::new(&scenario)), warning(""), "{prefix}");
        }
    }
}
