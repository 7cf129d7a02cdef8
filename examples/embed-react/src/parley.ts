/** Where Parley is; set by vite.config.mjs. */
declare const PARLEY_URL: string;

export const parley = {
  url: PARLEY_URL,
  /** From this site's own server, anew for each connection. */
  async token(): Promise<string> {
    const answer = await fetch('/token', { method: 'POST' });
    if (!answer.ok) throw new Error(`the token server says ${answer.status}`);
    return answer.text();
  },
};
