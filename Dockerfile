# The simulated phone: docker run -e AKUVOX_CPE_ACS_URL=http://acs:7547/ … akuvox-cpe
FROM docker.io/library/node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM docker.io/library/node:24-bookworm-slim
ENV NODE_ENV=production \
    AKUVOX_CPE_BACKEND=simulated \
    AKUVOX_CPE_TR069_ENABLE=true \
    AKUVOX_CPE_PHONE_FILE=/state/phone.cfg \
    AKUVOX_CPE_STATE_FOLDER=/state/agent
WORKDIR /app
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
COPY datamodel datamodel
RUN mkdir /state && chown node:node /state && ln -s /app/dist/cli/main.js /usr/local/bin/akuvox-cpe && chmod +x dist/cli/main.js
USER node
VOLUME /state
EXPOSE 7547
# The connection-request port answers as long as the phone is up: 404 for a path that nobody knows.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:7547/').then(r=>process.exit(r.status===404?0:1),()=>process.exit(1))"]
ENTRYPOINT ["akuvox-cpe"]
CMD ["run"]
