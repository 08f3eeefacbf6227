import { createServer } from "node:http";

const answer = (id) =>
  `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-2"><soap:Header><cwmp:ID soap:mustUnderstand="1">${id}</cwmp:ID></soap:Header><soap:Body><cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse></soap:Body></soap:Envelope>`;

/** An ACS that takes each Inform and asks nothing; `stats` counts the Informs as sessions. Its server is not listening yet. */
export function createBareAcs({ onFirstInform = () => {} } = {}) {
  const stats = { sessions: 0, faults: 0, badRequests: 0 };
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => {
      body += text;
    });
    request.on("end", () => {
      if (body === "") return void response.writeHead(204).end();
      if (stats.sessions++ === 0) onFirstInform();
      const [, id = ""] = /:ID[^>]*>([^<]*)</.exec(body) ?? [];
      response.writeHead(200, { "Content-Type": "text/xml" }).end(answer(id));
    });
  });
  // A contender that is stopped meanwhile finds its connection as it was.
  server.keepAliveTimeout = 0;
  return { server, stats };
}
