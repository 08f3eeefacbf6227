/** The number that a parameter holds; `absent` where the data model does not have the parameter, whose text is then empty. */
export function settingNumber(text: string, absent: number): number {
  return text === "" ? absent : Number(text);
}
