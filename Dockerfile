# A small image of the program with Swift's libraries inside it. To build one that is labelled and named:
#   docker build --build-arg VERSION=1.0.0 --build-arg REVISION="$(git rev-parse HEAD)" --tag registry.example.com/ainfera-labs:1.0.0 .
# The bases are named by exact tags. Who builds images that others trust adds the digest that `docker buildx imagetools
# inspect TAG` prints.
FROM swift:6.3.1-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
  && apt-get install -y --no-install-recommends libpq-dev=15.* libopenblas-dev=0.3.21* pkg-config=1.8.* \
    python3=3.11.* zlib1g-dev=1:1.2.13.* \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
ARG VERSION=0.0.0
RUN Jobs/release "$VERSION" /release && tar -xzf /release/*.tar.gz -C /opt

FROM debian:bookworm-20250520-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ainfera-labs" \
  org.opencontainers.image.description="The offline training worker of a gateway that routes calls among language models" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.base.name="docker.io/library/debian:bookworm-20250520-slim"
# The newest of a version that Debian maintains: an exact one is gone from the archive with the next security update.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates=20* libopenblas0-pthread=0.3.21* libpq5=15.* \
    tzdata=20* zlib1g=1:1.2.13.* \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/ainfera-labs /opt/ainfera-labs
RUN ln -s /opt/ainfera-labs/ainfera-labs /usr/local/bin/ainfera-labs
USER 65532:65532
ENTRYPOINT ["ainfera-labs"]
