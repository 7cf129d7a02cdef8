// Keeps a number of things alive that may die by themselves. Imports observe/.
export * from './pool.ts';
