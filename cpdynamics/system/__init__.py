"""The equations of a model, ready to run."""
