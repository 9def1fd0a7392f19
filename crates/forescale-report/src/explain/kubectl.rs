//! The words and layouts of `kubectl get hpa` and `kubectl describe hpa`.

use super::events::EventCount;
use super::instant::{Get, MetricLine};
use crate::json::{CurrentMetric, Hpa, HpaObject, MetricEntry, Rules};
use crate::page::{Line, Page, Tone};
use unicode_width::UnicodeWidthStr;

/// What kubectl prints for a metric without a value.
const UNKNOWN: &str = "<unknown>";

/// How many metrics fit in the column TARGETS.
const TARGETS: usize = 2;

/// The status of a metric.
pub(super) fn current(hpa: Option<&Hpa>, index: usize) -> Option<&CurrentMetric> {
    hpa.and_then(|hpa| hpa.current_metrics.get(index))
}

fn or_unknown(text: Option<String>) -> String {
    text.unwrap_or_else(|| UNKNOWN.to_owned())
}

/// The column TARGETS: `812/250, 31/250 (avg)`, `<unknown>/250, 1/2 + 1 more...`
pub(super) fn targets(metrics: &[MetricEntry], hpa: Option<&Hpa>) -> String {
    let target = |(index, metric): (usize, &MetricEntry)| {
        let status = current(hpa, index);
        let average = || or_unknown(status.and_then(|it| it.average_value.clone()));
        let percent = || status.and_then(|it| it.average_utilization_percent).map(|it| format!("{it}%"));
        let (kind, target) = (metric.r#type.as_str(), metric.target.as_str());
        match (kind, metric.target_type.as_str()) {
            ("Resource" | "ContainerResource", "Utilization") => {
                format!("{}: {}/{target}", metric.name, or_unknown(percent()))
            }
            ("Resource" | "ContainerResource", _) => format!("{}: {}/{target}", metric.name, average()),
            ("Pods", _) => format!("{}/{target}", average()),
            (_, "AverageValue") => format!("{}/{target} (avg)", average()),
            _ => format!("{}/{target}", or_unknown(status.and_then(|it| it.value.clone()))),
        }
    };
    let shown: Vec<String> = metrics.iter().enumerate().take(TARGETS).map(target).collect();
    match metrics.len() {
        0 => "<none>".to_owned(),
        all if all > TARGETS => format!("{} + {} more...", shown.join(", "), all - TARGETS),
        _ => shown.join(", "),
    }
}

/// `"igw_queue_depth" (target value)`
pub(super) fn metric_title(metric: &MetricEntry) -> String {
    let MetricEntry { name, target_type, .. } = metric;
    let of = metric.of.as_deref().unwrap_or_default();
    let wanted = if target_type == "AverageValue" { "target average value" } else { "target value" };
    let percent = if target_type == "Utilization" { "  (as a percentage of request)" } else { "" };
    match metric.r#type.as_str() {
        "Pods" => format!("\"{name}\" on pods"),
        "Object" => format!("\"{name}\" on {of} ({wanted})"),
        "Resource" => format!("resource {name} on pods{percent}"),
        "ContainerResource" => format!("resource {name} of container \"{of}\" on pods{percent}"),
        _ => format!("\"{name}\" ({wanted})"),
    }
}

/// A metric's value as `kubectl describe` prints it: `812`, `80% (400m)`.
pub(super) fn described(metric: &MetricEntry, status: Option<&CurrentMetric>) -> String {
    let value = status.and_then(|it| it.value.clone());
    let average = status.and_then(|it| it.average_value.clone());
    let percent = status.and_then(|it| it.average_utilization_percent);
    or_unknown(match (percent, average) {
        (Some(percent), Some(average)) => Some(format!("{percent}% ({average})")),
        (_, average) if metric.target_type == "AverageValue" => average,
        _ => value,
    })
}

