"""Exchange with the laboratory: outbox of results, orders and blood counts, settings."""
