# Sourced by the scripts beside it: where the program is.

# Prints the path of the program: LABS_BINARY where it is set, else what is built here now.
labs_program() {
  if [ -n "${LABS_BINARY:-}" ]; then
    echo "$LABS_BINARY"
    return
  fi
  Jobs/setup
  swift build --configuration release --product ainfera-labs >&2
  echo "$(swift build --configuration release --show-bin-path)/ainfera-labs"
}
