// Models that can be downloaded: what there is, where it lies, and fetching it. Imports kernel only.
export * from './catalogue.ts';
export { type FetchOptions, type FetchProgress, fetchModel, installFrom, ModelUnavailable } from './fetch-model.ts';
export { bytesOf, type CatalogueModel, type ModelFile } from './model.ts';
export { type Env, folderOf, installed, mayDownload, modelsFolder } from './places.ts';
export { fetchRecommended, type RecommendedOptions, sizeText } from './recommended.ts';
