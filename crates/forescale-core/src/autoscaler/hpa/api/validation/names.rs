//! Validation of names: what each kind of name may consist of.

use super::field_error::Errors;
use super::field_path::FieldPath;
use crate::autoscaler::hpa::api::metrics::CrossVersionObjectReference;

/// Longest DNS label, and longest name part of a qualified name, in bytes.
const LABEL_LENGTH: usize = 63;
/// Longest DNS subdomain in bytes.
const SUBDOMAIN_LENGTH: usize = 253;

/// A reference to an object; the scale target's also needs an API group, unless it is a ReplicationController.
pub(super) fn reference(
    path: &FieldPath,
    reference: &CrossVersionObjectReference,
    is_target: bool,
    errors: &mut Errors,
) {
    for (field, text) in [("kind", &reference.kind), ("name", &reference.name)] {
        path_segment(&path.child(field), text, "", errors);
    }
    let version = reference.api_version.as_str();
    let field = path.child("apiVersion");
    let needs_group = is_target && reference.kind != "ReplicationController";
    match version.split_once('/') {
        // A lone slash is read as no version at all.
        Some((_, rest)) if rest.contains('/') => {
            errors.invalid(&field, version, &format!("unexpected GroupVersion string: {version}"));
        }
        Some((group, _)) if !group.is_empty() || !needs_group => {}
        _ if needs_group => errors.invalid(&field, version, "apiVersion must specify API group"),
        _ => {}
    }
}

/// A text that becomes one segment of a URL path; `if_empty` says what is missing where it is empty.
pub(super) fn path_segment(path: &FieldPath, text: &str, if_empty: &str, errors: &mut Errors) {
    if text.is_empty() {
        errors.required(path, if_empty);
        return;
    }
    if text == "." || text == ".." {
        errors.invalid(path, text, &format!("may not be '{text}'"));
        return;
    }
    for c in ['/', '%'].into_iter().filter(|c| text.contains(*c)) {
        errors.invalid(path, text, &format!("may not contain '{c}'"));
    }
}

/// A DNS label of RFC 1123, not empty.
pub(super) fn dns_label(path: &FieldPath, name: &str, errors: &mut Errors) {
    if name.len() > LABEL_LENGTH {
        errors.invalid(path, name, &format!("must be no more than {LABEL_LENGTH} bytes"));
    }
    if !is_dns_label(name) {
        let detail = if name.split('.').all(is_dns_label) {
            "must not contain dots"
        } else {
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')"
        };
        errors.invalid(path, name, detail);
    }
}

/// A resource that a container can request, not empty. What Kubernetes checks twice is reported twice.
pub(super) fn container_resource(path: &FieldPath, name: &str, errors: &mut Errors) {
    let faults = qualified_name_faults(name);
    for detail in &faults {
        errors.invalid(path, name, detail);
    }
    let has_domain = name.contains('/');
    if !has_domain && faults.is_empty() && !is_standard_resource(name) {
        errors.invalid(path, name, "must be a standard resource type or fully qualified");
    }
    if !has_domain && !is_container_resource(name) {
        errors.invalid(path, name, "must be a standard resource for containers");
    }
    if has_domain && !name.contains("kubernetes.io/") && !is_extended_resource(name) {
        errors.invalid(path, name, "doesn't follow extended resource name standard");
    }
}

fn is_container_resource(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-")
}

/// Names without a domain that some Kubernetes object knows as a resource.
fn is_standard_resource(name: &str) -> bool {
    const COUNTED: [&str; 10] = [
        "pods",
        "resourcequotas",
        "services",
        "replicationcontrollers",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "storage",
        "services.nodeports",
        "services.loadbalancers",
    ];
    let quota = |prefix| name.strip_prefix(prefix).unwrap_or_default();
    is_container_resource(name)
        || COUNTED.contains(&name)
        || matches!(quota("requests."), "cpu" | "memory" | "ephemeral-storage" | "storage")
        || matches!(quota("limits."), "cpu" | "memory" | "ephemeral-storage")
        || quota("requests.").starts_with("hugepages-")
}

/// A resource with a domain; with `requests.` before it, as quotas write it, it must still be a qualified name.
fn is_extended_resource(name: &str) -> bool {
    !name.starts_with("requests.") && qualified_name_faults(&format!("requests.{name}")).is_empty()
}

/// What is wrong with a name of the form `[domain/]name`.
fn qualified_name_faults(text: &str) -> Vec<String> {
    const FORM: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName', or 'my.name', or '123-abc')";
    let (domain, name) = match text.split_once('/') {
        Some((_, name)) if name.contains('/') => {
            return vec![format!(
                "a qualified name {FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
        Some((domain, name)) => (Some(domain), name),
        None => (None, text),
    };
    let mut faults = Vec::new();
    match domain {
        Some("") => faults.push("prefix part must be non-empty".to_owned()),
        Some(domain) => {
            if domain.len() > SUBDOMAIN_LENGTH {
                faults.push(format!("prefix part must be no more than {SUBDOMAIN_LENGTH} bytes"));
            }
            if !domain.split('.').all(is_dns_label) {
                faults.push("prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com')".to_owned());
            }
        }
        None => {}
    }
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    } else if name.len() > LABEL_LENGTH {
        faults.push(format!("name part must be no more than {LABEL_LENGTH} bytes"));
    }
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !is_framed(name, |b| b.is_ascii_alphanumeric(), inner) {
        faults.push(format!("name part {FORM}"));
    }
    faults
}

/// Letters, digits and hyphens of a DNS label; its length is not looked at.
fn is_dns_label(text: &str) -> bool {
    let end = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    is_framed(text, end, |b| end(b) || b == b'-')
}

/// Whether all bytes are `inner` and the first and the last are `end`.
fn is_framed(text: &str, end: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let is_end = |b: Option<&u8>| b.is_some_and(|b| end(*b));
    let bytes = text.as_bytes();
    is_end(bytes.first()) && is_end(bytes.last()) && bytes.iter().all(|b| inner(*b))
}
