"""Training of the classifier: losses, distillation, fine-tuning, prediction."""
