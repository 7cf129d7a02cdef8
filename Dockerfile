# Parley in one image, for amd64 and arm64: docs/self-hosting.md.
#   docker build -t parley .

# What runs in production. Changes with package-lock.json alone.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /parley
COPY package.json package-lock.json .npmrc ./
COPY agent/package.json agent/
COPY server/package.json server/
COPY signaling/package.json signaling/
COPY web-demo/package.json web-demo/
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev

# mediasoup's worker (downloaded, else built from the source in its package) and the lite recogniser. What was built is
# kept in the builder's cache; the mirror may be one of mediasoup's releases on GitHub.
FROM dependencies AS native
ARG MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL
ARG MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD
COPY scripts/set-up scripts/set-up
COPY scripts/worker-build scripts/worker-build
COPY agent/native agent/native
COPY deploy/image/native.mjs deploy/image/
RUN --mount=type=cache,target=/cache,sharing=locked XDG_CACHE_HOME=/cache node deploy/image/native.mjs /out

# The demo page, the same for every processor: built on the builder's own.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS page
WORKDIR /parley
COPY package.json package-lock.json .npmrc ./
COPY agent/package.json agent/
COPY server/package.json server/
COPY signaling/package.json signaling/
COPY web-demo/package.json web-demo/
RUN --mount=type=cache,target=/root/.npm npm ci
COPY tsconfig.base.json ./
COPY signaling signaling
COPY web-demo web-demo
RUN node node_modules/vite/bin/vite.js build web-demo --logLevel warn

FROM dependencies AS pruned
COPY deploy/image/prune.mjs deploy/image/
RUN node deploy/image/prune.mjs

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Parley" \
  org.opencontainers.image.description="A self-hosted media server on which people talk, by voice and in real time, with an AI agent." \
  org.opencontainers.image.licenses="MIT"

COPY --from=native /out /usr/local/lib/parley
RUN apt-get update \
  && apt-get install -y --no-install-recommends espeak-ng pocketsphinx-en-us $(cat /usr/local/lib/parley/packages) \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log \
  && install -d -o 1000 -g 1000 /data /models /turn

ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  ORT_DISABLE_TELEMETRY=1 \
  PARLEY_DATA=/data \
  PARLEY_MODELS_DIR=/models \
  MEDIASOUP_WORKER_BIN=/usr/local/lib/parley/mediasoup-worker \
  PARLEY_PS_WORKER=/usr/local/lib/parley/ps_worker

WORKDIR /parley
COPY --from=pruned /parley/node_modules node_modules
COPY package.json LICENSE config.example.yaml ./
COPY deploy/image/healthcheck.mjs deploy/image/
COPY signaling signaling
COPY agent agent
COPY server server
COPY --from=page /parley/web-demo/dist web-demo/dist

# The user `node` of the base image; by number, so that it can be seen not to be root.
USER 1000:1000
VOLUME ["/data", "/models"]
EXPOSE 8000/tcp 44444/tcp 44444/udp
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "deploy/image/healthcheck.mjs"]
CMD ["node", "server/src/main.ts"]
