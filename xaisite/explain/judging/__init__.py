"""Judging explanations: curves, agreement, stability, randomisation, shares of known regions."""
