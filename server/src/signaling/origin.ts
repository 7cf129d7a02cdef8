/** True where a page of this origin may connect: one that we serve ourselves, or one that the config lists. */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  // Programs that are no browser send none.
  if (origin === undefined) return true;
  if (allowed.includes('*') || allowed.includes(origin)) return true;
  // The scheme is not compared: something in front may end TLS.
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}
