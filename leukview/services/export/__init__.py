"""Export of a slide as JSON, CSV, COCO, CVAT, cell folder or report attachment."""
