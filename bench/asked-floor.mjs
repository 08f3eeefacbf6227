/**
 * The lower bound for a CPE on Node whose sessions are opened by connection requests: a node:http server that answers a
 * connection request with 401, then with 200, and a canned session by undici over a new connection. No Digest is
 * calculated, no XML read: `node bench/asked-floor.mjs URL`.
 */
import { createServer } from "node:http";
import { Client } from "undici";

const url = new URL(process.argv[2]);
const envelope = (body) =>
  `<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="http://schemas.xmlsoap.org/soap/encoding/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><e:Header><cwmp:ID e:mustUnderstand="1">1</cwmp:ID></e:Header><e:Body>${body}</e:Body></e:Envelope>`;
const value = (name, text) => `<ParameterValueStruct><Name>${name}</Name><Value>${text}</Value></ParameterValueStruct>`;
const NAMES = Array.from({ length: 32 }, (_, at) => `Device.Services.VoiceService.1.Line.${at + 1}.DirectoryNumber`);
const ANSWERS = {
  GetParameterNames: `<cwmp:GetParameterNamesResponse><ParameterList>${NAMES.map((name) => `<ParameterInfoStruct><Name>${name}</Name><Writable>1</Writable></ParameterInfoStruct>`).join("")}</ParameterList></cwmp:GetParameterNamesResponse>`,
  GetParameterValues: `<cwmp:GetParameterValuesResponse><ParameterList>${NAMES.map((name) => value(name, "value")).join("")}</ParameterList></cwmp:GetParameterValuesResponse>`,
  SetParameterValues: "<cwmp:SetParameterValuesResponse><Status>0</Status></cwmp:SetParameterValuesResponse>",
};

function answerTo(text) {
  const [name] = Object.keys(ANSWERS).filter((method) => text.includes(`<cwmp:${method}>`));
  return envelope(ANSWERS[name]);
}

async function session() {
  const client = new Client(url.origin);
  let cookie = {};
  const post = async (body) => {
    const headers = { "content-type": "text/xml", ...cookie };
    const answer = await client.request({ path: url.pathname, method: "POST", headers, body });
    const [given] = [answer.headers["set-cookie"] ?? []].flat();
    if (given !== undefined) cookie = { cookie: given.split(";")[0] };
    return answer.body.text();
  };
  await post(inform);
  for (let text = await post(""); text !== ""; ) text = await post(answerTo(text));
  await client.close();
}

const server = createServer((request, response) => {
  if (request.headers.authorization === undefined) {
    return void response.writeHead(401, { "WWW-Authenticate": 'Digest realm="floor", nonce="1", qop="auth"' }).end();
  }
  response.writeHead(200, { "Content-Length": 0 }).end(session);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const asked = value("Device.ManagementServer.ConnectionRequestURL", `http://127.0.0.1:${server.address().port}/`);
const inform = envelope(
  `<cwmp:Inform><DeviceId><ProductClass>FLOOR</ProductClass><SerialNumber>1</SerialNumber></DeviceId><ParameterList>${asked}</ParameterList></cwmp:Inform>`,
);
await session();
