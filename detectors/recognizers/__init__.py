"""Recognisers in Presidio's grammar, a folder each country."""
