// Whether the server can carry another call, by how its threads keep up. Imports observe/.
export * from './admission.ts';
export * from './loop.ts';