/// An age as kubectl prints it: `75s`, `3m20s`, `12m`, `3h5m`, `2d`.
pub(super) fn age(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let pair = |whole: u64, unit: &str, rest: u64, part: &str| match rest {
        0 => format!("{whole}{unit}"),
        rest => format!("{whole}{unit}{rest}{part}"),
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        _ if minutes < 10 => pair(minutes, "m", seconds % 60, "s"),
        _ if minutes < 180 => format!("{minutes}m"),
        _ if hours < 8 => pair(hours, "h", minutes % 60, "m"),
        _ if hours < 48 => format!("{hours}h"),
        _ if days < 8 => pair(days, "d", hours % 24, "h"),
        _ => format!("{days}d"),
    }
}

/// `kubectl get hpa`; where the terminal is too narrow, columns that do not fit stand below.
pub(super) fn write_get(get: &Get, page: &mut Page) {
    let cells = [
        ("NAME", get.name.clone()),
        ("REFERENCE", get.reference.clone()),
        ("TARGETS", get.targets.clone()),
        ("MINPODS", get.min_pods.to_string()),
        ("MAXPODS", get.max_pods.to_string()),
        ("REPLICAS", get.replicas.to_string()),
        ("AGE", get.age.clone()),
    ];
    let (mut head, mut row) = (String::new(), String::new());
    for (title, cell) in cells {
        let width = title.width().max(cell.width());
        if !head.is_empty() && head.width() + width > page.width() {
            write_row(&head, &row, page);
            (head, row) = (String::new(), String::new());
        }
        head += &padded(title, width + 3);
        row += &padded(&cell, width + 3);
    }
    write_row(&head, &row, page);
}

