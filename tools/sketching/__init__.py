"""Vensim sketch views, drawn at the author's desk: equations and places in, sketch lines out."""
