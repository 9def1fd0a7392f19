//! Sweeps that cannot be; what their values would do to the scenario is told where they are run.

use super::case::{BURST, Case, Edit, case};

pub(super) fn cases() -> Vec<Case> {
    let sweep = |name: &str, text| case("Sweeps", name, BURST, &[Edit::Append(BURST, text)]);
    vec![
        sweep("no path", "\n[sweep]\nsample.sobol = { points = 8 }\n"),
        sweep("no table", "\n[[sweep]]\nhpa.maxReplicas = [3, 5]\n"),
        sweep("a key that is no path", "\n[sweep]\n\"hpa..maxReplicas\" = [3, 5]\n"),
        sweep("one value", "\n[sweep]\nhpa.maxReplicas = 3\n"),
        sweep("an empty list", "\n[sweep]\nhpa.maxReplicas = []\n"),
        sweep("a range without a number of values", "\n[sweep]\nhpa.maxReplicas = { linear = [1, 9] }\n"),
        sweep("a range of one value", "\n[sweep]\nhpa.maxReplicas = { linear = [1, 9], n = 1 }\n"),
        sweep("a range with one end", "\n[sweep]\nhpa.maxReplicas = { linear = [9], n = 3 }\n"),
        sweep("a range of nothing", "\n[sweep]\nhpa.maxReplicas = { linear = [9, 9], n = 3 }\n"),
        sweep(
            "a range of two kinds",
            "\n[sweep]\nhpa.maxReplicas = { linear = [1, 9], log = [1, 9], n = 3 }\n",
        ),
        sweep("a range from 0 by equal ratios", "\n[sweep]\nhpa.maxReplicas = { log = [0, 9], n = 3 }\n"),
        sweep("two units", "\n[sweep]\ntelemetry.scrape_interval = { linear = [\"15s\", \"1m\"], n = 3 }\n"),
        sweep(
            "an end with several units",
            "\n[sweep]\nscenario.duration = { linear = [\"1h30m\", \"2h\"], n = 3 }\n",
        ),
        sweep("a range of words", "\n[sweep]\ngateway.release = { linear = [\"a\", \"b\"], n = 3 }\n"),
        sweep("an unknown key of a range", "\n[sweep]\nhpa.maxReplicas = { linear = [1, 9], steps = 3 }\n"),
        sweep("an unknown design", "\n[sweep]\nhpa.maxReplicas = [3, 5]\nsample.sobel = { points = 8 }\n"),
        sweep(
            "points that are no number",
            "\n[sweep]\nhpa.maxReplicas = [3, 5]\nsample.sobol = { points = \"many\" }\n",
        ),
    ]
}
