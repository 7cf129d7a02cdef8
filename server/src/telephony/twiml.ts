// What Twilio is told to do with a call (TwiML).

const XML = '<?xml version="1.0" encoding="UTF-8"?>';

/** The call's audio goes to `url` and back until that connection ends; `parameters` are told there. */
export function streamAnswer(url: string, parameters: Readonly<Record<string, string>> = {}): string {
  const told = Object.entries(parameters)
    .map(([name, value]) => `<Parameter name="${escaped(name)}" value="${escaped(value)}"/>`)
    .join('');
  return `${XML}<Response><Connect><Stream url="${escaped(url)}">${told}</Stream></Connect></Response>`;
}

/** The caller hears that the line is busy, and the call costs nothing. */
export const busyAnswer = (): string => `${XML}<Response><Reject reason="busy"/></Response>`;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What XML cannot carry at all is left out. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML 1.0 forbids
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
