import { ApiError } from "./problem.ts";

/** Configuration files of phones have some ten thousand bytes. */
export const MAX_BODY_BYTES = 1_048_576;

/** The whole body. Throws ApiError TOO_LARGE as soon as that is known. */
export async function readBody({ body, headers }: Request): Promise<Uint8Array> {
  if (Number(headers.get("Content-Length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = body?.getReader();
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    bytes += read.value.length;
    if (bytes > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): ApiError {
  return new ApiError("TOO_LARGE", `the body has more than ${MAX_BODY_BYTES} bytes`);
}
