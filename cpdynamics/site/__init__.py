"""The stories, the models' page and the notebooks as a folder of pages for a server or a stick."""

from cpdynamics.site.building import write_site

__all__ = ["write_site"]
