"""Analysis of many slides in several processes."""
