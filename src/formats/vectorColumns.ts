/** Name of the column of vectors in every format with columns. */
export const VECTOR_COLUMN = "vector";
/** Name of the column of int8 scales. */
export const SCALE_COLUMN = "scale";
