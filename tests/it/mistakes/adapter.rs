//! Rules of prometheus-adapter that cannot work.

use super::case::{ADAPTER, Case, VALUES, slip};

pub(super) fn cases() -> Vec<Case> {
    let slip = |name, file, from, to| slip("Adapter rules", name, file, from, to);
    const SUM: &str =
        "'sum(inference_extension_flow_control_queue_size{inference_pool=\"vllm-llama-3-1-8b\"})'";
    vec![
        slip(
            "`namespaced` under `overrides`",
            VALUES,
            "        namespaced: false",
            "        overrides: { namespaced: false }",
        ),
        slip("another aggregation", VALUES, SUM, "'stddev(inference_extension_flow_control_queue_size)'"),
        slip("a rate", VALUES, SUM, "'rate(inference_extension_flow_control_queue_size[1m])'"),
        slip(
            "a query with an open brace",
            VALUES,
            SUM,
            "'sum(inference_extension_flow_control_queue_size{inference_pool=\"a\")'",
        ),
        slip(
            "a query with an open bracket",
            VALUES,
            SUM,
            "'sum(inference_extension_flow_control_queue_size'",
        ),
        slip(
            "a query with an open text",
            VALUES,
            SUM,
            "'sum(inference_extension_flow_control_queue_size{inference_pool=\"a})'",
        ),
        slip(
            "a query with a wrong operator",
            VALUES,
            SUM,
            "'sum(inference_extension_flow_control_queue_size{inference_pool==\"a\"})'",
        ),
        slip(
            "a query without quotation marks",
            VALUES,
            SUM,
            "'sum(inference_extension_flow_control_queue_size{inference_pool=a})'",
        ),
        slip(
            "a query with a wrong pattern",
            VALUES,
            SUM,
            "'sum(inference_extension_flow_control_queue_size{inference_pool=~\"(a\"})'",
        ),
        slip(
            "a query of an unknown function",
            VALUES,
            SUM,
            "'total(inference_extension_flow_control_queue_size)'",
        ),
        slip("a query that is prose", VALUES, SUM, "the queue size of the pool"),
        slip("a query that is a number", VALUES, SUM, "'1'"),
        slip("a query with a calculation", VALUES, SUM, "'sum(a) / sum(b)'"),
        slip("a template that is not filled", VALUES, SUM, "'sum(<<.Series>>{<<.LabelValuesByName>>})'"),
        slip(
            "series that are an expression",
            VALUES,
            "'inference_extension_flow_control_queue_size{inference_pool!=\"\"}'",
            "'sum(inference_extension_flow_control_queue_size)'",
        ),
        slip(
            "series by a pattern",
            VALUES,
            "'inference_extension_flow_control_queue_size{inference_pool!=\"\"}'",
            "'{__name__=~\"inference_.*\"}'",
        ),
        slip(
            "series that are wrong",
            VALUES,
            "'inference_extension_flow_control_queue_size{inference_pool!=\"\"}'",
            "'inference_extension_flow_control_queue_size{inference_pool!=}'",
        ),
        slip(
            "series that are empty",
            VALUES,
            "'inference_extension_flow_control_queue_size{inference_pool!=\"\"}'",
            "''",
        ),
        slip(
            "a name that is no pattern",
            VALUES,
            "        as: igw_queue_depth",
            "        matches: '^inference_(.*$'\n        as: igw_queue_depth",
        ),
        slip(
            "a name that does not match",
            VALUES,
            "        as: igw_queue_depth",
            "        matches: '^vllm_(.*)$'\n        as: igw_queue_depth",
        ),
        slip(
            "filters of series",
            VALUES,
            "      resources:\n        namespaced: false\n      name:\n        as: igw_queue_depth",
            "      seriesFilters: [{ is: queue }]\n      name:\n        as: igw_queue_depth",
        ),
        slip("a query in a ConfigMap", ADAPTER, SUM, "'stddev(inference_extension_flow_control_queue_size)'"),
    ]
}
