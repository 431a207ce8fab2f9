/** An attribute's value, as a site may set it. */
export type AttributeValue = string | number | boolean;

/** `POST /api/v1/client/{id}/user`: the body (client-api.md 3.7). */
export interface WireUserRequest {
  readonly userId: string;
  /** Proof of the user id (client-api.md 4.7). */
  readonly userHash?: string | null | undefined;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** User state, as the server sends it. */
export interface WireUser {
  readonly contactId: string;
  readonly userId: string;
  /** Ids of every segment this person is in. */
  readonly segments: readonly string[];
  readonly displays: readonly { readonly surveyId: string; readonly createdAt: string }[];
  /** Survey ids, one per response, partial ones included. */
  readonly responses: readonly string[];
  readonly lastDisplayAt: string | null;
  readonly language?: string;
}

/** `POST /api/v1/client/{id}/user`: the reply. */
export interface WireUserReply {
  readonly data: {
    readonly state: { readonly data: WireUser; readonly expiresAt: string };
    readonly messages?: readonly string[];
    readonly errors?: readonly string[];
  };
}
