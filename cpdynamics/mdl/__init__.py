"""Vensim's .mdl file as text: read, looked into, changed in one place, written back."""
