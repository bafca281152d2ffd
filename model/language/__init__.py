"""The language in which a model is declared: units, periods, nodes, declarations and their vocabulary."""
