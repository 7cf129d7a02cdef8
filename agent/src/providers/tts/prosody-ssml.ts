const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text as it may stand in XML: what XML cannot carry becomes a space. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, ' ')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] as string);

/** The text that `escapeXml` made. */
export const unescapeXml = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|apos|#39|#34);/g, (entity) => UNESCAPED[entity] as string);

const UNESCAPED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ENTITIES).map(([char, entity]) => [entity, char])),
  '&#39;': "'",
  '&#34;': '"',
};

/** Whether a voice has anything to say of it: services answer a text without letters with an error. */
export const isSpeakable = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);
