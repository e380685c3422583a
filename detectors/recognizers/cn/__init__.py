"""Mainland China."""
