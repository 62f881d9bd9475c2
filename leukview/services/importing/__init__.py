"""Import of a slide and of watched folders."""
