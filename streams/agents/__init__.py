"""The Faust agents, one a module."""
