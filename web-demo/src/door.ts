/** How one comes in: just so, for a passphrase, or only with a token from elsewhere. */
export type Door = 'open' | 'passphrase' | 'off';
