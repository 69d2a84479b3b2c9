#!/bin/sh
# Makes a virtual environment in the folder given, with PYTHON or with the first Python from 3.11 to
# 3.13 that answers. Called by the Makefile; says in one line what is missing where it cannot.
set -eu

folder=$1

# An interpreter counts only if it runs: pyenv's stand-ins exist for versions that are switched off.
fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if ! fits "$PYTHON"; then
        echo "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13." >&2
        echo "Name one that is: make demo PYTHON=python3.12" >&2
        exit 2
    fi
    chosen=$PYTHON
else
    chosen=
    for candidate in python3 python3.13 python3.12 python3.11 python; do
        if fits "$candidate"; then
            chosen=$candidate
            break
        fi
    done
    if [ -z "$chosen" ]; then
        echo "No Python 3.11, 3.12 or 3.13 was found on this machine." >&2
        echo "Install one, then say where it is: make demo PYTHON=/path/to/python3.12" >&2
        exit 2
    fi
fi

echo "Making $folder with $("$chosen" --version)."
if ! "$chosen" -m venv --clear "$folder" || ! "$folder/bin/python" -m pip --version >/dev/null; then
    rm -rf "$folder"
    version=$("$chosen" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$chosen cannot make a virtual environment with pip in it." >&2
    echo "On Debian and Ubuntu: sudo apt install python$version-venv" >&2
    exit 2
fi
