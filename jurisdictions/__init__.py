"""Jurisdiction rules as cited data, compiled to three-valued decisions."""
