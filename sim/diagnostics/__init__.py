"""sim: diagnostic requests in, what the ECUs answer out (ISO 15765-2, ISO 14229, SAE J1979)."""
