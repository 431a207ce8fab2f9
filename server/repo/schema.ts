import type { Generated } from 'kysely';

/**
 * The tables, the same on SQLite and PostgreSQL: instants are epoch ms integers, flags are 0 or 1, and JSON is text
 * (so that the order of keys and every escape survive). Only files in this folder use these types.
 */
export interface Schema {
  environment: EnvironmentTable;
  api_key: ApiKeyTable;
  api_key_permission: ApiKeyPermissionTable;
  action_class: ActionClassTable;
  attribute_key: AttributeKeyTable;
  language: LanguageTable;
  segment: SegmentTable;
  survey: SurveyTable;
  survey_trigger: SurveyTriggerTable;
  contact: ContactTable;
  contact_attribute: ContactAttributeTable;
  display: DisplayTable;
  response: ResponseTable;
  secret: SecretTable;
  webhook: WebhookTable;
  webhook_delivery: WebhookDeliveryTable;
  file_removal: FileRemovalTable;
  probe: ProbeTable;
  stored_file: StoredFileTable;
}

interface Stamped {
  id: string;
  created_at: number;
  updated_at: number;
}

/**
 * `revision` grows with every change to what browsers are sent. Null secrets: nobody has asked for one, and no former
 * one is valid.
 */
export interface EnvironmentTable extends Stamped {
  name: string;
  revision: number;
  settings: string;
  is_app_set_up: number;
  identity_secret: string | null;
  former_secret: string | null;
  former_secret_until: number | null;
}

/** A key is stored as a hash only. */
export interface ApiKeyTable {
  id: string;
  hash: string;
  label: string;
  created_at: number;
  last_used_at: number | null;
}

/** Permission of a key in one environment; `from_variable`: `INKLING_API_KEY` has given it. */
export interface ApiKeyPermissionTable {
  api_key_id: string;
  environment_id: string;
  permission: string;
  from_variable: Generated<number>;
}

/** An event on a site that can open surveys. */
export interface ActionClassTable extends Stamped {
  environment_id: string;
  name: string;
  description: string | null;
  type: string;
  key: string | null;
  no_code_config: string | null;
}

/** A named attribute with its type; `owned` tells that the owner has made it, and not an identification. */
export interface AttributeKeyTable extends Stamped {
  environment_id: string;
  key: string;
  name: string | null;
  description: string | null;
  type: string;
  data_type: string;
  is_unique: number;
  archived: number;
  owned: number;
}

/** A language of the environment. */
export interface LanguageTable extends Stamped {
  environment_id: string;
  code: string;
  alias: string | null;
}

/** A group of contacts, defined by filters. */
export interface SegmentTable extends Stamped {
  environment_id: string;
  title: string;
  description: string | null;
  is_private: number;
  filters: string;
}

/**
 * A survey; `document` holds everything that no query needs. `next_change_at` is when its schedule next changes its
 * status, `retention_days` how long its answers are kept.
 */
export interface SurveyTable extends Stamped {
  environment_id: string;
  segment_id: string | null;
  name: string;
  type: string;
  status: string;
  document: string;
  next_change_at: number | null;
  retention_days: number | null;
}

/** Triggers: action classes that open a survey. */
export interface SurveyTriggerTable {
  survey_id: string;
  action_class_id: string;
  position: number;
  occurrence: number | null;
}

/** A person whom a site has identified; `verified_at`: when a right hash first came with the user id. */
export interface ContactTable extends Stamped {
  environment_id: string;
  user_id: string | null;
  verified_at: number | null;
}

/**
 * One attribute of one contact, as text and, where it is one, as a number or an instant. A claimed value is the only one
 * of its kind: the e-mail of somebody verified.
 */
export interface ContactAttributeTable {
  contact_id: string;
  attribute_key_id: string;
  value: string;
  number_value: number | null;
  date_value: number | null;
  created_at: number;
  updated_at: number;
  is_claimed: number;
}

/** A survey that was shown to a visitor. */
export interface DisplayTable {
  id: string;
  environment_id: string;
  survey_id: string;
  contact_id: string | null;
  created_at: number;
}

/**
 * One visitor's answers to one survey; `seq` orders the requests with a client-made id, `is_verified` says whether it
 * came with proof of whose it is.
 */
export interface ResponseTable extends Stamped {
  environment_id: string;
  survey_id: string;
  display_id: string | null;
  contact_id: string | null;
  single_use_id: string | null;
  language: string | null;
  ending_id: string | null;
  finished: number;
  seq: number | null;
  data: string;
  variables: string;
  ttc: string;
  meta: string;
  contact_attributes: string | null;
  is_verified: number;
}

/** Signing secrets of the server, by name. */
export interface SecretTable {
  name: string;
  value: string;
}

/** Receivers of response events. `triggers` and `survey_ids` are JSON lists; `disabled_at`: the receiver is gone. */
export interface WebhookTable extends Stamped {
  environment_id: string;
  name: string | null;
  url: string;
  source: string;
  triggers: string;
  survey_ids: string;
  secret: string;
  disabled_at: number | null;
}

/**
 * One event on its way to one webhook. It is due at `next_at`, unless a process holds a lease on it until
 * `leased_until`. The body is made from the response when it is sent.
 */
export interface WebhookDeliveryTable {
  id: string;
  environment_id: string;
  webhook_id: string;
  event: string;
  survey_id: string;
  response_id: string;
  contact_id: string | null;
  status: string;
  attempts: number;
  next_at: number;
  leased_until: number | null;
  created_at: number;
  last_at: number | null;
  last_status: number | null;
  last_problem: string | null;
}

/** A file whose response was deleted and which is to be removed: a queue, so that an erasure survives a crash. */
export interface FileRemovalTable {
  key: string;
}

/** What a health check has written last, to see whether writing works. */
export interface ProbeTable {
  id: number;
  content: string;
}

/**
 * A visitor's upload, recorded when it is permitted; files of before this table have no row. `bytes` is what it counts
 * for: what was permitted, until `measure_at`. Without `response_id` no answer uses it; with `swept_at` it was removed
 * for that.
 */
export interface StoredFileTable {
  key: string;
  environment_id: string;
  bytes: number;
  response_id: string | null;
  created_at: number;
  measure_at: number | null;
  swept_at: number | null;
}
