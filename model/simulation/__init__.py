"""Monte Carlo simulation: distributions, draws, tallies and results."""
