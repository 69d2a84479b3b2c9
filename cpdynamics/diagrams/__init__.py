"""Pictures of a model's structure: stocks and flows, and causal loops."""
