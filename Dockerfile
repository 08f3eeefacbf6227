# The simulated phone, and the embedded ACS: see docs/docker.md.
# compose.yaml gives it with the digest that it was tried with.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json LICENSE config.example.yaml config.schema.json fleet.schema.json ./
COPY src src
COPY datamodel datamodel
COPY packaging packaging
COPY scripts scripts
COPY docs docs
COPY examples examples
COPY deploy deploy
RUN npm run -s package -- /build/package \
  && tar -xzf package/akuvox-cpe-*.tar.gz -C package --strip-components=1 \
  && package/install.sh --prefix /opt/akuvox-cpe --init none

FROM ${NODE_IMAGE}
# npm and its cache are of no use to a phone.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
  && mkdir -p /var/lib/akuvox-cpe && chown node:node /var/lib/akuvox-cpe \
  && ln -s /opt/akuvox-cpe/bin/akuvox-cpe /usr/local/bin/akuvox-cpe
COPY --from=build /opt/akuvox-cpe /opt/akuvox-cpe
ENV NODE_ENV=production \
    AKUVOX_CPE_BACKEND=simulated \
    AKUVOX_CPE_TR069_ENABLE=true \
    AKUVOX_CPE_SIP_ADDRESS=0.0.0.0 \
    AKUVOX_CPE_PNP_ADDRESS=0.0.0.0 \
    AKUVOX_CPE_PHONE_FILE=/var/lib/akuvox-cpe/phone.cfg \
    AKUVOX_CPE_STATE_FOLDER=/var/lib/akuvox-cpe/agent
USER node
WORKDIR /var/lib/akuvox-cpe
VOLUME /var/lib/akuvox-cpe
EXPOSE 7547
# Asks the agent itself, over its control socket.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["akuvox-cpe", "status", "--check"]
ENTRYPOINT ["akuvox-cpe"]
CMD ["run"]
