//! The `/metrics` of NVIDIA's exporter of GPU metrics, as far as it is about the GPUs of one pod.
//!
//! A GPU without a pod has series, too, with the exporter's own labels alone; they are not there, since nodes without a pod are not.

use super::series_labels;
use crate::telemetry::dcgm_exporter::DcgmExporter;
use forescale_promql::Labels;

/// All series about a pod's GPUs whose names are wanted: one per GPU, with the same value.
pub(in crate::telemetry) fn dcgm_exporter(
    config: &DcgmExporter,
    pod: &str,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Vec<Labels> {
    const GPU_UTIL: &str = "DCGM_FI_DEV_GPU_UTIL";
    if !is_wanted(GPU_UTIL) {
        return Vec::new();
    }
    let series = |gpu: u32| {
        let index = gpu.to_string();
        let (uuid, device) = (format!("GPU-{pod}-{gpu}"), format!("nvidia{gpu}"));
        let hostname = format!("node-of-{pod}");
        let own = [
            ("gpu", index.as_str()),
            ("UUID", uuid.as_str()),
            ("device", device.as_str()),
            ("modelName", config.model_name.as_str()),
            ("Hostname", hostname.as_str()),
            ("container", config.container.as_str()),
            ("namespace", config.pod_namespace.as_str()),
            ("pod", pod),
        ];
        // Of the exporter's own pod on that node.
        let exporter = format!("dcgm-exporter-of-{pod}");
        series_labels(GPU_UTIL, &own, &config.target_labels, Some(&exporter))
    };
    (0..config.gpus_per_pod).map(series).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_the_target_push_the_pods_own_aside() {
        let config = DcgmExporter { pod_namespace: "llm".to_owned(), ..DcgmExporter::default() };
        let labels = dcgm_exporter(&config, "pod-3", &|_| true);
        let expected = r#"DCGM_FI_DEV_GPU_UTIL{Hostname="node-of-pod-3", UUID="GPU-pod-3-0", container="exporter", device="nvidia0", exported_container="vllm", exported_namespace="llm", exported_pod="pod-3", gpu="0", job="dcgm-exporter", modelName="GPU", namespace="monitoring", pod="dcgm-exporter-of-pod-3"}"#;
        assert_eq!(labels.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        let two = DcgmExporter { gpus_per_pod: 2, ..config };
        assert_eq!(dcgm_exporter(&two, "pod-3", &|_| true).len(), 2);
        assert!(dcgm_exporter(&two, "pod-3", &|_| false).is_empty());
    }
}
