/** An embedding model of a hub, pinned. */
export interface HubModel {
  /** `owner/name`. */
  readonly name: string;
  /** Commit, 40 hexadecimal digits. */
  readonly revision: string;
  /** Of `onnx/model_quantized.onnx`, in lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Base URL, without a slash at the end. */
  readonly hub: string;
  /** Where its files are or are to be. */
  readonly folder: string;
  readonly mayDownload: boolean;
}
