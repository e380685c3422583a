"""Text → findings: the incremental scan, the recognisers, provenance, redaction. Pure."""
