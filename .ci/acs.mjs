/**
 * An ACS of a few lines for the scripts of this folder: takes sessions, asks nothing, prints its port and each Inform. After
 * SIGUSR1 it takes an Inform and never answers.
 */
import { createServer } from "node:http";

const INFORM_RESPONSE =
  '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><e:Header><cwmp:ID e:mustUnderstand="1">1</cwmp:ID></e:Header><e:Body><cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse></e:Body></e:Envelope>';
let hangs = false;
process.on("SIGUSR1", () => {
  hangs = true;
});

const server = createServer(async (request, response) => {
  const text = (await request.toArray()).join("");
  const inform = text.includes("cwmp:Inform>");
  if (inform) {
    const events = [...text.matchAll(/<EventCode>([^<]*)</g)].map((match) => match[1]).join(",");
    console.log("POST-INFORM", events, /<SerialNumber>([^<]*)</.exec(text)?.[1]);
  }
  if (hangs) return;
  response
    .writeHead(inform ? 200 : 204, inform ? { "content-type": "text/xml" } : {})
    .end(inform ? INFORM_RESPONSE : "");
});
server.listen(0, "127.0.0.1", () => console.log("PORT", server.address().port));
