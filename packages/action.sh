#!/usr/bin/env bash
# What the GitHub Action runs: the command with its reports, a summary on the job's page, and the
# names of the reports as outputs. It ends as the command does; a plan with something to do fails only
# if a tenant is blocked, or if the arguments have --exit-code.
set -uo pipefail

case $COMMAND in
  drift) options=(--format github --report "junit:$REPORTS/drift.xml") ;;
  plan) options=(--format text --exit-code) ;;
  *)
    echo "::error::The input command is drift or plan, not '$COMMAND'. Nothing was done."
    exit 1
    ;;
esac
if [ -z "$DATABASE_URL" ]; then
  echo "::error::The input database-url is empty; a pull request from a fork gets no secrets. Nothing was done."
  exit 1
fi
mkdir -p "$REPORTS" || exit 1
rm -f "$REPORTS/drift.xml"
for kind in html json sarif markdown; do
  rm -f "$REPORTS/$COMMAND.$kind"
  options+=(--report "$kind:$REPORTS/$COMMAND.$kind")
done
asked=
while IFS= read -r argument; do
  argument=${argument%$'\r'}
  [ "$argument" != --exit-code ] || asked=yes
  [ -z "$argument" ] || options+=("$argument")
done <<< "$ARGUMENTS"

diffapply "$COMMAND" "${options[@]}"
code=$?
[ "$COMMAND" != plan ] || [ "$code" != 2 ] || [ -n "$asked" ] || code=0

echo "exit-code=$code" >> "$GITHUB_OUTPUT"
for kind in html json sarif; do
  [ ! -f "$REPORTS/$COMMAND.$kind" ] || echo "$kind=$REPORTS/$COMMAND.$kind" >> "$GITHUB_OUTPUT"
done
[ ! -f "$REPORTS/$COMMAND.markdown" ] || cat "$REPORTS/$COMMAND.markdown" >> "$GITHUB_STEP_SUMMARY"
exit "$code"
