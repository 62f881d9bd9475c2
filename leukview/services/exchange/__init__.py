"""Use cases of the exchange with the laboratory's systems."""
