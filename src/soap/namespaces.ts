/** The namespaces of a CWMP envelope (TR-069 3.5): SOAP 1.1 and the XML Schema of 2001. */
export const SOAP_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/";
export const SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/";
export const SOAP_1_2_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope";
/** A header entry with this actor is for the next receiver of the envelope (SOAP 1.1, 4.2.2). */
export const SOAP_NEXT_ACTOR = "http://schemas.xmlsoap.org/soap/actor/next";
export const XML_SCHEMA = "http://www.w3.org/2001/XMLSchema";
export const XML_SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
