"""Use cases: import a slide, analyse it, review it, sign it, report it. The ports of the other rooms are Protocols here."""
