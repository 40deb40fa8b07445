export { vectorsOf } from "../embedding/cachedEmbed.js";
export type { CachedEmbedded, VectorsOptions } from "../embedding/cachedEmbed.js";
export { cosine, matrix } from "../math/matrix.js";
export type { Matrix } from "../math/matrix.js";
export { openVectorCache } from "../store/cache/vectorCache.js";
export type { VectorCache } from "../store/cache/vectorCache.js";
export { readVectors } from "../vectors/reader.js";
export { openVectorWriter } from "../vectors/writer.js";
export type { VectorWriter, VectorWriterOptions } from "../vectors/writer.js";
