#!/bin/sh
# Interesting (status 1) is what has a layer norm.
if grep -q norm.layer_norm "$1"; then exit 1; fi
