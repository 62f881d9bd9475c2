"""Review of a slide: session, view, access of readers, amendments, worklist, patient tally, atlas."""
