export declare const TYPES: Readonly<Record<string, readonly string[]>>;
export declare const SCOPES: Readonly<Record<string, readonly string[]>>;
export declare function depConstraints(
  extraTypes?: readonly string[],
): { sourceTag: string; onlyDependOnLibsWithTags: string[] }[];
export declare function tagProblem(tags: readonly string[]): string | null;
