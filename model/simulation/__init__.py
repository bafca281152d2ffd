"""Monte Carlo simulation: distributions, draws, statistics and results."""
