"""sim: a scenario in, the CAN frames of a virtual car out; usable alone, knows nothing of Auriga.

    python -m sim parked --vehicle aster --bus unix:aster

It shares a vehicle's DBC files with the receiving side and no code, so that a mapping error cannot
cancel itself out: packing, counters and checksums here are its own.
"""
