# The image of the stream publisher. scripts/image builds it, and so does `docker build .`;
# docs/container.md tells how to run it.
#
# Both bases are Debian 12 or something made from it; they may be your own. A release names them by
# digest (docs/release.md).
ARG BUILD_BASE=debian:bookworm-slim
ARG RUNTIME_BASE=debian:bookworm-slim

# All secrets are optional. scripts/image fills them from the machine that builds, where it has such
# files: apt (settings, by APT_CONFIG), ca (certificates, PEM), java-ca (the same, as a Java trust
# store), pip (settings), maven (settings.xml). None of them becomes part of an image.

FROM ${BUILD_BASE} AS tools
# A slim base may lack the folder in which Java's packages make links.
RUN --mount=type=secret,id=apt,mode=0444 --mount=type=secret,id=ca,mode=0444 \
    export APT_CONFIG=/run/secrets/apt DEBIAN_FRONTEND=noninteractive \
 && mkdir -p /usr/share/man/man1 \
 && apt-get update -qq \
 && apt-get install -qq -o Dpkg::Use-Pty=0 --yes --no-install-recommends \
        ca-certificates maven openjdk-17-jdk-headless python3-pip python3-venv >/dev/null
WORKDIR /build


FROM tools AS java
# All of Java SE, and what is found by name at run time, which no tool can see: elliptic curves for
# TLS, Unsafe for protobuf and Netty. Debian's own runtime, with the libraries of a desktop that it
# wants, would take four times the space.
RUN jlink --output /opt/stream-publisher/java \
        --add-modules java.se,jdk.crypto.ec,jdk.management,jdk.net,jdk.unsupported \
        --compress=2 --strip-java-debug-attributes --no-header-files --no-man-pages \
 && dpkg-query --show --showformat 'java\t${source:Package}\t${source:Version}\t${Architecture}\n' \
        openjdk-17-jdk-headless >/opt/stream-publisher/java/package
COPY daemon/pom.xml daemon/jars.sha256 daemon/
COPY daemon/src/main daemon/src/main
COPY scripts/jars scripts/
RUN --mount=type=secret,id=maven,target=/root/.m2/settings.xml \
    --mount=type=secret,id=java-ca,target=/etc/ssl/certs/java/cacerts \
    --mount=type=cache,target=/root/.m2/repository \
    scripts/jars \
 && mv daemon/target/jars /opt/stream-publisher/jars


FROM tools AS python
# Where the build of kclpy reads its jars. Nothing runs them, and this address gives it names alone.
ARG KCL_MVN_REPO_SEARCH_URL=data:,
# For Python itself; pip's own settings may name a file that is only on the building machine.
ARG SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
ARG PIP_CERT=/etc/ssl/certs/ca-certificates.crt
ARG PIP_DISABLE_PIP_VERSION_CHECK=1
ARG PIP_ROOT_USER_ACTION=ignore
# The environment has no pip of its own: nothing is to be installed there later.
RUN python3 -m venv --without-pip /opt/stream-publisher/venv
COPY requirements/build.txt requirements/run.txt requirements/
# What is built is built by what is pinned; pip fetches nothing for it by itself.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=cache,target=/root/.cache/pip \
    python3 -m pip --python /opt/stream-publisher/venv/bin/python \
        install --quiet --no-compile --no-deps --require-hashes -r requirements/build.txt \
 && python3 -m pip --python /opt/stream-publisher/venv/bin/python \
        install --quiet --no-compile --no-deps --no-build-isolation --use-pep517 \
        --require-hashes -r requirements/run.txt \
 && rm -r /opt/stream-publisher/venv/lib/python3*/site-packages/amazon_kclpy/jars
COPY pyproject.toml README.md LICENSE ./
COPY consumer consumer
# Compiled here, since a read-only root can't be compiled into; by content, since times may change.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt \
    --mount=type=cache,target=/root/.cache/pip \
    python3 -m pip --python /opt/stream-publisher/venv/bin/python \
        install --quiet --no-compile --no-deps --no-build-isolation . \
 && python3 -m pip --python /opt/stream-publisher/venv/bin/python \
        uninstall --quiet --yes setuptools \
 && /opt/stream-publisher/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash \
        /opt/stream-publisher/venv/lib


FROM ${RUNTIME_BASE}
# The base may be older than Debian's last security fixes.
RUN --mount=type=secret,id=apt,mode=0444 --mount=type=secret,id=ca,mode=0444 \
    export APT_CONFIG=/run/secrets/apt DEBIAN_FRONTEND=noninteractive \
 && apt-get update -qq \
 && apt-get upgrade -qq -o Dpkg::Use-Pty=0 --yes >/dev/null \
 && apt-get install -qq -o Dpkg::Use-Pty=0 --yes --no-install-recommends \
        libstdc++6 python3 tini zlib1g >/dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/*
COPY --from=java /opt/stream-publisher/java /opt/stream-publisher/java
COPY --from=java /opt/stream-publisher/jars /opt/stream-publisher/jars
COPY --from=python /opt/stream-publisher/venv /opt/stream-publisher/venv
COPY properties/aws.properties /etc/stream-publisher/
COPY LICENSE NOTICE /opt/stream-publisher/

ENV PATH=/opt/stream-publisher/venv/bin:/opt/stream-publisher/java/bin:/usr/local/bin:/usr/bin:/bin \
    JAVA_HOME=/opt/stream-publisher/java \
    LANG=C.UTF-8 \
    PUBLISHER_JARS=/opt/stream-publisher/jars \
    PUBLISHER_HEALTH_PORT=8081
# A number, so that Kubernetes can see that it isn't root.
USER 10001:10001
WORKDIR /
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["stream-publisher", "health"]
# tini hands signals on. The kernel drops those that a first process doesn't handle, as Python and
# Java don't while they start: a stop would not be heard.
ENTRYPOINT ["tini", "--", "stream-publisher"]
CMD ["run", "--properties", "/etc/stream-publisher/aws.properties"]

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="DynamoDB stream publisher" \
      org.opencontainers.image.description="Publishes every change of a DynamoDB table to an SNS topic, in batches, and loses none." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
