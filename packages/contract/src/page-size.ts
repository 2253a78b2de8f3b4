/** Page size when none is asked for, and the most one page holds (DECISIONS: "Page size"). */
export const PAGE_SIZE = { default: 100, max: 250 } as const;
