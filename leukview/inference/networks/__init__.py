"""Network definitions. All modules except `config` import torch."""
