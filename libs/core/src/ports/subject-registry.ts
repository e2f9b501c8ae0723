/** Compatibility that a registry enforces for a subject. */
export type Compatibility =
  'NONE' | 'BACKWARD' | 'BACKWARD_TRANSITIVE' | 'FORWARD' | 'FORWARD_TRANSITIVE' | 'FULL' | 'FULL_TRANSITIVE';

export interface SubjectVersion {
  readonly id: number;
  readonly version: number;
}

/**
 * The operator's side of a schema registry. Errors: DependencyError REGISTRY_UNAVAILABLE while it is away or late,
 * FatalError when it refuses credentials or a schema.
 */
export interface SubjectRegistry {
  listSubjects(): Promise<readonly string[]>;
  /** The subject's own level; null where only the registry's global one holds. */
  compatibilityOf(subject: string): Promise<Compatibility | null>;
  /** Of the subject alone, also before its first version; never the global level. */
  setCompatibility(subject: string, level: Compatibility): Promise<void>;
  /** Version under which the subject has exactly this schema; null when it has not. */
  lookup(subject: string, schema: string): Promise<SubjectVersion | null>;
  /** Idempotent. FatalError when the schema is incompatible with an earlier version. */
  register(subject: string, schema: string): Promise<SubjectVersion>;
}
