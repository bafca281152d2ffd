"""Pictures of sensitivities and simulations."""
