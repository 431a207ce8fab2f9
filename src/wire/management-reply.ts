import type { Answers, NoCodeConfig, Settings } from '../core/survey/document.ts';

/** Fields that every object of the management API begins with; instants are ISO 8601 in UTC. */
export interface WireStamps {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The environment of an object, under the new name and the old one (management-api.md 1.4). */
export interface WireOwner {
  readonly workspaceId: string;
  readonly environmentId: string;
}

/** Reply to `GET …/me` (management-api.md 3). */
export interface WireMe extends WireStamps {
  readonly type: 'production';
  readonly appSetupCompleted: boolean;
  readonly workspace: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string };
}

/** Settings and languages of an environment. */
export interface WireSettings extends WireStamps, Omit<Settings, 'id'>, ServerSettings {
  readonly name: string;
  readonly languages: readonly WireLanguage[];
}

/** Settings of an environment that the server follows and browsers are not sent. */
export interface ServerSettings {
  /** Whether identifications make no attribute keys. */
  readonly onlyKnownAttributes: boolean;
  /** Whether a user id needs proof (client-api.md 4.7). */
  readonly identityVerification: 'off' | 'accept' | 'require';
}

/** The secret that proves user ids (management-api.md 20). */
export interface WireIdentitySecret {
  readonly secret: string;
  /** Until when a hash of the former secret is a right one; null when there is none. */
  readonly formerValidUntil: string | null;
}

/** A language that an environment has set up. */
export interface WireLanguage extends WireStamps {
  readonly code: string;
  readonly alias: string | null;
}

/** An action class (management-api.md 5). */
export interface WireActionClass extends WireStamps, WireOwner {
  readonly name: string;
  readonly description: string | null;
  readonly type: string;
  readonly key: string | null;
  readonly noCodeConfig: NoCodeConfig | null;
}

/** A segment with the ids of the surveys that use it. */
export interface WireSegment extends WireStamps, WireOwner {
  readonly title: string;
  readonly description: string | null;
  readonly isPrivate: boolean;
  readonly filters: readonly unknown[];
  readonly surveys: readonly string[];
}

/** One of a survey's languages. */
export interface WireSurveyLanguage {
  readonly default: boolean;
  readonly enabled: boolean;
  readonly language: WireStamps & {
    readonly code: string;
    readonly alias: string | null;
    readonly workspaceId: string;
  };
}

/** A survey (management-api.md 9.1): these fields beside those of its document. */
export interface WireManagedSurvey extends WireStamps, WireOwner {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly createdBy: null;
  readonly questions: readonly object[];
  readonly blocks: readonly object[];
  readonly languages: readonly WireSurveyLanguage[];
  readonly triggers: readonly {
    readonly actionClass: WireActionClass | undefined;
    readonly occurrence?: number | undefined;
  }[];
  readonly segment: WireSegment | null;
  readonly publishOn: string | null;
  readonly closeOn: string | null;
  readonly archivedAt: null;
  readonly redirectUrl: null;
  readonly customHeadScripts: null;
  readonly customHeadScriptsMode: 'add';
  readonly followUps: readonly never[];
  readonly workspaceOverwrites: object | null;
  readonly projectOverwrites: object | null;
}

/** Where a response came from: page, device, country (management-api.md 10.1). */
export interface WireResponseMeta {
  readonly source?: string | undefined;
  readonly url?: string | undefined;
  readonly action?: string | undefined;
  /** Two letters. */
  readonly country?: string | undefined;
  readonly userAgent?:
    | {
        readonly browser?: string | undefined;
        readonly os?: string | undefined;
        readonly device?: string | undefined;
      }
    | undefined;
  /** Only where the survey's owner asked for it. */
  readonly ipAddress?: string | undefined;
}

/** A response (management-api.md 10.1). */
export interface WireResponse extends WireStamps {
  readonly surveyId: string;
  readonly displayId: string | null;
  readonly contact: { readonly id: string; readonly userId?: string | undefined } | null;
  readonly contactAttributes: Readonly<Record<string, string>> | null;
  readonly finished: boolean;
  readonly endingId: string | null;
  readonly data: Answers;
  readonly variables: Readonly<Record<string, string | number>>;
  readonly ttc: Readonly<Record<string, number>>;
  readonly tags: readonly never[];
  readonly meta: WireResponseMeta;
  readonly singleUseId: string | null;
  readonly language: string | null;
}

/** An attribute key (management-api.md 6). */
export interface WireAttributeKey extends WireStamps, WireOwner {
  readonly isUnique: boolean;
  readonly key: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly type: 'default' | 'custom';
  readonly dataType: 'string' | 'number' | 'date';
  /** Additive: there where an identification has made it, and not the owner. */
  readonly madeBy?: 'client';
}

/** An attribute key under its older name, attribute class (management-api.md 13). */
export interface WireAttributeClass extends WireStamps, WireOwner {
  readonly name: string;
  readonly description: string | null;
  readonly archived: boolean;
  readonly type: 'automatic' | 'code';
}

/** One value of one contact (management-api.md 7). */
export interface WireContactAttribute extends WireStamps {
  readonly attributeKeyId: string;
  readonly contactId: string;
  readonly value: string;
  readonly valueNumber: number | null;
  readonly valueDate: string | null;
}

/** A contact (management-api.md 8). */
export interface WireContact extends WireStamps, WireOwner {
  readonly userId: string | null;
}

/** A contact with its attributes: under the older name, person (management-api.md 14), and in an export. */
export interface WirePerson extends WireContact {
  readonly attributes: Readonly<Record<string, string>>;
}

/** Everything that is stored about a contact: reply to `GET …/contacts/{id}/export`. */
export interface WireContactExport {
  readonly contact: WirePerson;
  readonly displays: readonly WireContactDisplay[];
  readonly responses: readonly WireResponse[];
}

/** A display in an export. */
export interface WireContactDisplay {
  readonly id: string;
  readonly surveyId: string;
  readonly createdAt: string;
}

/** A webhook (management-api.md 11.1), without its secret. */
export interface WireWebhook extends WireStamps, WireOwner {
  readonly name: string | null;
  readonly url: string;
  readonly source: string;
  readonly triggers: readonly string[];
  readonly surveyIds: readonly string[];
  /** Set once the receiver has answered 410 Gone. */
  readonly disabledAt?: string | undefined;
}

/** One delivery of one event to one webhook. */
export interface WireDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly messageId: string;
  readonly event: 'responseCreated' | 'responseUpdated' | 'responseFinished';
  readonly surveyId: string;
  readonly responseId: string;
  readonly status: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly createdAt: string;
  readonly nextAttemptAt: string | null;
  readonly lastAttemptAt: string | null;
  readonly lastStatus: number | null;
  readonly lastProblem: string | null;
}
