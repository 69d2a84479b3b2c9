#!/bin/sh
# Replays binder/ in a clean virtual environment, in Binder's order, from a copy of the tracked and
# the new files; then says how large it became and how long it took. `repo2docker --no-build` prints
# a Dockerfile and passes with a package that does not exist; this does not.
#
#   tools/binder_replay.sh [PYTHON]      default: python3.11, the version in binder/runtime.txt
set -eu
cd "$(dirname "$0")/.."

python=${1:-python$(sed 's/^python-//' binder/runtime.txt)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
begun=$(date +%s)

# 1. runtime.txt: a Python of that version, and a home of its own.
"$python" -m venv "$work/env"
export HOME="$work/home" PATH="$work/env/bin:$PATH"
unset PYTHONPATH CPDYNAMICS_CACHE XDG_CACHE_HOME 2>/dev/null || true
mkdir -p "$HOME"

# 2. requirements.txt alone, before the repository is there.
cp binder/requirements.txt "$work/requirements.txt"
(cd "$work" && python -m pip install --quiet --no-cache-dir -r requirements.txt)

# 3. The repository, then postBuild in it.
mkdir -p "$HOME/repository"
git ls-files --cached --others --exclude-standard | tar -cf - -T - | tar -xf - -C "$HOME/repository"
cd "$HOME/repository"
binder/postBuild

# 4. What a visitor opens: both notebooks run from top to bottom, and both addresses have a server.
for notebook in notebooks/*.ipynb; do
    jupyter nbconvert --to notebook --execute --stdout "$notebook" >/dev/null
done
python -m voila --version
jupyter server extension list 2>&1 | grep -q 'voila.*enabled\|voila.server_extension.*OK'

python -m pip check
echo "Binder's steps: $(($(date +%s) - begun)) s; environment $(du -sm "$work/env" | cut -f1) MB," \
    "repository $(du -sm "$HOME/repository" | cut -f1) MB."
