/** A message of an error as a sentence of a page. */
export function sentence(message: string): string {
  const text = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
  return text.endsWith(".") ? text : `${text}.`;
}
