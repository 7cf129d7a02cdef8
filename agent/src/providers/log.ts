/** Where providers say what people who run the server should know. Never given key material. */
export type Log = (level: 'info' | 'warn' | 'error', message: string) => void;
