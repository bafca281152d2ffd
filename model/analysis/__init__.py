"""Analysis of the model: roots, sensitivities, and weighted scenarios."""
