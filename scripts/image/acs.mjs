/** An ACS that requires Digest, and records the Informs. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const INFORM_RESPONSE =
  '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><e:Header><cwmp:ID e:mustUnderstand="1">1</cwmp:ID></e:Header><e:Body><cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse></e:Body></e:Envelope>';
const CHALLENGE = 'Digest realm="acs", nonce="n1", qop="auth", algorithm=MD5';
const md5 = (text) => createHash("md5").update(text).digest("hex");

/** `mode` hang: it takes the Inform and never answers. An Inform: `{ serial, events, url }`, url for connection requests. */
export async function openAcs(address, username, password) {
  const acs = { mode: "answer", informs: [], url: "", close: () => server.close() };
  const server = createServer(async (request, response) => {
    const text = (await request.toArray()).join("");
    if (!knows(request, username, password)) {
      return response.writeHead(401, { "www-authenticate": CHALLENGE }).end();
    }
    const inform = text.includes("cwmp:Inform>");
    if (inform) acs.informs.push(told(text));
    if (acs.mode === "hang") return;
    const headers = inform ? { "content-type": "text/xml" } : {};
    response.writeHead(inform ? 200 : 204, headers).end(inform ? INFORM_RESPONSE : "");
  });
  await new Promise((resolve) => server.listen(0, address, resolve));
  acs.url = `http://${address}:${server.address().port}/`;
  server.unref();
  return acs;
}

function knows({ method, headers }, username, password) {
  const found = Object.fromEntries(
    [...(headers.authorization ?? "").matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]*))/g)].map(([, name, quoted, plain]) => [
      name,
      quoted ?? plain,
    ]),
  );
  const { nonce, nc, cnonce, qop, uri, response } = found;
  const secret = md5(`${username}:acs:${password}`);
  return (
    found.username === username &&
    response === md5(`${secret}:${nonce}:${nc}:${cnonce}:${qop}:${md5(`${method}:${uri}`)}`)
  );
}

function told(text) {
  return {
    serial: /<SerialNumber>([^<]*)</.exec(text)?.[1],
    events: [...text.matchAll(/<EventCode>([^<]*)</g)].map(([, code]) => code),
    url: /ConnectionRequestURL<\/Name>\s*<Value[^>]*>([^<]*)</.exec(text)?.[1],
  };
}
