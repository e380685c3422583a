"""Pinned models: the manifest, the build, and the sessions that run them."""
