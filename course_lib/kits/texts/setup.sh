#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: it makes the course's environment.
set -euo pipefail
cd "${AUTOGRADER_ROOT:-/autograder}/source"

find_python() {  # the newest here that can run the course and make an environment
    local python
    for python in python3.14 python3.13 python3.12 python3.11 python3; do
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
        then
            echo "$python"
            return
        fi
    done
    return 1
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

libraries=$(ldconfig -p)
if [[ $libraries != *libseccomp.so.2* ]] || ! find_python >/dev/null; then
    apt-get update -qq
    install libseccomp2  # the jail of student code needs it
    if ! find_python >/dev/null; then
        for version in 3.13 3.12 3.11; do
            if install "python$version" "python$version-venv"; then break; fi
        done
    fi
fi

if ! python=$(find_python); then
    echo "setup.sh: there is no Python 3.11 or newer here; choose the image Ubuntu 22.04 or newer" >&2
    exit 1
fi
"$python" course.py --help >/dev/null
