"use strict";
/**
 * Run by the installation, on the machine where the program is to run: has a simulated phone hold one session with an ACS
 * of a few lines, over loopback and in a folder that is removed again. That shows that the program works here, and leaves
 * the compiled code of all that a start and a session need (see main.js). Exit code 1: it did not work.
 */
const { spawn } = require("node:child_process");
const { existsSync, mkdtempSync, rmSync } = require("node:fs");
const { createServer } = require("node:http");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const LIMIT_MS = 60_000;
const CODE = join(__dirname, "@BUNDLE@.code");

const envelope = (body) =>
  `<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="http://schemas.xmlsoap.org/soap/encoding/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><e:Header><cwmp:ID e:mustUnderstand="1">1</cwmp:ID></e:Header><e:Body>${body}</e:Body></e:Envelope>`;
const GET_ALL =
  '<cwmp:GetParameterValues><ParameterNames c:arrayType="string[1]"><string>Device.</string></ParameterNames></cwmp:GetParameterValues>';

/** The ACS's answer to each POST of the phone; an empty one ends the session. */
function answerTo(text) {
  if (text.includes("cwmp:Inform>")) {
    return envelope("<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>");
  }
  return text === "" ? envelope(GET_ALL) : "";
}

const folder = mkdtempSync(join(tmpdir(), "akuvox-cpe-"));
const acs = createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  request.on("end", () => {
    const answer = answerTo(text);
    response.writeHead(answer === "" ? 204 : 200, answer === "" ? {} : { "content-type": "text/xml" }).end(answer);
    // Time for what the phone does at the end of a session.
    if (answer === "") setTimeout(() => phone.kill("SIGTERM"), 500);
  });
});

let phone;
acs.listen(0, "127.0.0.1", () => {
  phone = spawn(process.execPath, [...process.execArgv, join(__dirname, "main.js"), "run"], {
    stdio: "ignore",
    env: {
      ...process.env,
      AKUVOX_CPE_CONFIG: "",
      AKUVOX_CPE_WRITE_CODE: "1",
      AKUVOX_CPE_BACKEND: "simulated",
      AKUVOX_CPE_TR069_ENABLE: "true",
      AKUVOX_CPE_ACS_URL: `http://127.0.0.1:${acs.address().port}/`,
      AKUVOX_CPE_PHONE_FILE: join(folder, "phone.cfg"),
      AKUVOX_CPE_STATE_FOLDER: join(folder, "state"),
      AKUVOX_CPE_LISTEN_ADDRESS: "127.0.0.1",
      AKUVOX_CPE_LISTEN_PORT: "0",
    },
  });
  const limit = setTimeout(() => phone.kill("SIGKILL"), LIMIT_MS);
  phone.once("error", () => end(1));
  phone.once("exit", (exitCode) => {
    clearTimeout(limit);
    end(exitCode === 0 && existsSync(CODE) ? 0 : 1);
  });
});

function end(exitCode) {
  rmSync(folder, { recursive: true, force: true });
  acs.close();
  process.exitCode = exitCode;
}
