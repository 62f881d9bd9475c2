"""Use cases: import a slide, analyse it, review it, sign it, report it. The other rooms' ports are Protocols here."""
