"""Sample answers, shipped with the console."""
