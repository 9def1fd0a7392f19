//! Wrong syntax, and keys that stand twice.

use super::case::{
    ADAPTER, BURST, Case, DEPLOYMENT, Edit, HPA, MONITORED, MONITORING, PICKER, VALUES, case, slip,
};

const SYNTAX: &str = "Syntax";
const TWICE: &str = "Duplicate keys";

pub(super) fn cases() -> Vec<Case> {
    [toml(), yaml(), twice()].concat()
}

fn toml() -> Vec<Case> {
    let slip = |name, from, to| slip(SYNTAX, name, BURST, from, to);
    vec![
        slip("TOML: a text without quotation marks", "duration = \"30m\"", "duration = 30m"),
        slip("TOML: a word without quotation marks", "name = \"burst\"", "name = burst"),
        slip("TOML: a time without quotation marks", "image_pull = \"40s\"", "image_pull = 40s"),
        slip("TOML: an open text", "name = \"burst\"", "name = \"burst"),
        slip("TOML: an open text in '…'", "name = \"burst\"", "name = 'burst"),
        slip("TOML: an open text over lines", "name = \"burst\"", "name = \"\"\"burst"),
        slip("TOML: an open list", "[\"manifests/llm-d/\"]", "[\"manifests/llm-d/\""),
        slip("TOML: an open list within a list", "[\"10m\", 8.0]]", "[\"10m\", 8.0]"),
        slip("TOML: an open table", "{ p99 = \"2s\" }", "{ p99 = \"2s\""),
        slip("TOML: an open table header", "[gateway]", "[gateway"),
        slip("TOML: a missing value", "seed = 7", "seed ="),
        slip("TOML: a missing key", "seed = 7", "= 7"),
        slip("TOML: a key alone", "seed = 7", "seed"),
        slip("TOML: a colon in place of `=`", "seed = 7", "seed: 7"),
        slip("TOML: two `=`", "seed = 7", "seed == 7"),
        slip("TOML: a missing comma", "mean = 512, sigma", "mean = 512 sigma"),
        slip("TOML: a missing comma in a list", "[\"0s\", 8.0]", "[\"0s\" 8.0]"),
        slip("TOML: two commas", "mean = 512, sigma", "mean = 512,, sigma"),
        slip("TOML: a number that begins with zero", "seed = 7", "seed = 007"),
        slip("TOML: True", "seed = 7", "seed = True"),
        slip("TOML: a backslash in a text", "\"manifests/llm-d/\"", "\"manifests\\llm-d\""),
        slip("TOML: two things on one line", "seed = 7", "seed = 7 start = 0"),
        slip("TOML: a table over a value", "[telemetry]", "[scenario.seed]\n[telemetry]"),
        slip("TOML: a key with spaces", "inference_pool", "inference pool"),
        case(
            SYNTAX,
            "TOML: YAML in place of TOML",
            BURST,
            &[Edit::Write(BURST, b"scenario:\n  name: burst\n  duration: 30m\n")],
        ),
        case(
            SYNTAX,
            "TOML: lists that are nested without end",
            BURST,
            &[Edit::Make(BURST, "is `a = [[[…`, 100,000 brackets", || {
                format!("a = {}", "[".repeat(100_000)).into_bytes()
            })],
        ),
        case(
            SYNTAX,
            "TOML: a path without end",
            BURST,
            &[Edit::Make(BURST, "is `a.a.a.… = 1`, 20,000 keys", || {
                format!("a{} = 1", ".a".repeat(20_000)).into_bytes()
            })],
        ),
        case(
            SYNTAX,
            "TOML: lines that end with CR LF",
            BURST,
            &[Edit::Make(BURST, "ends its lines with CR LF, and its second key has no value", || {
                b"[scenario]\r\nname = \"burst\"\r\nduration =\r\nseed = 7\r\n".to_vec()
            })],
        ),
        case(
            SYNTAX,
            "TOML: a byte order mark",
            BURST,
            &[Edit::Make(BURST, "begins with a byte order mark, and its first key has no value", || {
                "\u{feff}seed =\n[scenario]\n".as_bytes().to_vec()
            })],
        ),
        case(
            SYNTAX,
            "TOML: escapes of a terminal",
            BURST,
            &[Edit::Make(BURST, "has ESC [31m in a text that is not closed", || {
                b"[scenario]\nname = \"\x1b[31mred\x07\n".to_vec()
            })],
        ),
    ]
}

