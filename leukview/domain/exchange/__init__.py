"""Values exchanged with the laboratory's systems: results out, orders and blood counts in."""
