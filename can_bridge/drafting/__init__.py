"""Drafting: a DBC and a recording of somebody's own car come in, a vehicle folder goes out.

words      names of signals -> words
concepts   what is looked for: words, units, plausible values, VSS path
naming     signals of the DBC -> candidates, by name and unit
observing  frames of the recording -> what was seen of each candidate, cycle times, counters
choosing   candidates and what was seen -> the mapping, and why others were left out
writing    the mapping -> vehicle.toml, signals.toml, the DBC; report -> report.md, report.json
"""