/// Without the blanks that pad the last column, which would be a line of their own where the row just fits.
fn write_row(head: &str, row: &str, page: &mut Page) {
    page.push_wrapped(Line::default().with(Tone::Faint, head.trim_end()), 2);
    page.push_wrapped(Line::plain(row.trim_end()), 2);
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// `kubectl describe hpa`.
pub(super) fn write_describe(
    object: &HpaObject,
    metrics: &[MetricLine],
    hpa: Option<&Hpa>,
    events: &[EventCount],
    at_s: f64,
    page: &mut Page,
) {
    let mut head = vec![
        ("Name:".to_owned(), object.name.clone()),
        ("Namespace:".to_owned(), object.namespace.clone()),
        ("Reference:".to_owned(), object.reference.clone()),
        ("Metrics:".to_owned(), "( current / target )".to_owned()),
    ];
    head.extend(
        metrics.iter().map(|it| (format!("  {}:", it.metric), format!("{} / {}", it.current, it.target))),
    );
    head.push(("Min replicas:".to_owned(), object.min_replicas.to_string()));
    head.push(("Max replicas:".to_owned(), object.max_replicas.to_string()));
    write_fields(&head, page);
    if let Some(behavior) = &object.behavior {
        page.push(Line::plain("Behavior:"));
        write_rules("Scale Up", &behavior.scale_up, page);
        write_rules("Scale Down", &behavior.scale_down, page);
    }
    let kind = object.reference.split('/').next().unwrap_or_default();
    let (current, desired) = hpa.map_or((0, 0), |hpa| (hpa.current_replicas, hpa.desired_replicas));
    write_fields(&[(format!("{kind} pods:"), format!("{current} current / {desired} desired"))], page);
    let conditions = hpa.map_or(&[][..], |hpa| &hpa.conditions);
    if !conditions.is_empty() {
        page.push(Line::plain("Conditions:"));
        let rows = conditions
            .iter()
            .map(|it| [&it.r#type, &it.status, &it.reason, &it.message].map(String::clone).to_vec());
        write_table(&["Type", "Status", "Reason", "Message"], rows.collect(), page);
    }
    if events.is_empty() {
        return write_fields(&[("Events:".to_owned(), "<none>".to_owned())], page);
    }
    page.push(Line::plain("Events:"));
    let row = |event: &EventCount| {
        let last = age(at_s - event.last_s);
        let when = match event.count {
            1 => last,
            count => format!("{last} (x{count} over {})", age(at_s - event.first_s)),
        };
        let from = "horizontal-pod-autoscaler".to_owned();
        vec![event.r#type.clone(), event.reason.clone(), when, from, event.message.clone()]
    };
    write_table(&["Type", "Reason", "Age", "From", "Message"], events.iter().map(row).collect(), page);
}

/// Names and values, the values below each other.
fn write_fields(fields: &[(String, String)], page: &mut Page) {
    let width = fields.iter().map(|(name, _)| name.width()).max().unwrap_or(0) + 2;
    for (name, value) in fields {
        page.push_wrapped(Line::plain(&padded(name, width)).with(Tone::Plain, value), 4);
    }
}

fn write_rules(direction: &str, rules: &Rules, page: &mut Page) {
    let mut line = |text: String| page.push_wrapped(Line::plain(&text), 8);
    line(format!("  {direction}:"));
    if let Some(seconds) = rules.stabilization_window_s {
        line(format!("    Stabilization Window: {seconds} seconds"));
    }
    if let Some(tolerance) = &rules.tolerance {
        line(format!("    Tolerance: {tolerance}"));
    }
    line(format!("    Select Policy: {}", rules.select_policy));
    line("    Policies:".to_owned());
    for policy in &rules.policies {
        let (kind, value, period) = (&policy.r#type, policy.value, policy.period_s);
        line(format!("      - Type: {kind}  Value: {value}  Period: {period} seconds"));
    }
}

/// A table in kubectl's manner, its last column wrapped.
fn write_table(titles: &[&str], rows: Vec<Vec<String>>, page: &mut Page) {
    let rule = titles.iter().map(|title| "-".repeat(title.len())).collect();
    let mut all = vec![titles.iter().map(|title| (*title).to_owned()).collect(), rule];
    all.extend(rows);
    let widths: Vec<usize> = (0..titles.len())
        .map(|column| all.iter().filter_map(|row: &Vec<String>| row.get(column)).map(|it| it.width()).max())
        .map(|width| width.unwrap_or(0) + 2)
        .collect();
    let last = titles.len().saturating_sub(1);
    let indent = 2 + widths.iter().take(last).sum::<usize>();
    let indent = if indent * 2 > page.width() { 6 } else { indent };
    for row in &all {
        let cells = row.iter().zip(&widths).enumerate();
        let text = cells.map(|(column, (cell, width))| match column == last {
            true => cell.clone(),
            false => padded(cell, *width),
        });
        page.push_wrapped(Line::plain(&format!("  {}", text.collect::<String>())), indent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_in_kubectl() {
        let ages = [0.0, 119.9, 120.0, 599.0, 600.0, 10_799.0, 10_800.0, 28_799.0, 172_800.0, 180_000.0, 1e9];
        let texts = ["0s", "119s", "2m", "9m59s", "10m", "179m", "3h", "7h59m", "2d", "2d2h", "11574d"];
        assert_eq!(ages.map(age), texts);
    }

    fn metric(r#type: &str, name: &str, target_type: &str, target: &str) -> MetricEntry {
        let [r#type, name, target_type, target] = [r#type, name, target_type, target].map(str::to_owned);
        MetricEntry { r#type, name, of: Some("Service/web".to_owned()), target_type, target }
    }

    #[test]
    fn targets_and_titles_are_those_of_kubectl() {
        let metrics = [
            metric("External", "queue", "Value", "250"),
            metric("External", "running", "AverageValue", "250"),
            metric("Resource", "cpu", "Utilization", "80%"),
        ];
        assert_eq!(targets(&metrics[..2], None), "<unknown>/250, <unknown>/250 (avg)");
        assert_eq!(targets(&metrics, None), "<unknown>/250, <unknown>/250 (avg) + 1 more...");
        assert_eq!(targets(&metrics[2..], None), "cpu: <unknown>/80%");
        assert_eq!(targets(&[], None), "<none>");
        assert_eq!(
            metrics.each_ref().map(metric_title),
            [
                "\"queue\" (target value)",
                "\"running\" (target average value)",
                "resource cpu on pods  (as a percentage of request)",
            ]
        );
        assert_eq!(
            metric_title(&metric("Object", "hits", "Value", "2")),
            "\"hits\" on Service/web (target value)"
        );
    }
}