fn yaml() -> Vec<Case> {
    let slip = |name, file, from, to| slip(SYNTAX, name, file, from, to);
    vec![
        slip("YAML: a tab", HPA, "  minReplicas: 1", "\tminReplicas: 1"),
        slip("YAML: a tab in front of a list item", HPA, "    - type: External", "\t- type: External"),
        slip("YAML: a key too far left", HPA, "  maxReplicas: 3", " maxReplicas: 3"),
        slip("YAML: a key too far right", HPA, "  maxReplicas: 3", "    maxReplicas: 3"),
        slip(
            "YAML: a nested key too far right",
            DEPLOYMENT,
            "      terminationGrace",
            "        terminationGrace",
        ),
        slip("YAML: a nested key too far left", DEPLOYMENT, "          image:", "         image:"),
        slip(
            "YAML: a list item too far left",
            DEPLOYMENT,
            "            - --port=8000",
            "           - --port=8000",
        ),
        slip(
            "YAML: a list item further left than its list",
            PICKER,
            "  - type: max-score-picker",
            " - type: max-score-picker",
        ),
        slip(
            "YAML: a list item further right than its list",
            PICKER,
            "  - type: max-score-picker",
            "   - type: max-score-picker",
        ),
        slip(
            "YAML: a list item of several lines too far right",
            HPA,
            "    - type: External\n      external:\n        metric:\n          name: igw_running",
            "      - type: External\n        external:\n        metric:\n          name: igw_running",
        ),
        slip("YAML: an open bracket", PICKER, "[flowControl]", "[flowControl"),
        slip("YAML: an open brace", DEPLOYMENT, "{ nvidia.com/gpu: \"1\" }", "{ nvidia.com/gpu: \"1\""),
        slip("YAML: a bracket too many", PICKER, "[flowControl]", "[flowControl]]"),
        slip("YAML: the wrong bracket", PICKER, "[flowControl]", "[flowControl}"),
        slip("YAML: an open text", HPA, "value: \"250\"", "value: \"250"),
        slip(
            "YAML: an open text in '…'",
            VALUES,
            "pool=\"vllm-llama-3-1-8b\"})'",
            "pool=\"vllm-llama-3-1-8b\"})",
        ),
        slip("YAML: no space after the colon", HPA, "minReplicas: 1", "minReplicas:1"),
        slip("YAML: no colon", HPA, "minReplicas: 1", "minReplicas 1"),
        slip("YAML: a `=` in place of the colon", HPA, "minReplicas: 1", "minReplicas = 1"),
        slip("YAML: a colon in a text", HPA, "name: igw_queue_depth", "name: igw: queue_depth"),
        slip("YAML: a text that begins with `@`", HPA, "name: igw_queue_depth", "name: @igw_queue_depth"),
        slip("YAML: a text that begins with `%`", HPA, "name: igw_queue_depth", "name: %igw_queue_depth"),
        slip("YAML: a label of Helm", HPA, "minReplicas: 1", "minReplicas: {{ .Values.minReplicas }}"),
        slip(
            "YAML: an `if` of Helm",
            HPA,
            "  minReplicas: 1",
            "  {{- if .Values.min }}\n  minReplicas: 1\n  {{- end }}",
        ),
        slip("YAML: an alias without an anchor", HPA, "minReplicas: 1", "minReplicas: *least"),
        slip("YAML: something after a text", HPA, "value: \"250\"", "value: \"250\" requests"),
        slip("YAML: a comma after a value", DEPLOYMENT, "[\"vllm\", \"serve\"]", "[\"vllm\" \"serve\"]"),
        slip("YAML: an escape that does not exist", HPA, "value: \"250\"", "value: \"\\d50\""),
        slip(
            "YAML: in a ConfigMap",
            ADAPTER,
            "        resources:\n          namespaced: false\n",
            "        resources:\n          namespaced: [false\n",
        ),
        slip(
            "YAML: a list item too far right in a ConfigMap",
            ADAPTER,
            "      - seriesQuery: 'inference_objective",
            "       - seriesQuery: 'inference_objective",
        ),
        slip(
            "YAML: a text in the middle of a mapping",
            MONITORING,
            "  selector: { app: vllm-llama-3-1-8b }\n",
            "  selector: { app: vllm-llama-3-1-8b }\n  the port of vLLM\n",
        ),
        slip("YAML: a merge of something else", HPA, "  minReplicas: 1", "  <<: 1\n  minReplicas: 1"),
        case(
            SYNTAX,
            "YAML: a document that is a text",
            MONITORED,
            &[Edit::Write(MONITORING, b"just a text\n")],
        ),
        case(SYNTAX, "YAML: a document that is a list", MONITORED, &[Edit::Write(MONITORING, b"- a\n- b\n")]),
        case(
            SYNTAX,
            "YAML: TOML in place of YAML",
            MONITORED,
            &[Edit::Write(MONITORING, b"[scenario]\nname = \"burst\"\n")],
        ),
        case(
            SYNTAX,
            "YAML: documents without content, and one that is wrong",
            MONITORED,
            &[Edit::Write(MONITORING, b"---\n---\n# nothing\n---\nkind: [\n---\n")],
        ),
        case(
            SYNTAX,
            "YAML: lists that are nested without end",
            MONITORED,
            &[Edit::Make(MONITORING, "is `a: [[[…`, 100,000 brackets", || {
                format!("a: {}", "[".repeat(100_000)).into_bytes()
            })],
        ),
        case(
            SYNTAX,
            "YAML: lists that are nested without end, as lines",
            MONITORED,
            &[Edit::Make(MONITORING, "is `- - - …`, 100,000 dashes", || "- ".repeat(100_000).into_bytes())],
        ),
        case(
            SYNTAX,
            "YAML: aliases that multiply each other",
            MONITORED,
            &[Edit::Make(MONITORING, "is 20 lists, each of ten times the one before", || {
                let mut text = "a0: &a0 lol\n".to_owned();
                for n in 1..20 {
                    let alias = format!("*a{}", n - 1);
                    text += &format!("a{n}: &a{n} [{}]\n", vec![alias; 10].join(", "));
                }
                text.into_bytes()
            })],
        ),
        case(
            SYNTAX,
            "YAML: JSON on one long line",
            MONITORED,
            &[Edit::Make(
                MONITORING,
                "is JSON on one line of 8,000 characters, with an open list near its end",
                || {
                    let item = "{\"name\":\"http\",\"port\":8000},";
                    let ports = item.repeat(290);
                    format!("{{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"spec\":{{\"ports\":[{ports}{{\"name\":\"last\"}}}}}}\n").into_bytes()
                },
            )],
        ),
        case(
            SYNTAX,
            "YAML: lines that end with CR LF",
            MONITORED,
            &[Edit::Make(MONITORING, "ends its lines with CR LF, and its second key has no colon", || {
                b"apiVersion: v1\r\nkind Service\r\nmetadata:\r\n  name: a\r\n".to_vec()
            })],
        ),
    ]
}

fn twice() -> Vec<Case> {
    let slip = |name, file, from, to| slip(TWICE, name, file, from, to);
    vec![
        slip("a key of TOML", BURST, "seed = 7", "seed = 7\nseed = 8"),
        slip("a key of a TOML table in one line", BURST, "sigma = 0.8 }", "sigma = 0.8, mean = 3 }"),
        slip("a table header", BURST, "[slo]", "[telemetry]\n[slo]"),
        slip(
            "a table header, and a key with dots",
            BURST,
            "[slo]",
            "[cluster.cold_start]\nengine = \"1s\"\n[slo]",
        ),
        slip(
            "a key of another table with the same name",
            BURST,
            "inference_pool = \"vllm-llama-3-1-8b\"",
            "inference_pool = \"a\"\ninference_pool = \"b\"",
        ),
        slip("a key of YAML", HPA, "  maxReplicas: 3", "  maxReplicas: 3\n  maxReplicas: 5"),
        slip("a mapping of YAML", HPA, "  behavior:", "  scaleTargetRef: {}\n  behavior:"),
        slip(
            "a key in a ConfigMap",
            ADAPTER,
            "          as: igw_queue_depth",
            "          as: igw_queue_depth\n          as: depth",
        ),
    ]
}
