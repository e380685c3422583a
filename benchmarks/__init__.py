"""One script for each claim in the README; method in README.md."""
