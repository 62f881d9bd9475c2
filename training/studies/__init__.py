"""Studies: baselines, active learning, CAM localisation, inference speed."""
