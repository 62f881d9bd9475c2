"""Studies beside training: baselines, active learning, map localisation, inference speed."""
