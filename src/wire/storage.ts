/** `POST …/storage`: the permission to upload one file (client-api.md 3.6). */
export interface WireUploadPermit {
  readonly signedUrl: string;
  readonly presignedFields: Readonly<Record<string, string>>;
  readonly fileUrl: string;
  readonly updatedFileName: string;
  /** For clients of before 2026, which name no element. */
  readonly signingData: {
    readonly signature: string;
    readonly timestamp: number;
    readonly uuid: string;
  } | null;
}
