"""Review of slides: session, view, access of readers, worklist, reference atlas."""
