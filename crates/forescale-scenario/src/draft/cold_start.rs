//! What a new pod goes through, by published figures.

/// The lines of `[cluster.cold_start]`, for a model of so many billions of parameters.
pub(super) fn lines(billions: f64) -> String {
    // Two bytes per parameter; models of less than a billion need the fraction.
    let gigabytes = (billions * 20.0).round() / 10.0;
    // Compile and capture grow with the layers, not with the parameters; figures exist for small and for large models.
    let (compile, engine, model) = match billions {
        small if small <= 20.0 => (23, 4, "a 7B model on an H100 (vllm-startup-profiler)"),
        _ => (61, 20, "a 70B model on four H100 (Anyscale's ray-serve examples)"),
    };
    format!(
        "# GUESS: all of them, from published measurements; your own start-up logs are better. Phases that are not given take no time.
# A new node, where none is free: 284 s to be there and 126 s to be usable (KAITO issue 2325, A100 on Azure).
# node = \"7m\"
# 5.6 GB at 55 MB/s (KAITO issue 2325); about 20 s where images are streamed, nothing where they are cached.
image_pull = \"101s\"
# Container and Python (Anyscale's ray-serve examples); 9 s from a warm disk (vllm-startup-profiler).
bootstrap = \"21s\"
# bf16 weights, downloaded and loaded at 0.9 GB/s (KAITO issue 2325); 0.5 GB/s from a cold local disk (vllm-startup-profiler).
weights = {{ size = \"{gigabytes}GB\", rate = \"0.9GB/s\" }}
# torch.compile without its cache, and KV profiling with the capture of CUDA graphs: {model}.
compile = \"{compile}s\"
engine = \"{engine}s\"
"
    )
}
