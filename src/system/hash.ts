import { createHmac } from "node:crypto";
import type { Hash } from "../ports/hash.ts";

export const hmacHash: Hash = (salt, text) => createHmac("sha256", salt).update(text).digest("hex");
