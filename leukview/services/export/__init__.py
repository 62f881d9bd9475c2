"""Export of a slide: record, JSON, CSV, COCO and CVAT, cell archives, report attachments."""
