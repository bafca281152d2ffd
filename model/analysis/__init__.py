"""Questions to the model: roots, sensitivities, and weighted scenarios."""
