"""A model as one page that opens anywhere: no Python, no server, no network."""

from cpdynamics.offline.page import to_html

__all__ = ["to_html"]
