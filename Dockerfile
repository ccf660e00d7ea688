# A small image of the program with Swift's libraries inside it.
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev libopenblas-dev pkg-config \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build --configuration release --static-swift-stdlib --product ainfera-labs \
  && strip -o /ainfera-labs "$(swift build --configuration release --static-swift-stdlib --show-bin-path)/ainfera-labs"

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 libopenblas0-pthread ca-certificates tzdata \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /ainfera-labs /usr/local/bin/ainfera-labs
USER 65532:65532
ENTRYPOINT ["ainfera-labs"]
