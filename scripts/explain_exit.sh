#!/usr/bin/env bash
# make reports every failure as 2; this says which code Auriga ended with, and what it means.
set -euo pipefail
case "$1" in
    2) meaning="bad usage or settings" ;;
    3) meaning="a model is missing or changed" ;;
    4) meaning="the vehicle bus cannot be opened" ;;
    5) meaning="no audio device" ;;
    130) exit 0 ;; # Ctrl-C is how a person ends it
    *) meaning="see above" ;;
esac
echo "auriga ended with exit code $1: $meaning." >&2
exit "$1"
