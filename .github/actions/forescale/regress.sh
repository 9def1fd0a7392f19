#!/usr/bin/env bash
# `sim regress` as a step of GitHub Actions: annotations, a summary, and reports as files. It runs anywhere; what it reads:
#
#   SIM        the command
#   SCENARIOS  paths and patterns, parted by white space
#   BASELINES  folder of the baselines; may be empty
#   STRICT     `true` to fail where it cannot be told too
#   ARGUMENTS  more arguments, parted by white space; may be empty
#   REPORTS    folder for the reports
#
# It ends with the exit code of `sim regress`.
set -euo pipefail

# Lists in variables: words, which nothing expands.
words=()
read -r -d '' -a words <<<"$SCENARIOS" || true
more=()
read -r -d '' -a more <<<"${ARGUMENTS:-}" || true

scenarios=()
for word in ${words[@]+"${words[@]}"}; do
    found=()
    while IFS= read -r file; do found+=("$file"); done < <(compgen -G "$word" | LC_ALL=C sort)
    if [ "${#found[@]}" -eq 0 ]; then
        # Whoever has renamed a folder is to know that nothing guards it any more.
        echo "::error::no scenario is named by $word"
        exit 2
    fi
    scenarios+=("${found[@]}")
done
if [ "${#scenarios[@]}" -eq 0 ]; then
    echo "::error::no scenario is given"
    exit 2
fi
[ -z "${BASELINES:-}" ] || more+=(--baselines "$BASELINES")
[ "${STRICT:-false}" != true ] || more+=(--strict)

mkdir -p "$REPORTS"
rm -f "$REPORTS"/junit.xml "$REPORTS"/report.sarif "$REPORTS"/summary.md
status=0
"$SIM" regress "${scenarios[@]}" ${more[@]+"${more[@]}"} --annotations \
    --junit "$REPORTS/junit.xml" --sarif "$REPORTS/report.sarif" --markdown "$REPORTS/summary.md" || status=$?

if [ -f "$REPORTS/summary.md" ]; then
    cat "$REPORTS/summary.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
    # With another code not all scenarios were judged.
    if [ "$status" -le 1 ]; then
        verdict=$(sed -n '1s/^### [^ ]* Forescale: \([a-z ]*\):.*/\1/p' "$REPORTS/summary.md")
        echo "verdict=$verdict" >>"${GITHUB_OUTPUT:-/dev/null}"
    fi
    echo "reports=$REPORTS" >>"${GITHUB_OUTPUT:-/dev/null}"
fi
exit "$status"
