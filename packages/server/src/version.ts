/**
 * The envelope's version: the API generation that existing clients know, then the build (0.1.0) as `r` and two
 * digits a part. Clients compare it as text to choose their model of a job; ours carries both (DECISIONS,
 * "Envelope version").
 */
export const BUILD_VERSION = '2.4.9-r000100';
