"""Programs kept by the project: regressions, kernels, and the manifest of what is fetched."""
