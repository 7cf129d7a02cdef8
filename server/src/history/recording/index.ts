// Voices as they were sent, kept in Ogg files.
export * from './recorder.ts';
